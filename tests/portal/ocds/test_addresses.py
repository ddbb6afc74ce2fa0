"""The addresses of the procurement data: pages that lead on, records, the whole file, and the page for people."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta

import pytest
from django.conf import settings as portal
from django.utils.http import parse_http_date

from catalog.api import limits
from innomarket.common.clock import now
from innomarket.portal.ocds import package
from tests.challenges import factories as challenges
from tests.designation import factories as designations
from tests.portal.ocds import story
from tests.portal.ocds.standard import problems

pytestmark = pytest.mark.django_db
URL = "/ocds/releases.json"


@pytest.fixture(autouse=True)
def _rules():
    story.rules()


def local(address: str) -> str:
    """A whole address of ours as the test client takes it."""
    assert address.startswith(portal.PUBLIC_URL)
    return address.removeprefix(portal.PUBLIC_URL)


def pages(client, address: str = URL) -> list[dict]:
    found = []
    while address:
        page = client.get(address).json()
        found.append(page)
        following = page["links"].get("next")
        address = local(following) if following else ""
    return found


def test_pages_lead_through_every_release_once(client):
    story.told()
    for _ in range(3):
        story.task()
    designations.proposal_lot()
    found = pages(client, f"{URL}?page_size=2")
    assert len(found) == 3
    assert all(problems(page) == [] for page in found)
    ids = [release["id"] for page in found for release in page["releases"]]
    whole = client.get("/ocds/history.json")
    assert ids == [release["id"] for release in json.loads(b"".join(whole.streaming_content))["releases"]]
    assert len(ids) == len(set(ids))


def test_since_and_until_are_half_open(client):
    told = story.told()
    (page,) = pages(client)
    dates = [release["date"] for release in page["releases"]]
    found = pages(client, f"{URL}?since={dates[2]}&until={dates[5]}")
    assert [release["date"] for each in found for release in each["releases"]] == dates[2:5]
    tomorrow = (now() + timedelta(days=40)).date()
    empty = client.get(f"{URL}?since={tomorrow}")
    assert empty.status_code == 204 and empty.content == b""  # a package holds a release at least
    assert told.number in client.get(URL, {"since": "2020-01-01T00:00:00+09:00"}).content.decode()


def test_no_page_leads_to_nothing(client, monkeypatch):
    """The database knows that something was written at a process; not all of that is a release."""
    told, quiet, last = (story.task().submission.number for _ in range(3))
    real = package.of_span

    def silent(*numbers):
        def found(releases, span):
            return [one for one in real(releases, span) if not one["ocid"].endswith(numbers)]

        monkeypatch.setattr(package, "of_span", found)
        return [page["releases"][0]["ocid"][-len(told) :] for page in pages(client, f"{URL}?page_size=1")]

    assert silent(quiet) == [told, last]
    assert silent(quiet, last) == [told]
    assert silent(told) == [quiet, last]


def test_portal_in_which_nothing_was_published_has_no_package(client):
    for address in (URL, "/ocds/history.json", "/ocds/history.jsonl"):
        answer = client.get(address)
        assert answer.status_code == 204 and answer["Cache-Control"] == "public, no-cache", address


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("since=gestern", "since"),
        ("until=2026-13-01", "until"),
        ("since=2026-02-30T00:00:00Z", "since"),
        ("since=0001-01-01", "since"),
        ("cursor=x9", "cursor"),
        ("cursor=t" + "9" * 30, "cursor"),
        ("page_size=0", "page_size"),
        ("colour=blue", "colour"),
    ],
)
def test_a_parameter_that_is_wrong_is_named(client, query, parameter):
    answer = client.get(f"{URL}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == parameter


def test_what_a_client_has_already_is_not_sent_again(client):
    need = story.task()
    answer = client.get(URL)
    assert answer["Access-Control-Allow-Origin"] == "*"
    again = client.get(URL, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and again.content == b""
    challenges.solution_call(need)
    assert client.get(URL, headers={"if-none-match": answer["ETag"]}).status_code == 200


def test_last_modified_is_the_second_of_the_last_release(client):
    lot = designations.proposal_lot()
    answer = client.get(f"/ocds/records/ocds-000000-{lot.call.number}-1.json")
    behind = parse_http_date(answer["Last-Modified"]) - lot.call.announced_at.timestamp()
    assert 0 <= behind <= 1


def test_a_record_is_what_stands(client):
    told = story.told()
    answer = client.get(f"/ocds/records/ocds-000000-{told.number}.json")
    (record,) = answer.json()["records"]
    assert problems(answer.json()) == []
    assert record["compiledRelease"]["awards"][0]["status"] == "cancelled"
    versioned = client.get(f"/ocds/records/ocds-000000-{told.number}.json?versioned=true").json()
    assert problems(versioned) == [] and "versionedRelease" in versioned["records"][0]


@pytest.mark.parametrize("ocid", ["ocds-000000-X", "ocds-999999-X", "X", "ocds-000000-1-1", "ocds-000000--2"])
def test_a_record_of_nothing_is_not_found(client, ocid):
    story.task()
    answer = client.get(f"/ocds/records/{ocid}.json")
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"


def test_the_whole_file_is_a_valid_package_and_one_release_a_line(client):
    story.told()
    whole = client.get("/ocds/history.json", headers={"accept-encoding": "gzip"})
    found = json.loads(gzip.decompress(b"".join(whole.streaming_content)))
    assert problems(found) == []
    lines = b"".join(client.get("/ocds/history.jsonl").streaming_content).splitlines()
    assert [json.loads(line) for line in lines] == found["releases"]


@pytest.mark.parametrize(("language", "words"), [("", "조달 데이터"), ("/en", "Procurement data")])
def test_the_page_tells_what_a_number_belongs_to(client, language, words):
    told = story.told()
    for number in (
        told.number,
        told.call.number,
        told.designation.number,
        told.designation.product.number,
        told.pilot.number,
    ):
        page = client.get(f"{language}/ocds/?of={number}").content.decode()
        assert words in page
        assert f"/ocds/records/ocds-000000-{told.number}.json" in page


def test_the_page_says_where_there_is_nothing(client):
    page = client.get("/en/ocds/?of=<script>").content.decode()
    assert "There are no procurement data of this number" in page and "<script>" not in page


def test_pages_of_the_portal_lead_to_the_data(client):
    told = story.told()
    for path, number in (
        (f"/challenges/{told.number}/", told.number),
        (f"/calls/{told.call.number}/", told.call.number),
        (f"/catalog/{told.designation.product.number}/", told.designation.product.number),
        (f"/pilots/{told.pilot.number}/", told.pilot.number),
    ):
        assert f"/ocds/?of={number}" in client.get(path).content.decode(), path


def test_many_whole_files_an_hour_are_too_many(client, monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_700_000_010.0)  # far from the next hour
    story.task()
    answers = [client.get("/ocds/history.json").status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
