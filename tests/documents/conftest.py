"""A store of its own for each test of this folder."""

import pytest

from innomarket.documents.models import Document
from innomarket.documents.storage import PrivateStorage


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The folder into which this test's files go."""
    storage = PrivateStorage(location=str(tmp_path))
    monkeypatch.setattr("innomarket.documents.services.private_storage", lambda: storage)
    monkeypatch.setattr(Document.file.field, "storage", storage)
    return tmp_path
