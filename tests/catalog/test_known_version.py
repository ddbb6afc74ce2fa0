"""What the cache knows of the catalogue's version: quick, and never older than what somebody has just saved."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.api.trip import trip
from catalog.models import PublicListing
from catalog.services import known_version
from catalog.services.product import edit_product, list_product
from catalog.services.search import reindex
from innomarket.common.clock import now
from tests.accounts.factories import staff
from tests.catalog.factories import designation, product, settle

URL = "/api/v1/products/?page_size=5"


def again(answer, url: str = URL):
    return Client().get(url, headers={"if-none-match": answer["ETag"]})


@pytest.mark.django_db
def test_kept_page_is_confirmed_without_a_query_once_the_version_is_known(client):
    product()
    first = client.get(URL)
    assert again(first).status_code == 304
    with CaptureQueriesContext(connection) as captured:
        assert again(first).status_code == 304
    assert len(captured) == 0


@pytest.mark.django_db
def test_page_is_one_query(client):
    product()
    client.get(URL)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(URL).status_code == 200
    assert len(captured) == 1


def test_page_is_read_again_where_the_connection_has_gone(fresh_database):
    """As after a restart of PostgreSQL: the request that finds out is answered all the same."""
    listed, browser = product(), Client()
    assert browser.get(URL).status_code == 200
    connection.connection.close()
    assert browser.get(URL).json()["results"][0]["number"] == listed.number


def test_whoever_has_saved_sees_it_at_once(fresh_database):
    listed, by = product(), staff("keep_catalogue")
    first = Client().get(URL)
    assert again(first).status_code == 304
    edit_product(product=listed, by=by, unit="대")
    second = again(first)
    assert second.status_code == 200 and second.json()["results"][0]["unit"] == "대"
    assert again(second).status_code == 304
    list_product(designation=designation())
    assert len(again(second).json()["results"]) == 2


@pytest.mark.django_db
def test_version_that_was_read_before_a_commit_counts_for_nothing_after_it():
    """A slow reader comes to keep it when the writer has been answered already."""
    read = trip("test", 60)
    known_version.rise()
    known_version.keep(read.generation, 17, None)
    later = trip("test", 60)
    assert (later.used, later.generation, later.state) == (2, read.generation + 1, None)
    known_version.keep(later.generation, 18, at := now())
    assert trip("test", 60).state == (18, at)


@pytest.mark.django_db
def test_version_and_counter_end_by_themselves():
    before = trip("test", 60)
    known_version.keep(before.generation, 17, None)
    server = known_version.server()
    assert 0 < server.ttl(known_version.VERSION) <= known_version.KEPT
    assert 0 < server.ttl(cache.make_key("test")) <= 65


@pytest.mark.django_db
def test_page_found_by_words_is_asked_anew_after_the_search_was_rebuilt(client):
    product(name_ko="수중 로봇")
    settle()
    url = "/api/v1/products/?q=수중"
    first = client.get(url)
    assert len(first.json()["results"]) == 1 and again(first, url).status_code == 304
    with connection.cursor() as cursor:  # as an earlier version of the search had left it
        cursor.execute("UPDATE catalog_searchdocument SET vector = ''::tsvector, texts = '{}'")
    second = again(first, url)
    assert second.status_code == 200 and second.json()["results"] == []
    place = PublicListing.objects.state()
    reindex()
    assert PublicListing.objects.state() == place and again(first, url).status_code == 304
