from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import ListingRule, SavedSearch
from catalog.services import saved
from catalog.tasks import found_by, tell_saved_searches
from innomarket.common import personal
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from tests.accounts.factories import person
from tests.catalog.factories import product, rules

pytestmark = pytest.mark.django_db


def search(owner, query: str = "q=로봇", **fields) -> SavedSearch:
    rules()
    return saved.save_search(by=owner, name="로봇", query=query, **fields)


def told() -> list[Message]:
    return list(Message.objects.filter(kind="catalog.new_in_search").order_by("pk"))


def test_save_from_the_list_keeps_what_the_list_knows(client):
    rules()
    somebody = person()
    client.force_login(somebody)
    product()
    page = client.get("/catalog/?q=로봇&in_force=true&cursor=x&utm=1&sort=cheapest")
    link = page.content.decode().split("/catalog/searches/save/?query=")[1].split('"')[0]
    form = client.get(f"/catalog/searches/save/?query={link}").context["form"]
    assert form.initial["name"] == "로봇" and form.initial["tell"] is True
    done = client.post("/catalog/searches/save/", form.initial)
    assert done.status_code == 302
    row = SavedSearch.objects.get()
    assert (row.owner, row.query) == (somebody, "in_force=true&q=%EB%A1%9C%EB%B4%87&sort=cheapest")
    listed = client.get(done["Location"]).content.decode()
    assert "로봇" in listed and row.query.replace("&", "&amp;") in listed
    again = client.post("/catalog/searches/save/", form.initial)
    assert again.status_code == 409 or again.status_code == 422
    assert SavedSearch.objects.count() == 1


@pytest.mark.parametrize("query", ["", "unknown=1", "q=", "cursor=x"])
def test_save_nothing_is_refused(client, query):
    rules()
    client.force_login(person())
    response = client.post("/catalog/searches/save/", {"name": "x", "query": query})
    assert response.status_code in (409, 422) and not SavedSearch.objects.exists()


def test_save_more_than_the_rule_allows_is_refused():
    rules()
    ListingRule.objects.update(most_saved_searches=2)
    somebody = person()
    for n in range(2):
        search(somebody, f"q={n}")
    with pytest.raises(Refused) as refused:
        search(somebody, "q=3")
    assert refused.value.code == "too_many"
    search(person(), "q=3")


def test_another_persons_search_is_nobodys_business(client):
    row = search(person())
    other = person()
    client.force_login(other)
    path = f"/catalog/searches/{row.pk}/"
    assert client.get(path).status_code == 404
    assert client.post(path, {"delete": "on"}).status_code == 404
    assert client.get("/catalog/searches/").context["searches"].count() == 0
    for act in (
        lambda: saved.delete_search(search=row, by=other),
        lambda: saved.tell_search(search=row, by=other, tell_me=False),
    ):
        with pytest.raises(Refused):
            act()
    assert SavedSearch.objects.count() == 1


def test_change_and_delete(client):
    somebody = person()
    row = search(somebody)
    client.force_login(somebody)
    assert client.post(f"/catalog/searches/{row.pk}/", {}).status_code == 302
    row.refresh_from_db()
    assert row.tell is False
    client.post(f"/catalog/searches/{row.pk}/", {"delete": "on"})
    assert not SavedSearch.objects.exists()


def test_the_sweep_tells_each_new_product_once():
    somebody = person()
    product(name_ko="옛 로봇")
    row = search(somebody)
    assert saved.tell_new(found_by) == 0
    with moved_to(now() + timedelta(hours=1)):
        product(name_ko="새 로봇")
        product(name_ko="해초", name_en="weed", summary="바다")
    with moved_to(now() + timedelta(hours=2)):
        tell_saved_searches()
        tell_saved_searches()
    assert [(message.recipient, message.url) for message in told()] == [(somebody, row.path)]
    assert "새 로봇" in told()[0].body and "옛 로봇" not in told()[0].body and "해초" not in told()[0].body


@pytest.mark.parametrize("how", ["off", "inactive"])
def test_the_sweep_leaves_alone_who_does_not_want_it(how):
    somebody = person()
    search(somebody, tell_me=how != "off")
    if how == "inactive":
        somebody.is_active = False
        somebody.save()
    with moved_to(now() + timedelta(hours=1)):
        product()
    with moved_to(now() + timedelta(hours=2)):
        assert saved.tell_new(found_by) == 0
    assert told() == []


def test_searches_are_taken_along_and_erased():
    somebody, other = person(), person()
    search(somebody), search(other)
    rows = list(personal.shares["catalog.saved_searches"].rows(somebody))
    assert [row["query"] for row in rows] == ["q=로봇"]
    assert personal.erasers["catalog"](somebody, "x") == {"saved_searches": 1}
    assert SavedSearch.objects.get().owner == other


@pytest.mark.parametrize(("name", "query"), [("", "q=1"), ("x", "")])
def test_the_database_refuses_a_search_for_nothing(name, query):
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedSearch.objects.create(owner=person(), name=name, query=query)


def test_list_query_count_does_not_grow(client):
    somebody, counts = person(), []
    client.force_login(somebody)
    for n in range(3):
        search(somebody, f"q={n}")
        with CaptureQueriesContext(connection) as captured:
            client.get("/catalog/searches/")
        counts.append(len(captured))
    assert counts[0] == counts[2]
