from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalog.models import ListingRule, SavedSearch
from catalog.services import saved
from catalog.tasks import found_by, tell_saved_searches
from innomarket.accounts.regions import REGIONS
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


def test_change_that_changes_nothing_loses_no_news():
    row = search(person())
    with moved_to(now() + timedelta(hours=1)):
        product(name_ko="새 로봇")
    with moved_to(now() + timedelta(hours=2)):
        saved.tell_search(search=row, by=row.owner, tell_me=True)
    with moved_to(now() + timedelta(hours=3)):
        assert saved.tell_new(found_by) == 1
    with moved_to(now() + timedelta(hours=4)):
        saved.tell_search(search=row, by=row.owner, tell_me=False)
        product(name_ko="더 새 로봇")
    with moved_to(now() + timedelta(hours=5)):
        saved.tell_search(search=row, by=row.owner, tell_me=True)
    with moved_to(now() + timedelta(hours=6)):
        assert saved.tell_new(found_by) == 0


def test_the_sweep_goes_on_after_a_search_that_fails():
    broken, whole = search(person()), search(person())
    with moved_to(now() + timedelta(hours=1)):
        product(name_ko="새 로봇")

    def find(row):
        if row == broken:
            raise RuntimeError("no")
        return found_by(row)

    with moved_to(now() + timedelta(hours=2)):
        assert saved.tell_new(find) == 1
    assert [message.recipient for message in told()] == [whole.owner]
    with moved_to(now() + timedelta(hours=3)):
        assert saved.tell_new(found_by) == 1


def test_the_sweep_waits_for_what_may_still_commit():
    search(person())
    with moved_to(now() + timedelta(hours=1)):
        product(name_ko="새 로봇")
        assert saved.tell_new(found_by) == 0
    with moved_to(now() + timedelta(days=1)):
        assert saved.tell_new(found_by) == 1


def test_the_sweep_names_products_in_the_language_of_the_reader():
    somebody = person(language="en")
    search(somebody)
    with moved_to(now() + timedelta(hours=1)):
        product(name_ko="물길 로봇", name_en="Waterway robot")
    with moved_to(now() + timedelta(hours=2)):
        saved.tell_new(found_by)
    assert "Waterway robot" in told()[0].body and "물길" not in told()[0].body


@pytest.mark.parametrize("query", ["price_min=x", "category=nothing", "on=never&q=1", "q=" + "x" * 101])
def test_search_that_the_list_does_not_understand_is_not_saved_and_finds_nothing(client, query):
    rules()
    product()
    client.force_login(person())
    response = client.post("/catalog/searches/save/", {"name": "x", "query": query})
    assert response.status_code == 422 and not SavedSearch.objects.exists()
    assert response.context["form"].errors["query"]
    assert found_by(SavedSearch(owner=person(), query=query)).count() == 0


def test_search_that_is_too_long_is_refused_in_words(client):
    rules()
    client.force_login(person())
    query = "q=" + "로봇" * 40 + "".join(f"&sdg={n}" for n in range(1, 18)) + "&region=서울특별시" * 2
    query += "&region=" + "&region=".join(REGIONS)
    response = client.post("/catalog/searches/save/", {"name": "x", "query": query})
    assert response.status_code == 422 and not SavedSearch.objects.exists()
    assert "너무 길어" in response.content.decode()
    with pytest.raises(Refused) as refused:
        search(person(), "q=" + "x" * 1000)
    assert refused.value.code == "too_long"


def test_save_keeps_what_was_typed_exactly(client):
    rules()
    client.force_login(person())
    client.post("/catalog/searches/save/", {"name": "x", "query": "q=dkrcnl&as=typed&sort=newest"})
    assert SavedSearch.objects.get().query == "as=typed&q=dkrcnl&sort=newest"
    client.post("/catalog/searches/save/", {"name": "y", "query": "size=small&as=typed&sort=unknown"})
    assert SavedSearch.objects.get(name="y").query == "size=small"
