"""The call console: each step of staff from preparing a call to the recorded opening, and who may not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import activate

from innomarket.common.clock import KST, moved_to, now
from innomarket.submissions.models import Call
from innomarket.submissions.specs import LotSpec
from innomarket.timeline.services import open_story
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories
from .kind import TASK

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    activate("en")


@pytest.fixture
def staff(client):
    user = accounts.staff("run_rounds")
    sign_in(client, user)
    return user


def step(name, call=None) -> str:
    return reverse(f"admin:submissions_call_{name}", args=[call.pk] if call else [])


def local(instant) -> str:
    return instant.astimezone(KST).strftime("%Y-%m-%dT%H:%M")


def filled(page) -> dict:
    """What the page's form and its rows would send as they stand."""
    form = page.context["form"]
    data = {}
    for part in (form, form.stage_rows, form.check_rows, form.group_rows, form.criterion_rows, form.lot_rows):
        if part is form:
            data |= {name: form[name].value() or "" for name in form.fields}
            continue
        data |= {part.management_form.add_prefix(k): v for k, v in part.management_form.initial.items()}
        for row in part.forms:
            values = {name: row[name].value() for name in row.fields}
            data |= {row.add_prefix(name): "" if value is None else value for name, value in values.items()}
    return data


def a_call_form(client, **changes) -> dict:
    page = client.get(step("create") + f"?kind={TASK}")
    assert page.status_code == 200
    start = now() + timedelta(days=1)
    times = {
        "opens_at": local(start),
        "closes_at": local(start + timedelta(days=20)),
        "opening_at": local(start + timedelta(days=21)),
    }
    return filled(page) | {"title_ko": "도전적 과제 공모", "title_en": "Call for tasks"} | times | changes


def test_prepare_offers_the_kinds_first(client, staff):
    page = client.get(step("create"))
    assert f"?kind={TASK}" in page.content.decode()


def test_prepare_is_filled_with_the_criteria_that_the_kind_ships(client, staff):
    made = client.post(step("create") + f"?kind={TASK}", a_call_form(client))
    assert made.status_code == 302, made.context["form"].errors
    call = Call.objects.get()
    assert made["Location"] == reverse("admin:submissions_call_change", args=[call.pk])
    assert (call.kind, call.state, call.lots.count()) == (TASK, "draft", 1)
    assert [group.name_en for group in call.groups.all()] == ["Publicness", "Innovation"]


def test_prepare_takes_lots_with_the_institution_whose_need_it_is(client, staff):
    institution = accounts.institution()
    rows = {
        "lots-0-title_ko": "하수관",
        "lots-0-owner": institution.institution_code,
        "lots-1-title_ko": "정류장",
    }
    client.post(step("create") + f"?kind={TASK}", a_call_form(client, **rows))
    lots = Call.objects.get().lots.order_by("order")
    assert [(lot.title_ko, lot.owner) for lot in lots] == [("하수관", institution), ("정류장", None)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"criteria-0-weight": "50"}, "add up to 100"),
        ({"criteria-0-weight": "x"}, "Criterion 1"),
        ({"criteria-0-group": "7"}, "names group 7"),
        ({"lots-0-title_ko": "가", "lots-0-owner": "0000001"}, "no verified institution with the code"),
        ({"groups-0-name_en": ""}, "Group 1"),
        ({"closes_at": "2020-01-01T10:00"}, "must open before it closes"),
    ],
)
def test_prepare_says_what_is_wrong_and_keeps_what_was_typed(client, staff, change, words):
    page = client.post(step("create") + f"?kind={TASK}", a_call_form(client, **change))
    assert page.status_code in (409, 422)
    text = page.content.decode()
    assert words in text and "도전적 과제 공모" in text
    assert not Call.objects.exists()


def test_prepare_without_a_row_that_was_emptied(client, staff):
    emptied = {f"criteria-1-{name}": "" for name in ("group", "name_ko", "name_en", "weight")}
    emptied |= {"groups-1-name_ko": "", "groups-1-name_en": "", "criteria-0-weight": "100"}
    made = client.post(step("create") + f"?kind={TASK}", a_call_form(client, **emptied))
    assert made.status_code == 302, made.context["form"].errors
    call = Call.objects.get()
    assert [group.name_en for group in call.groups.all()] == ["Publicness"]


def test_prepare_adds_rows_without_losing_what_was_typed(client, staff):
    data = a_call_form(client) | {"more": "1", "lots-0-title_ko": "쓰던 것"}
    page = client.post(step("create") + f"?kind={TASK}", data)
    assert page.status_code == 200
    assert len(page.context["form"].lot_rows.forms) == 6
    assert "쓰던 것" in page.content.decode()
    assert "error-summary" not in page.content.decode()


def test_edit_shows_the_stored_call_and_changes_it(client, staff):
    call = factories.call()
    data = filled(client.get(step("edit", call)))
    data |= {name: local(getattr(call, name)) for name in ("opens_at", "closes_at", "opening_at")}
    changed = client.post(step("edit", call), data | {"title_en": "Better", "criteria-0-weight": "55",
                                                      "criteria-1-weight": "45"})  # fmt: skip
    assert changed.status_code == 302, changed.context["form"].errors
    call.refresh_from_db()
    weights = [criterion.weight for group in call.groups.all() for criterion in group.criteria.all()]
    assert (call.title_en, weights) == ("Better", [55, 45])


def test_edit_leaves_lots_that_carry_a_story(client, staff):
    story = open_story()
    call = factories.call(lots=[LotSpec("과제", story=story)])
    data = filled(client.get(step("edit", call)))
    data |= {name: local(getattr(call, name)) for name in ("opens_at", "closes_at", "opening_at")}
    assert client.post(step("edit", call), data).status_code == 302
    assert call.lots.get().story == story


def test_the_steps_of_a_call_in_their_order(client, staff):
    done = factories.call()
    page = client.get(reverse("admin:submissions_call_change", args=[done.pk]))
    assert [permit["title"] for permit in page.context["permits"]] == [
        "Announce the call",
        "Change the call",
        "Cancel the call",
    ]
    assert [line["text"] for line in page.context["locked"]] == [
        "Prepare the opening",
        "Open the submissions",
        "Extend the call",
        "Amend the call",
    ]
    assert client.post(step("announce", done)).status_code == 302
    submission = factories.submitted(call=Call.objects.get(pk=done.pk))
    later = done.closes_at + timedelta(days=1)
    times = {"closes_at": local(later), "opening_at": local(later + timedelta(days=1))}
    extended = client.post(step("extend", done), times | {"reason": "Outage."})
    assert extended.status_code == 302, extended.context["form"].errors
    done.refresh_from_db()
    factories.close(done)
    early = client.post(step("prepare-opening", done), {"reason": ""})
    assert early.status_code == 409
    with moved_to(done.opening_at):
        asked = client.get(step("prepare-opening", done)).content.decode()
        assert "1 submission is opened" in asked
        assert client.post(step("prepare-opening", done), {"reason": ""}).status_code == 302
        assert client.post(step("open", done), {"reason": ""}).status_code == 403, "the same person"
        other = accounts.staff("run_rounds")
        sign_in(client, other)
        assert client.post(step("open", done), {"reason": ""}).status_code == 302
    done.refresh_from_db()
    assert done.opened_by == other
    assert (
        submission.number
        in client.get(reverse("admin:submissions_call_change", args=[done.pk])).content.decode()
    )
    sheet = client.get(step("roster", done)).content.decode()
    assert submission.number in sheet
    assert submission.current.sha256 in sheet
    shown = client.get(reverse("admin:submissions_submission_change", args=[submission.pk])).content.decode()
    assert submission.applicant_organisation.name_en in shown


def test_cancel_asks_for_the_reason(client, staff):
    call = factories.open_call()
    assert client.post(step("cancel", call), {"reason": ""}).status_code == 422
    assert client.post(step("cancel", call), {"reason": "No need."}).status_code == 302
    call.refresh_from_db()
    assert call.state == "cancelled"


@pytest.mark.parametrize(
    "name", ["create", "edit", "announce", "extend", "cancel", "open", "change", "changelist"]
)
def test_console_is_for_staff_who_run_rounds(client, name):
    call = factories.open_call()
    address = step(name, None if name in ("create", "changelist") else call)
    sign_in(client, accounts.staff("keep_budget"))
    assert client.get(address).status_code == 403
    if name not in ("change", "changelist"):
        assert client.post(address, {"reason": "x"}).status_code == 403
    client.logout()
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_console_asks_the_same_number_of_queries(client, staff, rows, django_assert_max_num_queries):
    call = factories.open_call(lots=[LotSpec(f"가{n}", owner=accounts.institution()) for n in range(rows)])
    for lot in call.lots.all():
        factories.submitted(lot=lot)
    addresses = [
        reverse("admin:submissions_call_changelist"),
        reverse("admin:submissions_call_change", args=[call.pk]),
        reverse("admin:submissions_submission_changelist") + f"?lot__call__id__exact={call.pk}",
    ]
    for address in addresses:
        with django_assert_max_num_queries(32):
            assert client.get(address).status_code == 200
