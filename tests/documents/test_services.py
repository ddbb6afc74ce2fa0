import hashlib
import os
import unicodedata

import pytest
from django.core.files.storage import storages
from django.db import transaction

from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to
from innomarket.common.refusals import Refused
from innomarket.documents import services, types
from innomarket.documents.models import Document
from innomarket.documents.storage import PrivateStorage
from tests.accounts.factories import person
from tests.documents.factories import CONTENT, EXTENSIONS, document, pdf, upload

pytestmark = pytest.mark.django_db


def files(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_receive_keeps_the_bytes_and_says_their_hash(store):
    by = person()
    found = document(by, name=unicodedata.normalize("NFD", "규격서.pdf"))
    found.refresh_from_db()
    assert found.name == "규격서.pdf"
    assert (found.size, found.content_type, found.state) == (len(pdf()), "application/pdf", "clean")
    assert found.sha256 == hashlib.sha256(pdf()).hexdigest()
    with found.file.open() as stored:
        assert stored.read() == pdf()
    assert "규격서" not in found.file.name
    entry = Entry.objects.get(verb="documents.receive")
    assert entry.actor == by and entry.changes["sha256"] == found.sha256


def test_receive_stores_by_the_clock_of_seoul(store):
    with transaction.atomic(), moved_to(kst(2020, 6, 1, 1)):
        assert document(person()).file.name.startswith("documents/2020/06/")


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("file_empty", {"content": b""}),
        ("file_too_big", {"content": pdf("x" * (1 << 20))}),
        ("virus", {"content": pdf(types.EICAR.decode())}),
        ("virus", {"content": b"x" * ((1 << 16) - 20) + types.EICAR}),
        ("false_extension", {"content": b"<html>"}),
        ("wrong_extension", {"name": "a.svg"}),
    ],
)
def test_receive_refused_keeps_nothing(store, code, fields):
    with pytest.raises(Refused) as caught:
        document(person(), **fields)
    assert (caught.value.code, caught.value.field, caught.value.status) == (code, "file", 422)
    assert files(store) == [] and not Document.objects.exists()


def test_receive_without_its_row_keeps_no_file(store, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(services, "created", fail)
    with pytest.raises(RuntimeError):
        document(person())
    assert files(store) == []


def test_receive_only_what_the_place_takes(store):
    with pytest.raises(Refused, match="pdf"):
        services.receive(upload=upload("hwp"), by=person(), extensions=("pdf",), max_bytes=1 << 20)


def test_sweep_orphans_takes_old_files_without_a_row_only(store):
    kept = document(person())
    fresh, old = store / "documents" / "fresh", store / "documents" / "old"
    for path in (fresh, old):
        path.write_bytes(b"x")
    os.utime(old, (0, 0))
    os.utime(store / kept.file.name, (0, 0))
    assert services.sweep_orphans() == 1
    assert fresh.exists() and not old.exists() and (store / kept.file.name).exists()


def test_sweep_orphans_with_an_empty_store(store):
    assert services.sweep_orphans() == 0


def test_send_is_a_sandboxed_private_download(store):
    response = services.send(document(person(), name="시험 성적서.pdf"))
    assert b"".join(response.streaming_content) == pdf()
    assert response["Content-Disposition"].startswith("attachment;")
    assert "%EC%8B%9C%ED%97%98" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "application/pdf"
    response.close()


def test_send_under_another_name(store):
    response = services.send(document(person()), name="file\r\n1.pdf")
    assert response["Content-Disposition"] == 'attachment; filename="file1.pdf"'
    response.close()


@pytest.mark.parametrize("state", ["pending", "refused"])
def test_send_what_is_not_checked_is_refused(store, state):
    found = document(person())
    Document.objects.filter(pk=found.pk).update(state=state, refused_reason="because")
    found.refresh_from_db()
    with pytest.raises(Refused):
        services.send(found)


def test_send_missing_file_is_refused_in_words(store):
    found = document(person())
    found.file.storage.delete(found.file.name)
    with pytest.raises(Refused) as caught:
        services.send(found)
    assert caught.value.status == 503


def test_store_has_no_address(store):
    with pytest.raises(ValueError):
        _ = document(person()).file.url
    assert isinstance(storages["private"], PrivateStorage)


def test_factories_cover_every_kind():
    assert set(CONTENT) == set(EXTENSIONS)
