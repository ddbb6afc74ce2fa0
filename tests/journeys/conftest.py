"""The journeys share the portal with the sample; each of them touches objects of its own."""

from __future__ import annotations

import pytest

from .people import People


@pytest.fixture(scope="session")
def sessions():
    return {}


@pytest.fixture
def people(sample_portal, new_page, sessions):
    """Sign-ins of the sample: people("company", width=390, javascript=False) is their page."""
    return People(sample_portal, new_page, sessions)
