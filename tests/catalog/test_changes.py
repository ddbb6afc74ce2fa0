"""The feed of changes: nothing that commits late is skipped, shown with real connections."""

import random
import threading
import time

import pytest
from django.db import connections, transaction
from django.test import Client

from catalog.models import PublicListing
from catalog.services.product import edit_product
from tests.accounts.factories import staff
from tests.catalog.factories import product, settle
from tests.support.races import at_once, values

FEED = "/api/v1/products/changes/"


def read(since: int = 0, size: int = 1000) -> tuple[list[tuple[str, str]], int]:
    """Every change behind a place: (number, unit), and the place then."""
    found, more = [], True
    while more:
        body = Client().get(FEED, {"since": since, "page_size": size}).json()
        found += [(row["number"], row["product"]["unit"]) for row in body["results"]]
        since, more = body["since"], body["more"]
    return found, since


def test_earlier_transaction_that_commits_later_is_not_skipped(fresh_database):
    slow, quick, by = product(), product(), staff("keep_catalogue")
    _before, place = read()
    written, may_commit = threading.Event(), threading.Event()

    def begin_first_commit_last() -> None:
        with transaction.atomic():
            edit_product(product=slow, by=by, unit="first")
            written.set()
            assert may_commit.wait(30)

    def begin_last_commit_first() -> tuple[list[tuple[str, str]], int]:
        assert written.wait(30)
        edit_product(product=quick, by=by, unit="last")
        seen = read(place)
        may_commit.set()
        return seen

    outcome = values(at_once(begin_first_commit_last, begin_last_commit_first))[1]
    assert outcome[0] == [(quick.number, "last")]
    assert read(outcome[1])[0] == [(slow.number, "first")]


def test_follower_ends_with_every_last_state(fresh_database, no_limits):
    listed, by = [product() for _ in range(4)], staff("keep_catalogue")
    writing, copy = threading.Event(), {}
    writing.set()

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for turn in range(12):
            with transaction.atomic():
                edit_product(product=chance.choice(listed), by=by, unit=f"{seed}-{turn}")
                time.sleep(chance.random() / 100)

    def follow() -> None:
        since = 0
        while True:
            last_round = not writing.is_set()
            found, since = read(since, size=3)
            copy.update(found)
            if last_round:
                return

    def write_all() -> None:
        threads = [threading.Thread(target=_closing(write), args=(seed,)) for seed in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        writing.clear()

    values(at_once(write_all, follow))
    for each in listed:
        each.refresh_from_db()
    assert copy == {each.number: each.unit for each in listed}


def _closing(work):
    def run(*args):
        try:
            work(*args)
        finally:
            connections.close_all()

    return run


def test_product_changed_twice_comes_once_and_last(fresh_database):
    one, two, by = product(), product(), staff("keep_catalogue")
    with transaction.atomic():
        edit_product(product=one, by=by, unit="a")
        edit_product(product=two, by=by, unit="b")
        edit_product(product=one, by=by, unit="c")
    assert sorted(read()[0]) == sorted([(one.number, "c"), (two.number, "b")])
    edit_product(product=one, by=by, unit="d")
    assert read()[0] == [(two.number, "b"), (one.number, "d")]


def test_undone_change_is_not_in_the_feed(fresh_database):
    one, by = product(), staff("keep_catalogue")
    _found, place = read()
    with pytest.raises(RuntimeError), transaction.atomic():
        edit_product(product=one, by=by, unit="x")
        raise RuntimeError
    assert read(place) == ([], place)


@pytest.mark.django_db
def test_feed_pages_follow_each_other(client):
    for _ in range(3):
        product()
    first = client.get(f"{FEED}?page_size=2").json()
    assert len(first["results"]) == 2 and first["more"] is True
    second = client.get(first["next"]).json()
    assert len(second["results"]) == 1 and second["more"] is False
    assert client.get(second["next"]).json()["results"] == []
    # Whoever stops in the middle of a page goes on behind the change that came last.
    middle = client.get(FEED, {"since": first["results"][0]["since"]}).json()["results"]
    assert middle == first["results"][1:] + second["results"]


@pytest.mark.django_db
def test_place_beyond_the_last_is_gone(client):
    product()
    last = PublicListing.objects.state()[0]
    assert client.get(FEED, {"since": last}).status_code == 200
    answer = client.get(FEED, {"since": last + 1})
    assert answer.status_code == 410 and answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        *("since=-1", "since=x", "since=", "since=9223372036854775808", "since=1e3", "x=1"),
        *(f"since={'9' * 5000}", f"since={'0' * 5000}1"),
    ],
)
def test_wrong_place_is_a_problem(client, query):
    answer = client.get(f"{FEED}?{query}")
    assert answer.status_code == 400 and answer.json()["errors"][0]["parameter"] == query.split("=")[0]


@pytest.mark.django_db
def test_settling_twice_changes_no_place(client):
    product()
    place = PublicListing.objects.state()
    settle()
    assert PublicListing.objects.state() == place
