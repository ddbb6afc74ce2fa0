"""One portal with the sample for all journeys; each of them touches objects of its own."""

from __future__ import annotations

import pytest

from tests.support.deployment import Deployment

from .people import People


@pytest.fixture(scope="package")
def sample_portal(tmp_path_factory):
    """Web server and worker on a database in which the sample was played. Gone after the last journey."""
    made = Deployment(tmp_path_factory.mktemp("portal") / "var")
    made.manage("load_sample")
    yield made.web().worker()
    made.close()


@pytest.fixture(scope="package")
def sessions():
    return {}


@pytest.fixture
def people(sample_portal, new_page, sessions):
    """Sign-ins of the sample: people("company", width=390, javascript=False) is their page."""
    return People(sample_portal, new_page, sessions)
