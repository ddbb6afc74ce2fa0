"""What lies in the store is encrypted, bound to its place, and readable through its document alone."""

import hashlib
import io
import os
import shutil
import stat
from pathlib import Path

import pytest
import tink
from django.core.checks import run_checks
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.management import CommandError, call_command

from innomarket.audit.models import Entry
from innomarket.common import sealing
from innomarket.common.checks import sealing_keys_lie_apart
from innomarket.common.refusals import Refused
from innomarket.documents import services
from innomarket.documents.models import Document
from innomarket.documents.storage import PrivateStorage
from tests.accounts.factories import person

from .factories import document, pdf

pytestmark = pytest.mark.django_db

MARKER = "sealed-content-mark-밀봉"


@pytest.fixture
def keys(tmp_path_factory, settings):
    """Keys of this test alone."""
    path = tmp_path_factory.mktemp("keys") / "sealing.json"
    settings.SEALING_KEYS = str(path)
    sealing.make_keys(path)
    sealing.primitive.cache_clear()
    yield path
    sealing.primitive.cache_clear()


def stored_bytes(store) -> bytes:
    return b"".join(path.read_bytes() for path in store.rglob("*") if path.is_file())


def marked(by=None) -> Document:
    return document(by or person(), content=pdf(MARKER))


def stored_plain(store, found: Document) -> None:
    """As a file lay before the sealing."""
    (store / found.file.name).write_bytes(pdf(MARKER))


def test_store_holds_no_plain_byte_of_what_was_received(store):
    marked()
    assert MARKER.encode() not in stored_bytes(store)
    assert b"%PDF-1." not in stored_bytes(store)


def test_search_would_find_the_mark_in_a_store_that_is_not_sealed(store):
    stored_plain(store, marked())
    assert MARKER.encode() in stored_bytes(store)


def test_sent_file_is_the_received_one_with_its_length(store):
    response = services.send(marked())
    body = b"".join(response.streaming_content)
    assert body == pdf(MARKER)
    assert response["Content-Length"] == str(len(body))


@pytest.mark.parametrize("size", [1, 4095, (1 << 20) - 1, 1 << 20, (3 << 20) + 17])
def test_every_size_comes_back_as_it_was(tmp_path, size):
    storage, content = PrivateStorage(location=str(tmp_path)), os.urandom(size)
    name = storage.save("a/b", ContentFile(content))
    with storage.open(name) as stored:
        assert stored.read() == content


def test_upload_that_waits_in_a_temporary_file_is_sealed_too(tmp_path):
    storage = PrivateStorage(location=str(tmp_path))
    upload = TemporaryUploadedFile("x.pdf", "application/pdf", 0, None)
    upload.write(MARKER.encode())
    upload.seek(0)
    storage.save("a/b", upload)
    assert MARKER.encode() not in stored_bytes(tmp_path)


@pytest.mark.parametrize("place", [25, 60, -1])
def test_byte_that_was_changed_is_not_read(store, place):
    found = marked()
    path = store / found.file.name
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    with pytest.raises(tink.TinkError), found.file.storage.open(found.file.name) as stored:
        stored.read()


def test_file_that_was_cut_off_is_not_read(store):
    found = marked()
    path = store / found.file.name
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(tink.TinkError), found.file.storage.open(found.file.name) as stored:
        stored.read()


def test_file_in_the_place_of_another_is_not_read(store):
    one, other = marked(), marked()
    shutil.copy(store / one.file.name, store / other.file.name)
    with pytest.raises(tink.TinkError), other.file.storage.open(other.file.name) as stored:
        stored.read()


def test_file_from_before_the_sealing_is_read_and_then_sealed(store):
    found = marked()
    stored_plain(store, found)
    assert b"".join(services.send(found).streaming_content) == pdf(MARKER)
    assert services.seal_stored() == 1
    assert services.seal_stored() == 0
    found = Document.objects.get(pk=found.pk)
    assert found.file.storage.is_sealed(found.file.name)
    assert b"".join(services.send(found).streaming_content) == pdf(MARKER)
    assert Entry.objects.filter(verb="documents.seal", subject_id=str(found.pk)).exists()


def test_plain_file_that_is_not_the_received_one_is_left_as_it_is(store):
    found = marked()
    (store / found.file.name).write_bytes(b"another")
    with pytest.raises(Refused):
        services.seal_stored()
    assert (store / found.file.name).read_bytes() == b"another"


def test_keys_that_were_rotated_read_what_the_earlier_ones_sealed(store, keys):
    before = marked()
    before_rotation = keys.read_text()
    call_command("sealing_keys", rotate=True, stdout=io.StringIO())
    after = marked()
    for found in (before, after):
        assert b"".join(services.send(found).streaming_content) == pdf(MARKER)
    keys.write_text(before_rotation)
    sealing.primitive.cache_clear()
    with pytest.raises(tink.TinkError), after.file.storage.open(after.file.name) as stored:
        stored.read()


def test_keys_are_for_their_owner_alone_and_never_overwritten(keys):
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        sealing.make_keys(keys)
    assert [path.name for path in keys.parent.iterdir()] == [keys.name]


def test_keys_that_are_lost_are_not_made_anew_over_stored_files(store, keys):
    marked()
    keys.unlink()
    with pytest.raises(CommandError):
        call_command("sealing_keys")
    assert not keys.exists()
    call_command("sealing_keys", anyway=True, stdout=io.StringIO())
    assert keys.exists()


def test_check_wants_keys_that_are_named_apart_and_private(settings, keys):
    assert sealing_keys_lie_apart() == []
    keys.chmod(0o644)
    assert [error.id for error in sealing_keys_lie_apart()] == ["innomarket.E004"]
    settings.SEALING_KEYS = str(Path(settings.MEDIA_ROOT) / "sealing.json")
    assert [error.id for error in sealing_keys_lie_apart()] == ["innomarket.E003"]
    settings.SEALING_KEYS = ""
    assert "innomarket.E002" in {error.id for error in run_checks(include_deployment_checks=True)}


def test_hash_of_a_document_is_of_its_plain_bytes(store):
    assert marked().sha256 == hashlib.sha256(pdf(MARKER)).hexdigest()
