import pytest
from django.core.files.storage import storages


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """A store of its own for each test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None},
        },
    }
    storages._storages.pop("private", None)
    field_storage = __import__("innomarket.documents.models", fromlist=["Document"]).Document.file.field
    before, field_storage.storage = field_storage.storage, storages["private"]
    yield tmp_path
    field_storage.storage = before
    storages._storages.pop("private", None)
