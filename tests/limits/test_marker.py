"""Marks in sealed proposals are in no byte of what lies still: dump of the database, file store, Redis, logs.

``test_leaks.py`` asks every page and console for them. Each search here is also made with the sealing switched off,
where it must find the marks: a search that finds nothing anywhere proves nothing.
"""

import logging
import subprocess
import sys
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import DataError, InternalError
from django.db.models import JSONField
from django.test import Client, RequestFactory
from django.utils.module_loading import import_string
from django.views.debug import ExceptionReporter

from designation.models import Proposal
from innomarket.common import sealed_fields, sealing
from innomarket.documents.models import Document
from innomarket.documents.sealed_rows import seal_all
from innomarket.documents.storage import PrivateStorage
from innomarket.embedded import postgres
from innomarket.submissions.models import Revision, Submission
from tests.support import databases

from .marked import CONTENT, OFFER, PLAN, TEXTS, finds, plain_answers, planted


@pytest.fixture
def store(tmp_path, monkeypatch):
    storage = PrivateStorage(location=str(tmp_path / "store"))
    monkeypatch.setattr("innomarket.documents.services.private_storage", lambda: storage)
    monkeypatch.setattr(Document.file.field, "storage", storage)
    return tmp_path / "store"


def dump_of(name: str) -> str:
    """Every row of every table, as an operator's backup holds them."""
    done = subprocess.run(
        [str(postgres.programs() / "pg_dump"), "--no-owner", databases.url(name)], capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def bytes_of(folder: Any) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def in_redis() -> bytes:
    found = b""
    for url in (settings.REDIS_URL, settings.CACHES["default"]["LOCATION"]):
        client = redis.Redis.from_url(url)
        for key in client.scan_iter():
            found += key + (client.dump(key) or b"")
        client.close()
    return found


def places(name: str, store: Any) -> dict[str, bytes]:
    # JSON may spell Korean as \\uXXXX: both spellings count.
    return {"dump": dump_of(name).encode(), "store": bytes_of(store), "redis": in_redis()}


def unsealed(monkeypatch: Any) -> None:
    """Everything is written as it was before the sealing."""
    monkeypatch.setattr(sealed_fields._Sealed, "seal", lambda field, text: text)
    monkeypatch.setattr(sealed_fields.SealedJSONField, "get_db_prep_save", JSONField.get_db_prep_save)


def test_marks_are_in_no_dump_no_store_no_redis_and_no_log(fresh_database, store, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    done = planted()
    owner = Client()
    owner.force_login(done.created_by)
    shown = owner.get(f"/submissions/{done.number}/receipt/").content.decode()
    assert TEXTS[1] in shown  # the owner reads it
    logged = (caplog.text + "".join(capfd.readouterr())).encode()
    assert done.number in dump_of(fresh_database)
    assert finds(places(fresh_database, store) | {"log": logged}) == set()
    assert Proposal.objects.get(pk=done.pk).product_name_ko == f"{TEXTS[0]} {TEXTS[1]} 1"
    kept = Proposal.objects.get(pk=done.pk)
    assert {name: getattr(kept, name) for name in OFFER} == OFFER


def test_the_same_search_finds_them_where_nothing_is_sealed(fresh_database, store, monkeypatch):
    """The control: with the sealing switched off every search finds its marks."""
    unsealed(monkeypatch)
    monkeypatch.setattr(sealing, "sealed", lambda chunks, place: chunks)
    planted()
    found = finds(places(fresh_database, store))
    assert {("dump", mark) for mark in (*TEXTS, *OFFER, *PLAN)} <= found
    assert ("store", CONTENT) in found


def test_failing_save_says_nothing_of_the_text(fresh_database, store, caplog):
    """What PostgreSQL answers, and what an error report prints, holds the ciphertext at most."""
    done = planted()
    try:
        Submission.objects.filter(pk=done.pk).update(title=f"{TEXTS[0]} {TEXTS[1]}", number="x" * 30)
    except DataError as error:
        said = str(error)
    assert "value too long" in said
    assert not any(mark in said + caplog.text for mark in TEXTS)


def test_error_report_of_a_page_that_fails_holds_no_form_data(rf: RequestFactory, settings: Any):
    """DEBUG is off on a server: the report that is mailed or logged hides what was sent."""
    sent = {"product_name_ko": TEXTS[0], "solution": TEXTS[1]}
    request = rf.post("/submissions/T/edit/product/", sent)
    assert TEXTS[0] not in report_of(request, written=TEXTS[0]) and TEXTS[1] not in report_of(request, "")
    settings.DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
    assert TEXTS[0] in report_of(request, written=TEXTS[0])  # the control


def report_of(request: Any, written: str) -> str:
    reporter_class = type("Reporter", (ExceptionReporter,), {})
    try:
        raise ValueError("x")
    except ValueError:
        reporter = reporter_class(request, *sys.exc_info(), is_email=True)
        reporter.filter = import_string(settings.DEFAULT_EXCEPTION_REPORTER_FILTER)()
        return reporter.get_traceback_text() + reporter.get_traceback_html()


def test_rows_from_before_the_sealing_are_read_and_then_sealed(fresh_database, store, monkeypatch):
    """Frozen revisions too: their text and their hash stay, and a second run has nothing to do."""
    with monkeypatch.context() as before:
        unsealed(before)
        done = planted()
    given = Revision.objects.get(pk=done.current_id)
    assert plain_answers(dump_of(fresh_database)) == {*OFFER, *PLAN}
    sealed = dict(seal_all())
    assert sealed["submissions.Revision"] == 4 and sealed["challenges.Challenge"] == 1
    assert finds({"dump": dump_of(fresh_database).encode()}) == set()
    after = Revision.objects.get(pk=done.current_id)
    assert (after.title, after.sections, after.sha256) == (given.title, given.sections, given.sha256)
    assert set(dict(seal_all()).values()) == {0}
    with pytest.raises(InternalError, match="Cannot update"):  # the trigger stands again
        Revision.objects.filter(pk=given.pk).update(title="x")
