"""Designations, calls, challenge tasks and organisations by REST: pages, filters, order, fields, kept answers."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.audit.models import Entry
from innomarket.submissions.models import Call
from innomarket.submissions.services.call import cancel_call
from tests.accounts.factories import company, institution, staff
from tests.catalog.factories import category, product
from tests.challenges.factories import published_task, solution_call, submitted_task
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db

ORDERINGS = {
    "designations": ("designated_on",),
    "calls": ("opens_at", "closes_at"),
    "challenge-tasks": ("published_at",),
    "organisations": ("id",),
}
MAKE = {
    "designations": lambda: product().designation,
    "calls": submissions.open_call,
    "challenge-tasks": published_task,
    "organisations": company,
}
every_list = pytest.mark.parametrize("name", ORDERINGS)


def url(name: str) -> str:
    return f"/api/v1/{name}/"


def keys(rows) -> list:
    return [row.get("number", row.get("id")) for row in rows]


@every_list
def test_pages_lead_there_and_back_in_every_order(client, name):
    for _ in range(5):
        MAKE[name]()
    for way in (way for column in ORDERINGS[name] for way in (column, f"-{column}")):
        whole = keys(client.get(f"{url(name)}?page_size=100&ordering={way}").json()["results"])
        address, seen, last = f"{url(name)}?page_size=2&ordering={way}", [], {}
        while address:
            before, last = last, client.get(address).json()
            seen += keys(last["results"])
            address = last["next"]
        assert seen == whole and len(set(seen)) == len(seen) >= 5
        assert keys(client.get(last["previous"]).json()["results"]) == keys(before["results"])
    turned = keys(client.get(f"{url(name)}?page_size=100&ordering={way[1:]}").json()["results"])
    assert turned == whole[::-1]


@every_list
@pytest.mark.parametrize(
    "query",
    [
        *(
            "x=1",
            "page_size=101",
            "page_size=0",
            "ordering=business_number",
            "cursor=x",
            "fields=business_number",
        ),
        *("fields=", "organisation=x", "state=draft", "kind=nothing", "institution=-1", "sdg=18", "type=x"),
        *("in_force_on=2026-02-30", "q=%00"),
    ],
)
def test_unknown_parameters_and_values_are_told(client, name, query):
    answer = client.get(f"{url(name)}?{query}")
    assert answer.status_code == 400 and answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@every_list
def test_fields_give_only_what_is_asked_for(client, name):
    MAKE[name]()
    (row, *_more) = client.get(url(name)).json()["results"]
    asked = sorted(row)[:2]
    query = f"?fields={','.join(asked)}"
    assert client.get(url(name) + query).json()["results"][0] == {field: row[field] for field in asked}
    one = f"{url(name)}{keys([row])[0]}/"
    assert client.get(one).json() == row
    assert client.get(one + query).json() == {field: row[field] for field in asked}
    assert client.get(f"{one}?fields=nothing").status_code == 400


@every_list
def test_kept_answer_holds_until_a_change(client, name):
    MAKE[name]()
    first = client.get(url(name))
    kept = client.get(url(name), headers={"if-none-match": first["ETag"]})
    assert kept.status_code == 304 and kept.content == b""
    assert (
        client.get(url(name), headers={"if-none-match": first["ETag"], "accept-language": "en"}).status_code
        == 200
    )
    MAKE[name]()
    assert client.get(url(name), headers={"if-none-match": first["ETag"]}).status_code == 200


@every_list
def test_query_count_does_not_grow(client, name):
    counts = []
    for more in (1, 2):
        for _ in range(more):
            MAKE[name]()
        client.get(url(name))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(name))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_is_not_public_is_not_there(client):
    draft = submissions.call()
    pending = company(state="pending", name_ko="아직 아무도 모르는 회사")
    waiting = submitted_task()
    for name, key in (
        ("calls", draft.number or draft.pk),
        ("organisations", pending.pk),
        ("challenge-tasks", waiting.number),
    ):
        assert key not in keys(client.get(url(name)).json()["results"])
        assert client.get(f"{url(name)}{key}/").status_code == 404
    assert client.get(f"{url('organisations')}?q=아무도 모르는").json()["results"] == []


def test_designations_by_organisation_type_and_day(client):
    listed, ended = product(), product(days=(-900, -1))
    of = listed.designation
    for query, found in (
        (f"organisation={of.organisation_id}", [of]),
        (f"type={of.type}", [of, ended.designation]),
        (f"in_force_on={of.last_day}", [of]),
        (f"in_force_on={ended.designation.designated_on}", [ended.designation]),
    ):
        rows = client.get(f"{url('designations')}?{query}").json()["results"]
        assert keys(rows) == [row.number for row in found], query
    row = client.get(f"{url('designations')}{of.number}/").json()
    assert row["product"] == listed.number and row["organisation"]["id"] == of.organisation_id
    assert Designation.objects.count() == 2


@pytest.mark.parametrize("ordering", ["designated_on", "-designated_on"])
def test_deep_page_of_designations_reads_no_more_than_the_first(client, ordering):
    """The plan leads through the index to the place: no row before it is looked at."""
    for _ in range(2):
        product()
    following = client.get(f"{url('designations')}?page_size=1&ordering={ordering}").json()["next"]
    with CaptureQueriesContext(connection) as captured:
        client.get(following)
    (select,) = [query["sql"] for query in captured if " LIMIT " in query["sql"]]
    with connection.cursor() as cursor:
        for way in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {select}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: (ROW(" in plan and "Sort" not in plan


def test_calls_by_kind_and_state(client):
    call = submissions.open_call()
    assert keys(client.get(f"{url('calls')}?kind={call.kind}&state=announced").json()["results"]) == [
        call.number
    ]
    assert client.get(f"{url('calls')}?state=cancelled").json()["results"] == []
    assert Call.objects.count() == 1


def test_tasks_by_institution_and_goal(client):
    task = published_task(owner=institution())
    published_task()
    number = task.submission.number
    owner = task.submission.applicant_organisation_id
    assert keys(client.get(f"{url('challenge-tasks')}?institution={owner}").json()["results"]) == [number]
    task.sdgs = [17]
    task.save(update_fields=["sdgs"])
    assert keys(client.get(f"{url('challenge-tasks')}?sdg=17").json()["results"]) == [number]


def test_organisations_tell_no_number_and_are_found_by_name_and_kind(client):
    made = company(name_ko="물길로봇 주식회사", business_number="1234567891")
    institution()
    answer = client.get(f"{url('organisations')}?q=길로봇&kind=company")
    assert keys(answer.json()["results"]) == [made.pk]
    assert "1234567891" not in answer.content.decode()
    assert Organisation.objects.count() >= 2


@pytest.mark.parametrize(
    ("name", "field"), [("categories", "name_en"), ("snapshots", "sha256"), ("statistics", "designated")]
)
def test_fields_of_what_has_no_pages(client, name, field):
    category()
    body = client.get(f"{url(name)}?fields={field}").json()
    assert all(set(row) == {field} for row in body.get("results", [body]))
    refused = client.get(f"{url(name)}?fields={field},secret")
    assert refused.status_code == 400 and field in refused.json()["errors"][0]["detail"]


def test_call_is_named_from_its_announcement_on_and_not_where_it_was_cancelled_before(client):
    """On the task's page and in the data: a draft is nobody's business, also a cancelled one."""
    task = published_task()
    number = task.submission.number

    def told():
        """By the data; and whether the task's page links there and says how proposals are judged."""
        named = client.get(f"{url('challenge-tasks')}{number}/").json()["call_for_solutions"]
        page = client.get(f"/challenges/{number}/").content.decode()
        return named, f"/calls/{named or draft.number}/" in page, 'id="criteria"' in page

    draft = solution_call(task, announced=False)
    assert told() == (None, False, False)
    cancel_call(call=draft, by=staff("run_rounds"), reason="다시 준비합니다")
    assert told() == (None, False, False)
    task.refresh_from_db()
    announced = solution_call(task)
    assert told() == (announced.number, True, True)
    assert Entry.objects.filter(verb="challenges.call_again").count() == 1
