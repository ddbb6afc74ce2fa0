"""Files of these tests go into a folder of each test's own."""

import pytest

from innomarket.common.clock import kst, moved_to
from innomarket.documents.models import Document
from innomarket.documents.storage import PrivateStorage


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    storage = PrivateStorage(location=str(tmp_path))
    monkeypatch.setattr("innomarket.documents.services.private_storage", lambda: storage)
    monkeypatch.setattr(Document.file.field, "storage", storage)
    return tmp_path


@pytest.fixture
def a_week_before(db):
    """The clock stands a week before the day of ``moves.py``."""
    with moved_to(kst(2026, 12, 1, 9)):
        yield
