"""The history as a file of each night: made once, proved by its sum, and the same as what is made while it is sent."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest
from django.conf import settings as portal
from django.core.cache import cache

from catalog.models import Snapshot
from catalog.services import snapshot as snapshots
from innomarket.common.clock import today
from tests.portal.ocds import story
from tests.portal.ocds.standard import problems

pytestmark = pytest.mark.django_db
LIST = "/ocds/snapshots.json"


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    story.rules()


def local(address: str) -> str:
    """A whole address of ours as the test client takes it."""
    assert address.startswith(portal.PUBLIC_URL)
    return address.removeprefix(portal.PUBLIC_URL)


def made() -> list[Snapshot]:
    snapshots.make_due()
    return list(Snapshot.objects.of(Snapshot.What.OCDS))


def sent(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_files_of_the_night_are_the_history_and_prove_themselves(client):
    story.told()
    assert [each.format for each in made()] == ["json", "jsonl"]
    rows = client.get(LIST).json()["results"]
    whole = sent(client.get("/ocds/history.json"))
    wanted = {"json": whole, "jsonl": sent(client.get("/ocds/history.jsonl"))}
    for row in rows:
        answer = client.get(local(row["url"]))
        data = sent(answer)
        assert hashlib.sha256(data).hexdigest() == row["sha256"] and len(data) == row["size"]
        assert gzip.decompress(data) == wanted[row["format"]]
        assert row["releases"] == len(json.loads(whole)["releases"])
        assert "attachment" in answer["Content-Disposition"] and answer["ETag"] == f'"{row["sha256"]}"'
        again = client.get(f"/ocds/snapshots/{row['name']}", headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
    assert problems(json.loads(whole)) == []


def test_what_is_followed_from_a_file_leaves_nothing_out(client):
    """The span that the list names begins before the file was made."""
    told = story.told()
    made()
    (address,) = {row["next"] for row in client.get(LIST).json()["results"]}
    assert address.endswith(f"/ocds/releases.json?since={today()}")
    followed = client.get(f"/ocds/releases.json?since={today()}").json()["releases"]
    assert told.number in followed[-1]["ocid"]


def test_each_list_and_address_has_its_own_files(client):
    story.told()
    files = made()
    named = {each.what: each.name for each in Snapshot.objects.all()}
    assert {row["name"][:4] for row in client.get("/api/v1/snapshots/").json()["results"]} == {"prod"}
    assert {row["name"][:4] for row in client.get(LIST).json()["results"]} == {"ocds"}
    assert client.get(f"/api/v1/snapshots/{named['ocds']}").status_code == 404
    assert client.get(f"/ocds/snapshots/{named['products']}").status_code == 404
    assert "ocds-20" not in client.get("/catalog/files/").text
    page = client.get("/en/ocds/").text
    assert all(f"/ocds/snapshots/{each.name}" in page and each.sha256 in page for each in files)


def test_night_without_a_release_has_no_file_and_the_catalogue_has_its_own(client):
    """A package of nothing is not valid. What is missing is made by the next run that has something to say."""
    assert snapshots.make_due() == 6 and made() == []
    assert client.get(LIST).json() == {"results": []}
    story.task()
    assert snapshots.make_due() == 2


@pytest.mark.parametrize(
    "name", ["ocds-2026-13-45-ko.json.gz", "ocds-2026-01-01-ko.json", "secret", "..%2fx"]
)
def test_names_lead_nowhere_else(client, name):
    cache.clear()
    assert client.get(f"/ocds/snapshots/{name}").status_code == 404
