"""Steps for several at once: seen with counts and recipients, then done to all or to none; the vocabulary of fields."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from innomarket.common.clock import moved_to, now, today
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Expertise, Sheet
from innomarket.evaluation.services.expertise import add_expertise, change_expertise
from innomarket.evaluation.services.moderation import return_sheet, return_sheets
from innomarket.evaluation.services.reminder import remind_open
from innomarket.notifications.models import Message
from tests.accounts.factories import person, staff
from tests.accounts.test_admin import signed_in

from .factories import evaluator, prepared, round_with
from .test_round import refused

pytestmark = pytest.mark.django_db


def address(made, name):
    return f"/en/admin/evaluation/round/{made.round.pk}/{name}/"


def reminded():
    return Message.objects.filter(kind="evaluation.panel_reminder")


# ── reminding ──


def test_who_has_open_sheets_is_named_with_their_number_and_reminded_once_a_day(client):
    made = round_with(entries=2)
    made.score(1, 1, 8)
    made.score(2, 1, 8)
    made.score(1, 2, 8)
    signed_in(client, made.staff)
    page = client.get(address(made, "remind")).content.decode()
    assert "2 evaluators are reminded" in page
    told = re.sub(r"<[^>]+>", " ", page)
    assert re.search(rf"{made.evaluators[1]}\s+1 sheet is not submitted", told)
    assert re.search(rf"{made.evaluators[2]}\s+2 sheets are not submitted", told)
    assert str(made.evaluators[0]) not in told
    assert client.post(address(made, "remind")).status_code == 302
    assert {one.recipient for one in reminded()} == set(made.evaluators[1:])
    assert remind_open(round=made.round, by=made.staff) == 0
    with moved_to(now() + timedelta(days=1)):
        assert remind_open(round=made.round, by=made.staff) == 2


def test_a_returned_sheet_is_open_again():
    made = round_with(entries=1, scored=True)
    assert remind_open(round=made.round, by=made.staff) == 0
    sheet = Sheet.objects.get(assignment=made.assignment(1, 1))
    return_sheet(sheet=sheet, by=made.staff, reason="Say more.")
    assert remind_open(round=made.round, by=made.staff) == 1
    assert reminded().get().recipient == made.evaluators[0]


def test_nobody_is_reminded_where_nothing_is_scored_or_by_others():
    with refused("score_not_now"):
        remind_open(round=prepared().round, by=staff("run_rounds"))
    with pytest.raises(Refused, check=lambda error: error.status == 403):
        remind_open(round=round_with().round, by=staff("keep_budget"))


# ── giving back ──


def apart():
    """Two entries; the third evaluator lies far below the others in both."""
    return round_with(entries=2, scored=True, points=lambda entry, evaluator: [2 if evaluator == 3 else 9])


def test_the_sheets_that_stand_out_are_given_back_together_with_one_reason(client):
    made = apart()
    signed_in(client, made.staff)
    page = client.get(address(made, "return-several")).content.decode()
    told = re.sub(r"<[^>]+>", " ", page)
    assert re.search(r"Sheets that stand out\s+2\s+Their evaluators\s+1 person", told) and "(-70.00)" in page
    out = list(Sheet.objects.filter(assignment__panelist__place=3))
    assert client.post(address(made, "return-several"), {"reason": "Why?"}).status_code == 422
    answer = client.post(
        address(made, "return-several"), {"sheets": [one.pk for one in out], "reason": "Why so low?"}
    )
    assert answer.status_code == 302
    assert {one.state for one in Sheet.objects.filter(pk__in=[one.pk for one in out])} == {"returned"}
    told = Message.objects.filter(kind="evaluation.sheet_returned")
    assert [one.recipient for one in told] == [made.evaluators[2]] * 2


def test_the_sheets_that_stand_out_are_named_the_farthest_first(client):
    given = {1: 6, 2: 9, 3: 3}  # the third evaluator's sheets: 30, 0 and 60 points below the others
    made = round_with(scored=True, points=lambda entry, evaluator: [given[entry] if evaluator == 3 else 9])
    signed_in(client, made.staff)
    form = client.get(address(made, "return-several")).context["form"]
    labels = [label for _key, label in form["sheets"].field.choices]
    assert [label.split(" ")[0] for label in labels] == [
        made.submissions[2].number,
        made.submissions[0].number,
    ]
    assert labels[0].endswith("(-60.00)") and labels[1].endswith("(-30.00)")


def test_a_sheet_that_does_not_stand_out_cannot_be_ticked(client):
    made = apart()
    signed_in(client, made.staff)
    other = Sheet.objects.get(assignment=made.assignment(1, 1))
    answer = client.post(address(made, "return-several"), {"sheets": [other.pk], "reason": "Why?"})
    assert answer.status_code == 422
    other.refresh_from_db()
    assert other.state == "submitted"


def test_where_one_cannot_be_given_back_none_is():
    made = apart()
    first, second = Sheet.objects.filter(assignment__panelist__place=3).order_by("pk")
    return_sheet(sheet=second, by=made.staff, reason="Why?")
    with refused("return_not_now"):
        return_sheets(sheets=[first, second], by=made.staff, reason="Why so low?")
    first.refresh_from_db()
    assert first.state == "submitted"


def test_the_page_says_where_no_sheet_stands_out(client):
    made = round_with(entries=1, scored=True)
    signed_in(client, made.staff)
    page = client.get(address(made, "return-several")).content.decode()
    assert "No sheet stands out." in page and "<textarea" not in page


def test_the_page_of_the_round_names_nobody_and_looks_at_no_sheet(client, monkeypatch):
    """Asked with each look at a round of thousands, both would take longer than all the rest."""
    from innomarket.evaluation.forms import returning
    from innomarket.evaluation.services import reminder

    made = apart()
    signed_in(client, made.staff)
    monkeypatch.setattr(returning, "standing_out", None)
    monkeypatch.setattr(reminder, "with_open_work", None)
    assert client.get(address(made, "change")).status_code == 200


# ── starting ──


def test_several_rounds_of_a_call_are_seen_with_their_people_and_started(client):
    one, other = prepared(), prepared()
    signed_in(client, one.staff)
    page = client.get("/en/admin/evaluation/round/start-call/").content.decode()
    call = one.lot.call
    assert f"{call.number}: 1 round, 3 evaluators are told" in page
    assert f"{one.round.number} – " in page
    wrong = client.post(
        "/en/admin/evaluation/round/start-call/", {"call": call.pk, "rounds": [other.round.pk]}
    )
    assert wrong.status_code == 422
    done = client.post("/en/admin/evaluation/round/start-call/", {"call": call.pk, "rounds": [one.round.pk]})
    assert done.status_code == 302
    assert (one.again().round.state, other.again().round.state) == ("scoring", "preparing")


def test_the_pages_ask_the_same_at_one_and_three(client):
    by = staff("run_rounds")
    signed_in(client, by)
    counts = []
    for entries in (1, 3):
        made = round_with(
            entries=entries,
            scored=True,
            by=by,
            points=lambda entry, evaluator: [2 if evaluator == 3 else 9],
        )
        client.get(address(made, "return-several"))
        with CaptureQueriesContext(connection) as queries:
            client.get(address(made, "return-several"))
            client.get(address(made, "remind"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    prepared(by=by)
    with CaptureQueriesContext(connection) as one:
        client.get("/admin/evaluation/round/start-call/")
    prepared(by=by)
    with CaptureQueriesContext(connection) as two:
        client.get("/admin/evaluation/round/start-call/")
    assert len(two) == len(one)


# ── fields of expertise ──


def test_staff_add_a_field_name_it_better_and_let_it_end(client):
    signed_in(client, staff("run_rounds"))
    base = "/en/admin/evaluation/expertise/"
    given = {"code": "quantum", "name_ko": "양자", "name_en": "Quantum", "begins_on": today().isoformat()}
    assert client.post(f"{base}add-field/", given).status_code == 302
    field = Expertise.objects.get(code="quantum")
    again = client.post(f"{base}add-field/", given)
    assert again.status_code == 422 and "There is a field of this code already." in again.content.decode()
    holder = evaluator(fields=["quantum"])
    page = client.get(f"{base}{field.pk}/change-field/").content.decode()
    assert "1 evaluator has it and keeps it" in page and 'value="Quantum"' in page
    changed = {"name_ko": "양자기술", "name_en": "Quantum technology", "order": "3"}
    early = client.post(f"{base}{field.pk}/change-field/", changed | {"ends_on": field.begins_on.isoformat()})
    assert early.status_code == 422
    ends = today() + timedelta(days=1)
    assert (
        client.post(f"{base}{field.pk}/change-field/", changed | {"ends_on": ends.isoformat()}).status_code
        == 302
    )
    field.refresh_from_db()
    assert (field.code, field.name_en, field.order, field.ends_on) == (
        "quantum",
        "Quantum technology",
        3,
        ends,
    )
    assert field in Expertise.objects.in_use(today()) and field not in Expertise.objects.in_use(ends)
    assert list(holder.fields.all()) == [field]


def test_only_staff_who_run_rounds_keep_the_fields():
    field = Expertise.objects.create(code="x", name_ko="가", name_en="X", begins_on=today())
    for by in (person(), staff("keep_budget")):
        with pytest.raises(Refused, check=lambda error: error.status == 403):
            add_expertise(by=by, code="y", name_ko="나", name_en="Y", begins_on=today())
        with pytest.raises(Refused, check=lambda error: error.status == 403):
            change_expertise(expertise=field, by=by, name_ko="나", name_en="Y")
