"""One's own data as a ZIP, and nobody else's."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.test import Client

from innomarket.audit.models import Entry
from innomarket.common import personal
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.documents.storage import PrivateStorage
from innomarket.privacy.models import Export
from innomarket.privacy.services import retention
from innomarket.privacy.services.export import ask_export, make_due, packed, send
from tests.accounts.factories import company, member, person
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(tmp_path, monkeypatch):
    storage = PrivateStorage(location=str(tmp_path))
    monkeypatch.setitem(storages._storages, "private", storage)
    return tmp_path


def data_in(content: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sorted(archive.namelist()) == ["data.en.html", "data.json", "data.ko.html"]
        return json.loads(archive.read("data.json"))["parts"]


def test_export_holds_every_part_of_the_person_and_nothing_of_others(store):
    one, other = person(name="가을하늘", email="autumn@example.com"), person(email="winter@example.com")
    made = company()
    member(one, made)
    member(other, made)
    submissions.submitted(call=submissions.open_call(submissions.test_kind.TASK), by=one, organisation=made)
    parts = data_in(packed(one))
    assert set(parts) == set(personal.shares)
    assert parts["accounts.account"]["rows"][0]["name"] == "가을하늘"
    assert len(parts["submissions.revisions"]["rows"]) == 1
    assert parts["submissions.revisions"]["rows"][0]["content"]
    assert parts["accounts.actions"]["rows"]
    assert parts["accounts.account"]["labels"]["name"] == {"ko": "이름", "en": "name"}
    assert "winter@example.com" not in str(parts)
    assert data_in(packed(other))["submissions.revisions"]["rows"] == []


def test_export_of_who_left_gives_no_text_of_the_organisation(store):
    one, made = person(), company()
    member(person(), made)
    mine = member(one, made)
    submissions.submitted(call=submissions.open_call(submissions.test_kind.TASK), by=one, organisation=made)
    mine.left_at = now()
    mine.save()
    row = data_in(packed(one))["submissions.revisions"]["rows"][0]
    assert row["number"] and row["content"] == []


def test_export_is_made_once_sealed_in_the_store_and_sent_to_its_person_alone(store):
    one = person(email="autumn@example.com")
    row = ask_export(person=one, by=one)
    with pytest.raises(Refused):
        ask_export(person=one, by=one)
    with pytest.raises(Refused):
        send(export=row, by=one)
    assert (make_due(), make_due()) == (1, 0)
    row.refresh_from_db()
    stored = (store / row.path).read_bytes()
    assert stored[:2] != b"PK"
    assert data_in(b"".join(send(export=row, by=one).streaming_content))
    with pytest.raises(Refused) as refused:
        send(export=row, by=person())
    assert refused.value.status == 403
    verbs = set(Entry.objects.values_list("verb", flat=True))
    assert {"privacy.ask_export", "privacy.make_export", "privacy.download_export"} <= verbs
    assert "autumn" not in str(list(Entry.objects.values_list("changes", flat=True)))


def test_exports_of_a_day_are_limited(store):
    one = person()
    for _n in range(3):
        ask_export(person=one, by=one)
        make_due()
    with pytest.raises(Refused) as refused:
        ask_export(person=one, by=one)
    assert refused.value.status == 429
    with moved_to(now() + timedelta(days=1, minutes=1)):
        ask_export(person=one, by=one)


def test_page_asks_for_the_password_again(client):
    one = person(password="correct-horse-battery")
    client.force_login(one)
    for path in ("/people/me/data/export/", "/people/me/data/erase/"):
        assert "/reauthenticate/" in client.get(path).url
        assert "/reauthenticate/" in client.post(path).url
    assert not Export.objects.exists()


def test_download_of_another_is_not_found(store):
    one = person()
    row = ask_export(person=one, by=one)
    make_due()
    client = Client()
    client.force_login(person())  # without a password there is nothing to ask again
    assert client.get(f"/people/me/data/{row.pk}/my-data.zip").status_code == 404


def test_retention_deletes_the_export_with_its_file(store, django_capture_on_commit_callbacks):
    one = person()
    row = ask_export(person=one, by=one)
    make_due()
    row.refresh_from_db()
    with moved_to(now() + timedelta(days=40)):
        line = next(line for line in retention.preview() if line["noun"] == "privacy.exports")
        assert (line["count"], line["months"]) == (1, 1)
        assert Export.objects.count() == 1
        with django_capture_on_commit_callbacks(execute=True):
            run = retention.apply()
    assert run.counts["privacy.exports"]["count"] == 1
    assert not Export.objects.exists()
    assert not (store / row.path).exists()
