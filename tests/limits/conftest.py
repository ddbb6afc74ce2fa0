"""One world for each module of this folder, in a transaction that is rolled back."""

import pytest

from .world import scene


@pytest.fixture(scope="module")
def world(tmp_path_factory, django_db_setup, django_db_blocker):
    """Actors, their clients and objects. Tests that use it take no database mark: the module holds it."""
    with scene(tmp_path_factory.mktemp("files"), django_db_blocker) as made:
        yield made
