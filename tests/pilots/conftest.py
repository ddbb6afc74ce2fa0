import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _korean():
    """A page in English leaves its language active in the test's thread."""
    with translation.override("ko"):
        yield
