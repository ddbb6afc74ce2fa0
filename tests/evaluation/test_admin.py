"""The staff console of rounds: steps by page, refusals on the form, queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from innomarket.evaluation.models import EvaluationRule, Panelist, Result, Round
from innomarket.evaluation.services.result import finish_round, select_entries
from tests.accounts.factories import institution, member, person, staff
from tests.accounts.test_admin import signed_in

from .factories import opened_lot, prepared, published, round_with, submitted

pytestmark = pytest.mark.django_db

BASE = "/admin/evaluation/round/"


@pytest.fixture(autouse=True)
def _korean():
    with override("ko"):
        yield


@pytest.fixture
def desk(client):
    return signed_in(client, staff("run_rounds"))


def ticked(text):
    return len(re.findall(r'name="entries"[^>]* checked', text))


def step(made, name):
    return f"{BASE}{made.round.pk}/{name}/"


STEPS = ["seat", "unseat", "start", "finish", "select", "prepare", "reopen", "set-aside", "cancel"]


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("who", ["anonymous", "evaluator", "applicant", "budget officer"])
def test_steps_are_for_staff_of_rounds_alone(client, name, who):
    made = round_with(entries=1)
    if who == "budget officer":
        signed_in(client, staff("keep_budget"))
    elif who != "anonymous":
        client.force_login(made.evaluators[0] if who == "evaluator" else made.submissions[0].created_by)
    for found in (client.get(step(made, name)), client.post(step(made, name), {"reason": "x"})):
        assert found.status_code in (302, 403)
        assert found.status_code == 403 or "login" in found.url
    made.again()
    assert made.round.state == "scoring"


@pytest.mark.parametrize("name", ["create", "start-call", "prepare-call"])
def test_steps_for_a_call_are_for_staff_of_rounds_alone(client, name):
    signed_in(client, staff("keep_budget"))
    assert client.get(f"{BASE}{name}/").status_code == 403


@pytest.mark.parametrize("state", ["preparing", "scoring", "scored", "finished", "published", "cancelled"])
def test_console_and_every_step_answer_in_every_state(desk, state):
    if state == "preparing":
        made = prepared()
    else:
        made = round_with(scored=state == "scored", finished=state in ("finished", "published"))
    if state == "published":
        select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
        published(made)
    if state == "cancelled":
        desk.post(step(made, "cancel"), {"reason": "Wrong panel."})
    assert made.again().round.state == {"scored": "scoring"}.get(state, state)
    assert desk.get(f"{BASE}{made.round.pk}/change/").status_code == 200
    for name in STEPS:
        assert desk.get(step(made, name)).status_code == 200, name
    with override("en"):
        assert desk.get(f"/en{BASE}{made.round.pk}/change/").status_code == 200


def test_a_whole_round_is_run_from_the_console(desk):
    lot, evaluators = opened_lot(), [person() for _ in range(3)]
    for _ in range(2):
        submitted(lot)
    # Those who sat before are offered by name.
    earlier = prepared(panelists=0)
    for n, user in enumerate(evaluators, start=1):
        Panelist.objects.create(round=earlier.round, user=user, place=n, reason="No pool.")
    form = desk.get(f"{BASE}create/")
    assert evaluators[0].email in form.content.decode()
    answer = desk.post(
        f"{BASE}create/",
        {
            "call": lot.call.pk,
            "lots": "",
            "addresses": "",
            "known": [user.pk for user in evaluators],
            "reason": "The pool is empty.",
        },
    )
    made = Round.objects.get(lot=lot)
    assert answer.url == f"{BASE}{made.pk}/change/"
    assert desk.post(f"{BASE}{made.pk}/start/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.entries.count()) == ("scoring", 2)
    found = desk.post(f"{BASE}{made.pk}/finish/", {"reason": ""})
    assert found.status_code == 409
    assert desk.post(f"{BASE}{made.pk}/finish/", {"reason": "Nobody came."}).status_code == 302
    assert desk.post(f"{BASE}{made.pk}/reopen/", {"reason": "They came."}).status_code == 302
    assert desk.post(f"{BASE}{made.pk}/cancel/", {"reason": "A new panel."}).status_code == 302


def test_rounds_of_a_call_are_prepared_at_once_and_published_by_another(desk, client):
    made = round_with(finished=True)
    form = {"call": made.lot.call.pk}
    assert desk.post(f"{BASE}prepare-call/", form).status_code == 409
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    found = desk.post(f"{BASE}prepare-call/", form)
    assert found.status_code == 302
    publish = found.url.replace("/change/", "/publish/")
    assert desk.post(publish).status_code == 403
    assert made.again().round.state == "finished"
    signed_in(client, staff("run_rounds"))
    assert client.post(publish).status_code == 302
    assert made.again().round.state == "published"


def test_rounds_of_a_call_are_started_at_once_or_none(desk):
    made = prepared(panelists=2)
    found = desk.post(f"{BASE}start-call/", {"call": made.lot.call.pk})
    assert found.status_code == 409
    assert made.round.number in found.content.decode()
    desk.post(step(made, "seat"), {"addresses": "", "known": []})
    assert made.round.panelists.count() == 2


def test_person_of_the_lots_institution_is_refused_on_the_form(desk):
    made = prepared(owner=institution())
    user = made.evaluators[0]
    other = prepared(owner=institution())
    member(user, other.lot.owner)
    found = desk.post(step(other, "seat"), {"known": [user.pk], "addresses": "", "reason": "No pool."})
    assert found.status_code == 409
    assert user.name in found.content.decode()
    assert other.round.panelists.count() == 3


def test_unknown_address_is_said_at_its_field(desk):
    made = prepared()
    found = desk.post(step(made, "seat"), {"addresses": "nobody@example.com\nnot-an-address"})
    assert found.status_code == 422
    assert "nobody@example.com" in found.content.decode() and "not-an-address" in found.content.decode()


def test_first_places_are_ticked_and_a_tie_across_the_line_is_not(desk):
    made = round_with(finished=True, points=lambda entry, evaluator: [9 if entry == 1 else 8])
    text = desk.get(f"{step(made, 'select')}?first=2").content.decode()
    assert ticked(text) == 1
    text = desk.get(f"{step(made, 'select')}?first=3").content.decode()
    assert ticked(text) == 3
    entries = [made.entry(1).pk, made.entry(2).pk]
    found = desk.post(step(made, "select"), {"entries": entries, "reason": ""})
    assert found.status_code == 409
    assert ticked(found.content.decode()) == 2
    assert (
        desk.post(step(made, "select"), {"entries": entries, "reason": "A site is ready."}).status_code == 302
    )
    assert Result.objects.filter(outcome="selected").count() == 2


def test_sheet_is_set_aside_from_the_console(desk):
    made = round_with(scored=True, entries=1, panelists=4)
    sheet = made.assignment(1, 2).sheet
    assert (
        desk.post(step(made, "set-aside"), {"sheet": sheet.pk, "reason": "Not independent."}).status_code
        == 302
    )
    finish_round(round=made.round, by=made.staff)
    assert Result.objects.get().sheets == 3


def test_member_of_the_panel_is_taken_off_from_the_console(desk):
    made = round_with(panelists=4)
    assert (
        desk.post(step(made, "unseat"), {"panelist": made.panelist(4).pk, "reason": "Ill."}).status_code
        == 302
    )
    assert made.panelist(4).left_at is not None


def test_rounds_cannot_be_added_changed_or_deleted_by_hand(desk):
    made = prepared()
    assert desk.get(f"{BASE}add/").status_code == 403
    assert desk.get(f"{BASE}{made.round.pk}/delete/").status_code == 403
    assert desk.post(f"{BASE}{made.round.pk}/change/", {"state": "published"}).status_code == 403


def test_shipped_rule_is_loaded_once_and_shown_as_our_default(desk):
    from innomarket.evaluation import shipped

    assert shipped.load() == shipped.load() == EvaluationRule.objects.count()
    rule = EvaluationRule.objects.at()
    assert (int(rule.pass_mark), rule.least_sheets, rule.trim_from, rule.panel_size) == (70, 3, 5, 7)
    assert rule.is_default
    assert desk.get("/admin/evaluation/evaluationrule/").status_code == 200


@pytest.mark.parametrize("state", ["scoring", "finished"])
def test_console_takes_the_same_queries_for_one_entry_and_three(desk, state):
    counts = []
    for entries in (1, 3):
        made = round_with(entries=entries, panelists=2 + entries, scored=True, finished=state == "finished")
        path = f"{BASE}{made.round.pk}/change/"
        desk.get(path)
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] < 50


def test_list_of_rounds_takes_the_same_queries_for_one_and_three(desk):
    counts = []
    for n in (1, 2):
        for _ in range(n):
            prepared(entries=1)
        desk.get(BASE)
        with CaptureQueriesContext(connection) as found:
            assert desk.get(BASE).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
