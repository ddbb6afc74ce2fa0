"""Conditional requests: a kept answer holds exactly as long as it is true."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import PublicListing
from catalog.public_filters import filters_of
from catalog.public_pages import public_page
from catalog.services import known_version
from catalog.services.product import edit_product
from innomarket.common.clock import KST, moved_to, now, today
from innomarket.common.keyset import Place
from tests.accounts.factories import staff
from tests.catalog.factories import product, settle

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


def again(client, url, answer, **headers):
    return client.get(url, headers={"if-none-match": answer["ETag"], **headers})


@pytest.mark.parametrize("one", [False, True])
def test_kept_answer_holds_until_a_change(client, one):
    listed = product()
    url = f"{URL}{listed.number}/" if one else f"{URL}?page_size=5"
    first = client.get(url)
    assert first["Cache-Control"] == "public, no-cache"
    with CaptureQueriesContext(connection) as captured:
        same = again(client, url, first)
    assert same.status_code == 304 and same.content == b"" and len(captured) <= 2
    assert same["ETag"] == first["ETag"] and "Accept-Language" in same["Vary"]
    edit_product(product=listed, by=staff("keep_catalogue"), unit="대")
    settle()
    changed = again(client, url, first)
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_kept_answer_is_of_one_address_and_language(client):
    product()
    first = client.get(URL)
    assert again(client, f"{URL}?page_size=1", first).status_code == 200
    assert again(client, URL, first, **{"accept-language": "en"}).status_code == 200


def test_in_force_today_is_asked_anew_tomorrow(client):
    product(days=(-10, 1))
    first = client.get(f"{URL}?in_force=true")
    assert (
        len(first.json()["results"]) == 1 and again(client, f"{URL}?in_force=true", first).status_code == 304
    )
    with moved_to((now() + timedelta(days=1)).astimezone(KST)):
        tomorrow = again(client, f"{URL}?in_force=true", first)
    assert tomorrow.status_code == 200 and tomorrow.json()["results"] == []


def test_last_modified_is_a_second_that_has_passed(client):
    rows = PublicListing.objects.filter(pk=product().pk)
    rows.update(written_at=now() + timedelta(hours=1))  # the second that lasts, however slow this runs
    known_version.rise()
    assert "Last-Modified" not in client.get(URL)
    rows.update(written_at="2026-03-31T05:00:00.5Z")
    known_version.rise()
    assert client.get(URL)["Last-Modified"] == "Tue, 31 Mar 2026 05:00:01 GMT"


def test_fields_give_only_what_is_asked_for(client):
    listed = product()
    assert client.get(f"{URL}?fields=number,price_won").json()["results"] == [
        {"number": listed.number, "price_won": listed.price_won}
    ]
    assert client.get(f"{URL}{listed.number}/?fields=unit").json() == {"unit": listed.unit}
    answer = client.get(f"{URL}?fields=supplier__business_number")
    assert answer.status_code == 400 and "price_won" in answer.json()["errors"][0]["detail"]


def test_any_page_of_another_site_may_read(client):
    answer = client.get(URL, headers={"origin": "https://elsewhere.example"})
    assert answer["Access-Control-Allow-Origin"] == "*" and "ETag" in answer["Access-Control-Expose-Headers"]
    preflight = client.options(URL, headers={"origin": "https://elsewhere.example"})
    assert preflight.status_code == 204 and "If-None-Match" in preflight["Access-Control-Allow-Headers"]


# ── pages by key ──


def numbers(body) -> list[str]:
    return [row["number"] for row in body["results"]]


@pytest.mark.parametrize(
    "ordering", ["listed_at", "-changed_at", "price_won", "-price_won", "-designated_on"]
)
def test_pages_lead_there_and_back(client, ordering):
    listed = {}
    for price in (5, None, 5, 70, 1):
        made = product(price_won=price)
        listed[made.number] = price or 0
    whole = numbers(client.get(f"{URL}?ordering={ordering}").json())
    if ordering.endswith("price_won"):
        prices = [listed[number] for number in whole]
        assert prices == sorted(prices, reverse=ordering.startswith("-"))
    first = client.get(f"{URL}?ordering={ordering}&page_size=2").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert numbers(first) + numbers(second) + numbers(third) == whole and third["next"] is None
    assert first["previous"] is None
    assert client.get(third["previous"]).json()["results"] == second["results"]
    assert client.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("ordering", ["listed_at", "-listed_at", "-designated_on"])
@pytest.mark.parametrize("query", ["in_force=true", "in_force=false", "in_force_on={day}"])
def test_pages_of_a_day_hold_every_listing_of_it_in_its_order(client, query, ordering):
    """Ended ones, those of today, one to come; some listed at the same instant."""
    spans = [(-900, 0), (-30, 5), (-800, -700), (3, 900), (-20, 1), (-10, 0), (-900, -890), (0, 2), (1, 9)]
    listed = [product(days=span) for span in spans]
    for place, made in enumerate(listed):
        PublicListing.objects.filter(pk=made.pk).update(
            listed_at=f"2026-01-0{1 + place // 3}T00:00:00.000001Z"
        )
    day = today() - timedelta(days=895) if query.startswith("in_force_on") else today()
    asked = query.format(day=day)
    wanted = [
        row.number
        for row in PublicListing.objects.standing().order_by(
            ordering, "-pk" if ordering.startswith("-") else "pk"
        )
        if (row.valid.lower <= day < row.valid.upper) != (query == "in_force=false")
    ]
    address, seen, last = f"{URL}?{asked}&ordering={ordering}&page_size=2", [], None
    while address:
        before, last = last, client.get(address).json()
        seen += numbers(last)
        address = last["next"]
    assert seen == wanted and wanted
    if before is not None:
        assert numbers(client.get(last["previous"]).json()) == numbers(before)


def test_page_of_an_earlier_day_looks_at_nothing_newer():
    """The plan leads through the index over dates, in the order of listing; behind a place too."""
    listed = product()
    place = Place("-listed_at", PublicListing.objects.get(pk=listed.pk).listed_at, 5)
    filters = filters_of(frozenset({"in_force"}))(
        {"in_force": "false"}, queryset=PublicListing.objects.standing()
    )
    assert filters.is_valid()
    with CaptureQueriesContext(connection) as captured:
        public_page(filters.qs, filters.parts, language="ko", ordering="-listed_at", size=5, place=place)
    select = captured[-1]["sql"].partition("COPY (")[2].rpartition(") TO STDOUT")[0]
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {select}")
        plan = [line.strip() for (line,) in cursor.fetchall()]
    (ended, to_come) = [line for line in plan if line.startswith("Index Cond")]
    assert (
        "(upper(valid) <= " in ended
        and "(lower(valid) > " in to_come
        and "listed_at <= " in ended
        and "listed_at <= " in to_come
    )
    assert sum("using public_by_dates" in line for line in plan) == 2


def test_row_that_is_inserted_shifts_no_page(client):
    old = [product() for _ in range(4)]
    first = client.get(f"{URL}?page_size=2").json()
    product()
    assert numbers(client.get(first["next"]).json()) == [old[1].number, old[0].number]


@pytest.mark.parametrize(
    "change", [lambda c: c[:-2] + "AA", lambda c: c[1:], lambda c: c + "AAAA", lambda c: "가"]
)
def test_forged_cursor_is_refused(client, change):
    product(), product()
    cursor = client.get(f"{URL}?page_size=1").json()["next"].split("cursor=")[1].split("&")[0]
    answer = client.get(URL, {"cursor": change(cursor)})
    assert answer.status_code == 400 and answer.json()["errors"][0]["parameter"] == "cursor"


def test_cursor_of_another_ordering_is_refused(client):
    cursor = Place("-price_won", 5, 1).cursor()
    assert client.get(URL, {"cursor": cursor, "ordering": "-price_won"}).status_code == 200
    assert client.get(URL, {"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("ordering", ["-listed_at", "price_won", "designated_on"])
def test_deep_page_reads_no_more_than_the_first(ordering):
    """The plan leads through the index to the place: no row before it is looked at."""
    listed = product()
    value = getattr(PublicListing.objects.get(pk=listed.pk), ordering.lstrip("-"))
    place = Place(ordering, value, 5)
    with CaptureQueriesContext(connection) as captured:
        public_page(PublicListing.objects.standing(), language="ko", ordering=ordering, size=5, place=place)
    select = captured[0]["sql"].partition("COPY (")[2].rpartition(") TO STDOUT")[0]
    with connection.cursor() as cursor:
        # A table of one row is read in any way; what counts is that the index can lead there.
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {select}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (ROW(" in plan and "Sort" not in plan
