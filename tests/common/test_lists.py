from urllib.parse import parse_qs, urlsplit

import django_filters
import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from innomarket.accounts.models import User
from innomarket.common import lists
from innomarket.common.lists import KeysetListView

pytestmark = pytest.mark.django_db


class PeopleFilter(django_filters.FilterSet):
    email = django_filters.CharFilter(lookup_expr="icontains", label="E-mail")
    language = django_filters.MultipleChoiceFilter(
        choices=[("ko", "Korean"), ("en", "English")], label="Language"
    )
    is_staff = django_filters.BooleanFilter(label="Staff")

    class Meta:
        model = User
        fields = ["email", "language", "is_staff"]


class PeopleList(KeysetListView):
    queryset = User.objects.filter(email__endswith="@list.example")
    order = ("language", "-pk")
    filterset_class = PeopleFilter
    page_size = 5


@pytest.fixture
def people():
    for n in range(12):
        User.objects.create(
            email=f"u{n:02}@list.example", name=f"U{n}", language="en" if n % 4 == 0 else "ko"
        )
    return list(PeopleList.queryset.order_by(*PeopleList.order))


def page_at(url: str, view_class=PeopleList):
    view = view_class()
    view.setup(RequestFactory().get(url))
    return view.get_context_data()


def walk(url: str, way: str) -> list[list[User]]:
    found = []
    while url:
        page = page_at(url)["page"]
        found.append(page.rows)
        url = getattr(page, way)
        assert len(found) < 20
    return found


def test_forwards_every_row_comes_once_in_order(people):
    pages = walk("/people/", "next_url")
    assert [row for rows in pages for row in rows] == people
    assert [len(rows) for rows in pages] == [5, 5, 2]


def test_backwards_from_the_end_leads_to_the_first_page(people):
    url, last = "/people/", None
    while url:
        last, url = url, page_at(url)["page"].next_url
    back = walk(last, "previous_url")
    assert [row for rows in reversed(back) for row in rows] == people


def test_a_new_row_before_the_cursor_does_not_repeat_one(people):
    second = page_at("/people/")["page"].next_url
    User.objects.create(email="new@list.example", name="New", language="en")
    assert page_at(second)["page"].rows == people[5:10]


def test_the_last_full_page_offers_no_empty_next_one(people):
    PeopleList.queryset.exclude(pk__in=[p.pk for p in people[:5]]).delete()
    page = page_at("/people/")["page"]
    assert (len(page.rows), page.next_url, page.previous_url) == (5, "", "")


@pytest.mark.parametrize("cursor", ["nonsense", "", "a:b:c", "%00", "W10:x:y"])
def test_a_broken_cursor_is_the_first_page(people, cursor):
    assert page_at(f"/people/?cursor={cursor}")["page"].rows == people[:5]


def test_a_cursor_of_another_order_is_the_first_page(people):
    class ByName(PeopleList):
        order = ("name", "pk")

    cursor = urlsplit(page_at("/people/")["page"].next_url).query
    assert page_at(f"/people/?{cursor}", ByName)["page"].previous_url == ""


def test_filters_are_kept_by_the_cursor_and_dropped_by_a_chip(people):
    shown = page_at("/people/?language=ko&email=list")
    assert all(row.language == "ko" for row in shown["page"].rows)
    query = parse_qs(urlsplit(shown["page"].next_url).query)
    assert query["language"] == ["ko"] and query["email"] == ["list"]
    without = {chip.label: parse_qs(urlsplit(chip.url).query) for chip in shown["chips"]}
    assert without["Korean"] == {"email": ["list"]}
    assert set(without) == {"Korean", "E-mail: list"}


def test_a_value_that_is_not_offered_gives_no_chip(people):
    assert page_at("/people/?language=xx")["chips"] == []


def test_a_facet_switches_one_value_and_returns_to_the_first_page(people):
    view = PeopleList()
    view.setup(RequestFactory().get("/people/?language=ko&cursor=x"))
    korean, english = view.facet("language", "Language", [("ko", "Korean", 9), ("en", "English", 3)])[
        "options"
    ]
    assert korean["on"] and korean["url"] == "/people/"
    assert not english["on"] and english["url"] == "/people/?language=ko&language=en"


def test_counting_stops_at_the_limit(people, monkeypatch):
    monkeypatch.setattr(lists, "COUNT_LIMIT", 7)
    page = page_at("/people/")["page"]
    assert (page.total, page.total_is_capped) == (7, True)


def test_the_number_of_queries_does_not_depend_on_the_page(people):
    first = page_at("/people/")["page"].next_url
    for url in ("/people/", first):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_at(url)
        assert len(queries) == 2
