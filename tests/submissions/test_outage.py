"""Outages as services: what moves, who is told, what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to
from innomarket.notifications.models import Message
from innomarket.submissions import deadlines
from innomarket.submissions.models import Amendment, Call, DeadlineMove, Outage
from innomarket.submissions.services import outage as outages
from innomarket.submissions.services import outage_plan
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.specs import LotSpec
from innomarket.submissions.words import moment
from innomarket.timeline.services import open_story
from tests.accounts import factories as accounts

from . import factories
from .moves import (
    DAY,
    DECIDED,
    FROM,
    NOTICE,
    UNTIL,
    a_call,
    apply,
    extend,
    plan,
    record,
    refused,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_week_before")]


def test_record_moves_nothing_and_the_plan_shows_what_would_move():
    call, other = a_call(), a_call(kst(*DAY, 15))
    outage = record()
    found = plan(outage)
    assert [(one.call, one.new.closes_at) for one in found.proposals] == [(call, kst(*DAY, 12, 25))]
    assert not DeadlineMove.objects.exists()
    assert {type(call).objects.get(pk=pk).closes_at for pk in (call.pk,)} == {kst(*DAY, 10)}
    assert other.closes_at == kst(*DAY, 15)


def test_apply_moves_records_audits_and_tells_everyone_who_takes_part():
    story = open_story()
    call = a_call(lots=[LotSpec("과제", "Task", story=story)])
    draft, done = factories.submission(call=call), factories.submitted(call=call)
    outage = apply(record())
    call.refresh_from_db()
    assert (call.state, call.closes_at, call.opening_at) == (
        "announced",
        kst(*DAY, 12, 25),
        kst(*DAY, 13, 25),
    )
    move = DeadlineMove.objects.get()
    assert (move.call, move.ordinal, move.outage, move.for_all, move.decided_at) == (
        call,
        1,
        outage,
        True,
        DECIDED,
    )
    assert (move.old_closes_at, move.closes_at) == (kst(*DAY, 10), kst(*DAY, 12, 25))
    told = Message.objects.filter(kind="submissions.extended").values_list("recipient", flat=True)
    assert set(told) == {draft.created_by.pk, done.created_by.pk}
    assert story.milestones.filter(kind="call_moved").count() == 1
    assert (outage.state, outage.applied_at) == ("applied", DECIDED)
    assert (
        Entry.objects.filter(verb__in=["submissions.apply_outage", "submissions.move_by_outage"]).count() == 2
    )


def test_apply_reopens_a_closed_call_and_it_closes_again_with_its_own_news():
    call = a_call()
    draft = factories.submission(call=call)
    factories.close(call)
    outage = record()
    assert [one.reopens for one in plan(outage).proposals] == [True]
    apply(outage)
    call.refresh_from_db()
    assert (call.state, call.closed_at) == ("announced", None)
    with moved_to(kst(*DAY, 12)):
        submissions.submit(submission=draft, by=draft.created_by)
    factories.close(call)
    assert Message.objects.filter(kind="submissions.closed_without_yours").count() == 1
    assert Message.objects.filter(kind="submissions.closed_with_yours").count() == 1


def test_apply_after_the_new_closing_opens_for_two_hours_from_the_decision():
    call = factories.close(a_call())
    apply(record(), at=kst(*DAY, 14, 30))
    call.refresh_from_db()
    assert (call.closes_at, call.opening_at) == (kst(*DAY, 16, 30), kst(*DAY, 17, 30))


def test_opened_call_stays_closed_and_staff_hear_of_its_drafts():
    call = a_call(opening_at=kst(*DAY, 10))
    draft = factories.submission(call=call)
    factories.submitted(call=call)
    factories.open_up(call)
    outage = record()
    found = plan(outage)
    assert found.proposals == [] and [one.unsent for one in found.missed] == [[draft.number]]
    apply(outage)
    call.refresh_from_db()
    assert (call.state, call.closes_at) == ("closed", kst(*DAY, 10))
    message = Message.objects.get(kind="submissions.outage_too_late", recipient=outage.recorded_by)
    assert draft.number in message.body
    assert Entry.objects.get(verb="submissions.outage_not_reopened").changes["unsent"] == [draft.number]


def test_opening_alone_moves_and_the_call_stays_closed():
    call = factories.close(a_call(kst(2026, 12, 7, 18), opening_at=kst(*DAY, 10)))
    apply(record())
    call.refresh_from_db()
    assert (call.state, call.closes_at, call.opening_at) == (
        "closed",
        kst(2026, 12, 7, 18),
        kst(*DAY, 13, 25),
    )


def test_outages_are_applied_in_the_order_of_time():
    call = a_call(kst(*DAY, 10))
    first = record()
    second = record(starts_at=kst(*DAY, 12), ends_at=kst(*DAY, 13), noticed_at=kst(*DAY, 13))
    assert refused(apply, outage=second, at=kst(*DAY, 13)).code == "earlier_outage"
    apply(first, at=kst(*DAY, 13))
    apply(second, at=kst(*DAY, 13))
    call.refresh_from_db()
    # 10:00 -> 12:25 is past at the decision: 15:00, which the second no longer touches
    assert call.closes_at == kst(*DAY, 15)


def test_outage_that_is_recorded_late_is_judged_before_those_behind_it():
    call = a_call(kst(*DAY, 10))
    apply(record(starts_at=kst(*DAY, 12), ends_at=kst(*DAY, 13), noticed_at=kst(*DAY, 13)), at=kst(*DAY, 13))
    apply(record(), at=kst(*DAY, 12))  # as if it had been decided in time: 12:25 lies in the other outage
    call.refresh_from_db()
    assert call.closes_at == kst(*DAY, 15)
    assert [move.closes_at for move in call.moves.order_by("ordinal")] == [kst(*DAY, 12, 25), kst(*DAY, 15)]


def test_apply_twice_is_refused_and_moves_once():
    a_call()
    outage = apply(record())
    assert refused(apply, outage=outage).code == "apply_not_now"
    assert DeadlineMove.objects.count() == 1


def test_discarded_outage_moves_nothing_and_leaves_its_time_free():
    outage = record()
    by = outage.recorded_by
    assert refused(outages.discard_outage, outage=outage, by=by, reason=" ").field == "reason"
    assert outages.discard_outage(outage=outage, by=by, reason="A drill.").state == "discarded"
    assert refused(apply, outage=outage).code == "apply_not_now"
    record()


def test_record_refuses_in_words():
    assert refused(record, by=accounts.person()).status == 403
    assert refused(record, by=accounts.staff("keep_budget")).status == 403
    assert refused(record, ends_at=FROM).code == "invalid"
    assert refused(record, noticed_at=UNTIL - timedelta(seconds=1)).code == "invalid"
    assert refused(record, what=" ").field == "what"
    record()
    assert (
        refused(record, starts_at=UNTIL - timedelta(seconds=1), ends_at=DECIDED, noticed_at=DECIDED).code
        == "invalid"
    )
    record(starts_at=UNTIL, ends_at=DECIDED, noticed_at=DECIDED)  # half-open: the next one may begin there
    with moved_to(NOTICE - timedelta(seconds=1)):
        found = refused(
            outages.record_outage,
            by=accounts.staff("run_rounds"),
            starts_at=FROM,
            ends_at=UNTIL,
            noticed_at=NOTICE,
            what="x",
        )
    assert found.field == "noticed_at"


def test_apply_and_discard_are_for_staff_who_run_rounds():
    outage = record()
    for service in (outages.apply_outage, outages.discard_outage):
        more = {"reason": "x"} if service is outages.discard_outage else {}
        assert refused(service, outage=outage, by=accounts.person(), **more).status == 403


def test_moves_and_amendments_cannot_be_changed():
    call = a_call()
    apply(record())
    for rows in (DeadlineMove.objects.filter(call=call), Amendment.objects.filter(call=call)):
        for change in (lambda rows=rows: rows.update(ordinal=9), lambda rows=rows: rows.delete()):
            with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
                change()


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_at": kst(*DAY, 9)},
        {"opening_at": kst(*DAY, 10)},
        {"reason": ""},
        {"closes_at": kst(*DAY, 13), "opening_at": kst(*DAY, 12)},
        {"ordinal": 1},
    ],
)
def test_database_keeps_moves_in_order(wrong):
    call, by = a_call(), accounts.staff("run_rounds")
    good = {
        "call": call,
        "ordinal": 2,
        "reason": "x",
        "old_closes_at": kst(*DAY, 10),
        "closes_at": kst(*DAY, 12),
        "old_opening_at": kst(*DAY, 11),
        "opening_at": kst(*DAY, 13),
        "decided_at": DECIDED,
        "decided_by": by,
    }
    DeadlineMove.objects.create(**good | {"ordinal": 1})
    with pytest.raises(IntegrityError), transaction.atomic():
        DeadlineMove.objects.create(**good | wrong)


def test_outage_moves_the_own_closing_of_an_organisation():
    call = a_call(kst(2026, 12, 7, 18))
    company = accounts.company()
    extend(call, company, closes_at=kst(*DAY, 10), opening_at=kst(*DAY, 11))
    factories.close(call)
    apply(record())
    call.refresh_from_db()
    assert (call.state, call.closes_at, call.opening_at) == (
        "closed",
        kst(2026, 12, 7, 18),
        kst(*DAY, 13, 25),
    )
    assert deadlines.closing_for(call, company) == kst(*DAY, 12, 25)


def test_outage_that_moves_several_own_closings_tells_each_person_once():
    """Whose closing moves hears of that and of the opening as it ends up; the others of the opening, once."""
    call = a_call(kst(2026, 12, 7, 18))
    named = [factories.submission(call=call) for _number in range(2)]
    other, both = factories.submitted(call=call), accounts.person()
    for one in (*named, other):
        accounts.member(both, one.applicant_organisation, "editor")
    for place, one in enumerate(named):
        extend(
            call,
            one.applicant_organisation,
            closes_at=kst(*DAY, 10, 5 * place),
            opening_at=kst(*DAY, 13),
        )
    factories.close(call)
    before = Message.objects.latest("pk").pk
    apply(record(ends_at=kst(*DAY, 12), noticed_at=kst(*DAY, 12, 5)), at=kst(*DAY, 12, 10))
    call.refresh_from_db()
    told = Message.objects.filter(pk__gt=before)
    moved = told.filter(kind="submissions.opening_moved")
    assert list(moved.values_list("recipient", flat=True)) == [other.created_by_id]
    assert str(moment(call.opening_at)) in moved.get().body
    for one in named:
        message = told.get(recipient=one.created_by, kind="submissions.extended_for_you")
        assert str(moment(call.opening_at)) in message.body


@pytest.mark.parametrize("opened", [False, True])
def test_plan_asks_as_much_of_one_call_as_of_three(opened):
    asked = []
    for many in (1, 2):
        for _number in range(many):
            call = a_call(kst(2026, 12, 7, 18), opening_at=kst(*DAY, 10))
            draft = factories.submission(call=call)
            extend(
                call,
                draft.applicant_organisation,
                closes_at=kst(*DAY, 10),
                opening_at=kst(*DAY, 10),
            )
            if opened:
                factories.open_up(Call.objects.get(pk=call.pk))
        with moved_to(DECIDED), CaptureQueriesContext(connection) as queries:
            found = outage_plan.plan_of(Outage(starts_at=FROM, ends_at=UNTIL, noticed_at=NOTICE))
        asked.append(len(queries))
        assert len(found.missed if opened else found.proposals) >= many
    assert asked[0] == asked[1]
