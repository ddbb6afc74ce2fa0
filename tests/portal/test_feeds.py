"""Atom feeds: valid by structure, stable, in the language of the address; nothing in them that is not public."""

from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innomarket.audit.models import Entry
from innomarket.common.clock import KST, moved_to, now
from innomarket.portal import feeds
from innomarket.submissions.services.call import amend_call, cancel_call
from tests.accounts.factories import staff
from tests.catalog.factories import product
from tests.challenges.factories import published_task, submitted_task
from tests.designation import factories as make
from tests.designation.test_review import voted
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def read(client, name: str, prefix: str = "") -> ElementTree.Element:
    answer = client.get(f"{prefix}/feeds/{name}.atom")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def entries(feed: ElementTree.Element) -> list[ElementTree.Element]:
    return feed.findall(f"{ATOM}entry")


def titles(feed: ElementTree.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(feed)]


def one(element: ElementTree.Element, name: str) -> str:
    """The text of what must stand exactly once (RFC 4287 §4.1)."""
    found = element.findall(f"{ATOM}{name}")
    assert len(found) == 1, name
    return found[0].text or ""


def filled():
    listed = product()
    submissions.open_call("challenge_task")
    published_task()
    return listed


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("name", feeds.FEEDS)
def test_feed_has_what_atom_asks_for(client, settings, name, prefix):
    settings.PUBLIC_URL = "https://market.example"
    filled()
    feed = read(client, name, prefix)
    assert feed.tag == f"{ATOM}feed" and feed.get(LANG) == ("en" if prefix else "ko")
    assert one(feed, "title") and one(feed, "subtitle")
    assert one(feed, "id") == f"tag:market.example,2020:{'en' if prefix else 'ko'}/{name}"
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == f"https://market.example{prefix}/feeds/{name}.atom"
    assert links["alternate"].startswith(f"https://market.example{prefix}/")
    assert entries(feed)
    times = []
    for entry in entries(feed):
        assert one(entry, "title") and one(entry, "id").startswith("tag:market.example,2020:")
        updated, at = (datetime.fromisoformat(one(entry, tag)) for tag in ("updated", "published"))
        assert updated >= at and updated.tzinfo is not None
        times.append(updated)
        (link,) = entry.findall(f"{ATOM}link")
        page = link.get("href").removeprefix("https://market.example")
        assert client.get(page).status_code == 200 and page.startswith(f"{prefix}/")
    assert datetime.fromisoformat(one(feed, "updated")) == max(times)
    ids = [one(entry, "id") for entry in entries(feed)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", feeds.FEEDS)
def test_feed_without_entries_is_valid_and_stays_the_same(client, name):
    first, second = (client.get(f"/feeds/{name}.atom") for _ in range(2))
    assert first.content == second.content and first["ETag"] == second["ETag"]
    assert one(ElementTree.fromstring(first.content), "updated") == "2020-01-01T00:00:00+00:00"


def test_who_has_the_feed_is_told_so_until_there_is_news(client):
    product()
    first = client.get("/feeds/products.atom")
    assert first["Cache-Control"] == "public, no-cache" and "Vary" not in first and not first.cookies
    same = client.get("/feeds/products.atom", headers={"if-none-match": first["ETag"]})
    assert same.status_code == 304 and same.content == b""
    product()
    assert client.get("/feeds/products.atom", headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.get("/en/feeds/products.atom", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_names_are_in_the_language_and_korean_is_marked_in_english(client):
    product(name_ko="물길 로봇", name_en="Waterway robot", summary="균열을 찾는다.")
    assert titles(read(client, "products")) == ["물길 로봇"]
    feed = read(client, "products", "/en")
    assert titles(feed) == ["Waterway robot"]
    summary = entries(feed)[0].find(f"{ATOM}summary")
    assert (summary.text, summary.get(LANG), summary.get("type")) == ("균열을 찾는다.", "ko", "text")


def test_call_in_preparation_is_in_no_feed_also_when_it_was_cancelled(client):
    by = staff("run_rounds")
    submissions.call("challenge_task", by=by, title_ko="준비 중")
    cancelled = submissions.call("challenge_task", by=by, title_ko="그만둔 준비")
    cancel_call(call=cancelled, by=by, reason="x")
    assert titles(read(client, "calls")) == []


def test_amended_call_is_new_again_and_a_cancelled_one_says_so(client):
    by = staff("run_rounds")
    first = submissions.open_call("challenge_task", by=by, title_ko="첫째 공모")
    before = one(entries(read(client, "calls"))[0], "updated")
    amend_call(call=first, by=by, what_ko="서식을 바꿨습니다.", what_en="The form was changed.")
    entry = entries(read(client, "calls"))[0]
    assert one(entry, "updated") > before
    amended = one(entry, "updated")
    cancel_call(call=first, by=by, reason="x")
    feed = read(client, "calls")
    assert titles(feed) == ["취소됨: 첫째 공모"] and one(entries(feed)[0], "updated") >= amended > before
    assert Entry.objects.get(verb="submissions.cancel_call").at.isoformat()[:19] in one(
        entries(feed)[0], "updated"
    ).replace(" ", "T")


def test_task_that_is_not_public_is_in_no_feed(client):
    task, hidden = published_task(), submitted_task()
    text = client.get("/feeds/challenges.atom").content.decode()
    assert task.number in text and hidden.number not in text


def test_designation_comes_when_it_begins_and_when_its_time_is_over(client):
    listed = product(days=(-10, 3))
    number = listed.designation.number
    assert [
        one(entry, "id").partition("designations/")[2] for entry in entries(read(client, "designations"))
    ] == [f"{number}/designated"]
    with moved_to((now() + timedelta(days=4)).astimezone(KST)):
        feed = read(client, "designations")
    found = {one(entry, "id").partition("designations/")[2]: entry for entry in entries(feed)}
    assert set(found) == {f"{number}/designated", f"{number}/ended"}
    ended = datetime.fromisoformat(one(found[f"{number}/ended"], "published"))
    assert ended.date() == listed.designation.valid.upper and (ended.hour, ended.minute) == (0, 0)


def test_designation_that_the_committee_ends_is_told_at_once_and_once(client):
    designation, _motion, _decision = voted(make.secretary(), "for", "for", "for")
    keys = [one(entry, "id").rpartition("/")[2] for entry in entries(read(client, "designations"))]
    assert sorted(keys) == ["designated", "revoked"]
    with moved_to((now() + timedelta(days=4)).astimezone(KST)):
        later = [one(entry, "id").rpartition("/")[2] for entry in entries(read(client, "designations"))]
    assert sorted(later) == ["designated", "revoked"]
    assert designation.number in client.get("/en/feeds/designations.atom").content.decode()


def test_motion_that_was_not_adopted_is_no_news(client):
    voted(make.secretary(), "against", "against", "for")
    keys = [one(entry, "id").rpartition("/")[2] for entry in entries(read(client, "designations"))]
    assert keys == ["designated"]


def test_feed_is_bounded(client, monkeypatch):
    monkeypatch.setattr(feeds, "MOST", 2)
    listed = [product() for _ in range(3)]
    assert len(entries(read(client, "products"))) == len(entries(read(client, "designations"))) == 2
    assert listed[-1].number in client.get("/feeds/products.atom").content.decode()


@pytest.mark.parametrize("name", feeds.FEEDS)
def test_query_count_does_not_grow(client, name):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            filled()
            product(days=(-900, -1))
        with CaptureQueriesContext(connection) as captured:
            assert entries(read(client, name))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_markup_and_control_characters_are_text(client):
    product(name_ko="<script>alert(1)</script>\x01", summary="a\x02 & b")
    feed = read(client, "products")
    assert titles(feed) == ["<script>alert(1)</script>"]
    assert one(entries(feed)[0], "summary") == "a & b"


def test_unknown_feed_is_not_found_and_nothing_is_written(client):
    assert client.get("/feeds/nothing.atom").status_code == 404
    assert client.post("/feeds/calls.atom").status_code == 405


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_name_the_feeds_in_their_head(client, prefix):
    head = client.get(f"{prefix}/").text.partition("</head>")[0]
    for name in ("calls", "products", "designations"):
        assert 'type="application/atom+xml"' in head and f'href="{prefix}/feeds/{name}.atom"' in head
