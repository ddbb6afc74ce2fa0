"""Outages, extensions and amendments as services: what moves, who is told, what is refused."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import chiefs, deadlines, kinds, tasks
from innomarket.submissions.models import (
    Amendment,
    Call,
    ClosingRule,
    DeadlineMove,
    Outage,
    OutageCase,
    OwnClosing,
    Submission,
)
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import case as cases
from innomarket.submissions.services import closing, outage_plan
from innomarket.submissions.services import outage as outages
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.services import supplement as supplements
from innomarket.submissions.specs import LotSpec
from innomarket.timeline.services import open_story
from tests.accounts import factories as accounts

from . import factories
from .kind import IDEA

pytestmark = pytest.mark.django_db

# A Tuesday: failed 09:30, recovered 10:20, announced 10:25.
DAY = (2026, 12, 8)
FROM, UNTIL, NOTICE = kst(*DAY, 9, 30), kst(*DAY, 10, 20), kst(*DAY, 10, 25)
DECIDED = kst(*DAY, 11)


@pytest.fixture(autouse=True)
def _a_week_before(db):
    with moved_to(kst(2026, 12, 1, 9)):
        yield


def refused(function, **arguments) -> Refused:
    with pytest.raises(Refused) as found:
        function(**arguments)
    assert str(found.value)
    return found.value


def record(by=None, **fields) -> Outage:
    values = {"starts_at": FROM, "ends_at": UNTIL, "noticed_at": NOTICE, "what": "The servers"} | fields
    with moved_to(values["noticed_at"]):
        return outages.record_outage(by=by or accounts.staff("run_rounds"), **values)


def apply(outage, at=DECIDED) -> Outage:
    with moved_to(at):
        return outages.apply_outage(outage=outage, by=outage.recorded_by)


def plan(outage, at=DECIDED):
    with moved_to(at):
        return outage_plan.plan_of(outage)


def a_call(closes_at=None, **fields):
    return factories.open_call(closes_at=closes_at or kst(*DAY, 10), **fields)


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


# ── extensions for named organisations ──


def extend(call, *organisations, closes_at=None, opening_at=None, by=None):
    return calls.extend_call(
        call=call,
        by=by or accounts.staff("run_rounds"),
        closes_at=closes_at or kst(*DAY, 15),
        opening_at=opening_at or kst(*DAY, 16),
        reason="Its network was down.",
        organisations=organisations,
    )


def test_extension_for_one_lets_it_alone_submit_at_the_extended_closing():
    call = a_call()
    named, other = factories.submission(call=call), factories.submission(call=call)
    extend(call, named.applicant_organisation)
    call.refresh_from_db()
    assert (call.closes_at, call.opening_at) == (kst(*DAY, 10), kst(*DAY, 16))
    assert [m.recipient for m in Message.objects.filter(kind="submissions.extended_for_you")] == [
        named.created_by
    ]
    factories.close(call)
    told = Message.objects.filter(kind="submissions.closed_without_yours").values_list("recipient", flat=True)
    assert list(told) == [other.created_by.pk]
    with moved_to(kst(*DAY, 15) - timedelta(seconds=1)):
        assert refused(submissions.submit, submission=other, by=other.created_by).code == "call_closed"
        submissions.remove_file(attachment=named.attachments.kept().first(), by=named.created_by)
        submissions.attach_file(
            submission=named, by=named.created_by, slot=_a_slot(named), upload=factories.pdf("late.pdf", b"2")
        )
        assert submissions.submit(submission=named, by=named.created_by).ordinal == 0
    with moved_to(kst(*DAY, 15)):
        assert refused(submissions.withdraw, submission=named, by=named.created_by).code == "call_closed"


def _a_slot(submission) -> str:
    return kinds.of(submission).slots[0].code


def test_extension_for_one_tells_the_others_that_the_opening_moves_and_not_why(client):
    call = a_call()
    named, other = factories.submission(call=call), factories.submitted(call=call)
    both, third = accounts.person(), factories.submission(call=call)
    accounts.member(both, named.applicant_organisation, "editor")
    accounts.member(both, other.applicant_organisation, "editor")
    extend(call, named.applicant_organisation)
    told = Message.objects.filter(kind="submissions.opening_moved")
    assert set(told.values_list("recipient", flat=True)) == {other.created_by.pk, third.created_by.pk}
    for message in told:
        assert "16:00" in message.body and "Its network" not in message.body
    named_ones = Message.objects.filter(kind="submissions.extended_for_you")
    assert set(named_ones.values_list("recipient", flat=True)) == {named.created_by.pk, both.pk}
    page = client.get(f"/en/calls/{call.number}/").content.decode()
    assert "some applicants were given more time" in page and "Its network" not in page


def test_extension_for_one_before_the_announced_opening_tells_nobody_else():
    call = a_call(opening_at=kst(2026, 12, 9, 10))
    named, _other = factories.submission(call=call), factories.submission(call=call)
    extend(call, named.applicant_organisation, opening_at=kst(2026, 12, 9, 10))
    assert not Message.objects.filter(kind="submissions.opening_moved").exists()


def told_of_the_end(kind="without"):
    rows = Message.objects.filter(kind=f"submissions.closed_{kind}_yours")
    return sorted(rows.values_list("recipient", flat=True))


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=2)])
def test_own_closing_is_told_when_it_has_passed_and_once(away):
    """Also by a worker that was away over it and over the opening of the submissions."""
    call = a_call()
    draft, done, other = (factories.submission(call=call) for _number in range(3))
    extend(call, draft.applicant_organisation, done.applicant_organisation)
    submissions.submit(submission=done, by=done.created_by)
    factories.close(Call.objects.get(pk=call.pk))
    assert (told_of_the_end(), told_of_the_end("with")) == ([other.created_by.pk], [])
    with moved_to(kst(*DAY, 15) - timedelta(seconds=1)):
        assert calls.end_own_closings() == 0
    if away:
        factories.open_up(Call.objects.get(pk=call.pk))
    with moved_to(kst(*DAY, 15) + away):
        assert [calls.end_own_closings() for _turn in range(2)] == [1, 0]
    assert told_of_the_end() == sorted([draft.created_by.pk, other.created_by.pk])
    assert told_of_the_end("with") == [done.created_by.pk]
    message = Message.objects.get(kind="submissions.closed_without_yours", recipient=draft.created_by)
    assert "15:00" in message.body and "10:00" not in message.body
    assert Entry.objects.filter(verb="submissions.end_own_closing").count() == 1


def test_own_closing_of_a_person_is_told_to_that_person():
    call = a_call(kind=IDEA)
    named, other = factories.submission(call=call), factories.submission(call=call)
    extend_for_people(call, named.applicant_person)
    factories.close(Call.objects.get(pk=call.pk))
    with moved_to(kst(*DAY, 15)):
        tasks.close_due_calls()
    assert told_of_the_end() == sorted([named.applicant_person_id, other.applicant_person_id])


def test_own_closing_that_was_moved_again_is_told_at_the_last_one():
    call = a_call()
    draft = factories.submission(call=call)
    for hour in (15, 17):
        extend(call, draft.applicant_organisation, closes_at=kst(*DAY, hour), opening_at=kst(*DAY, 17))
    factories.close(Call.objects.get(pk=call.pk))
    with moved_to(kst(*DAY, 16)):
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == []
    with moved_to(kst(*DAY, 17)):
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == [draft.created_by.pk]


def test_own_closing_before_a_later_closing_for_all_is_told_with_it():
    call = a_call()
    draft = factories.submission(call=call)
    extend(call, draft.applicant_organisation)
    call = extend(Call.objects.get(pk=call.pk), closes_at=kst(*DAY, 17), opening_at=kst(*DAY, 18))
    with moved_to(kst(*DAY, 16)):
        assert calls.end_own_closings() == 0, "the call is open for all"
    factories.close(call)
    assert told_of_the_end() == [draft.created_by.pk]
    with moved_to(kst(*DAY, 17)):
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == [draft.created_by.pk]


def test_own_closing_whose_telling_fails_keeps_no_other_and_is_told_later(monkeypatch):
    drafts = [factories.submission(call=a_call()) for _number in range(2)]
    for draft in drafts:
        extend(draft.lot.call, draft.applicant_organisation)
        factories.close(Call.objects.get(pk=draft.lot.call.pk))
    whole = closing._tell_applicants

    def killed(call, *rest):
        whole(call, *rest)
        if call == drafts[0].lot.call:
            raise RuntimeError

    monkeypatch.setattr(closing, "_tell_applicants", killed)
    with moved_to(kst(*DAY, 15)):
        assert calls.end_own_closings() == 1
        assert told_of_the_end() == [drafts[1].created_by.pk]
        monkeypatch.undo()
        assert calls.end_own_closings() == 1
    assert told_of_the_end() == sorted(draft.created_by.pk for draft in drafts)


def test_extension_for_one_lets_it_begin_and_the_opening_waits_for_it():
    call, by = a_call(), accounts.staff("run_rounds")
    user, company = factories.applicant()
    extend(call, company, by=by)
    factories.close(call)
    with moved_to(kst(*DAY, 14)):
        draft = submissions.begin_submission(by=user, lot=factories.lot_of(call), organisation=company)
        assert draft.number
        found = refused(calls.prepare_opening, call=call, by=by)
    assert found.code == "opening_too_early"
    factories.open_up(call, by=by)
    call.refresh_from_db()
    with moved_to(kst(*DAY, 14)):
        assert deadlines.not_open(call, kst(*DAY, 14), company).code == "call_closed"


def test_extension_for_one_must_be_later_than_its_own_last_one():
    call = a_call()
    company = accounts.company()
    extend(call, company)
    with pytest.raises(Refused) as again:
        extend(call, company)
    assert again.value.code == "not_later"
    with pytest.raises(Refused) as early:
        extend(call, company, closes_at=kst(*DAY, 15, 30), opening_at=kst(*DAY, 15, 45))
    assert early.value.code == "opening_earlier"
    extend(call, company, closes_at=kst(*DAY, 17), opening_at=kst(*DAY, 17))
    assert deadlines.closing_for(call, company) == kst(*DAY, 17)
    assert deadlines.closing_for(call, accounts.company()) == call.closes_at
    assert OwnClosing.objects.count() == 2
    assert list(call.moves.values_list("ordinal", flat=True)) == [1, 2]


def test_own_closing_is_shown_to_its_people_and_to_nobody_else(client):
    call = a_call()
    company = accounts.company()
    extend(call, company, closes_at=kst(*DAY, 17), opening_at=kst(*DAY, 17))
    call.refresh_from_db()
    theirs, other = accounts.person(), accounts.person()
    accounts.member(theirs, company)
    accounts.member(other, accounts.company())
    assert deadlines.closings_for_person(theirs, [call]) == {call.pk: kst(*DAY, 17)}
    assert deadlines.closings_for_person(other, [call]) == {}
    for user, shown in ((theirs, kst(*DAY, 17)), (other, None)):
        client.force_login(user)
        page = client.get(f"/en/calls/{call.number}/")
        assert page.context["own_closing"] == shown
        assert ("Closes for your organisation" in page.content.decode()) is (shown is not None)
        month = client.get("/en/calls/calendar/?month=2026-12").content.decode()
        assert ("For your organisation" in month) is (shown is not None)
        cards = client.get("/en/calls/").content.decode()
        assert ("Closes for your organisation" in cards) is (shown is not None)


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


# ── announced closings and amendments ──


def test_announced_calls_close_on_the_hour_where_the_setting_asks_for_it(settings):
    settings.CLOSING_ON_THE_HOUR = True
    by = accounts.staff("run_rounds")
    call = factories.call(closes_at=kst(*DAY, 10, 1))
    assert refused(calls.announce_call, call=call, by=by).code == "not_on_the_hour"
    assert a_call(kst(*DAY, 10)).state == "announced"
    settings.CLOSING_ON_THE_HOUR = False
    assert calls.announce_call(call=call, by=by).state == "announced"


def test_no_more_calls_close_in_an_hour_than_the_rule_allows():
    ClosingRule.objects.update(most_in_an_hour=1)
    a_call(kst(*DAY, 10, 59))
    by = accounts.staff("run_rounds")
    assert (
        refused(calls.announce_call, call=factories.call(closes_at=kst(*DAY, 10)), by=by).code == "hour_full"
    )
    assert a_call(kst(*DAY, 11)).state == "announced"


def test_amendments_are_numbered_from_00_and_told_to_everyone_with_a_draft():
    draft = factories.submission()
    call, by = draft.lot.call, accounts.staff("run_rounds")
    made = calls.amend_call(
        call=call,
        by=by,
        what_ko="제목을 고침",
        what_en="A better title",
        title_en="Better",
        title_ko="나은 제목",
    )
    assert (made.ordinal, list(call.amendments.values_list("ordinal", flat=True))) == (1, [0, 1])
    call.refresh_from_db()
    assert call.title_en == "Better"
    assert Message.objects.get(kind="submissions.amended").recipient == draft.created_by
    good = {"call": call, "by": by, "what_ko": "가", "what_en": "A"}
    assert refused(calls.amend_call, **good | {"what_en": " "}).field == "what_en"
    assert refused(calls.amend_call, **good | {"title_en": ""}).field == "title_en"
    assert refused(calls.amend_call, **good | {"by": accounts.person()}).status == 403
    assert refused(calls.amend_call, **good | {"closes_at": call.closes_at}).code == "frozen"
    with moved_to(call.closes_at):
        assert refused(calls.amend_call, **good).code == "call_closed"


# ── cases that cannot reopen, and people named in an extension ──


def _case(chiefs_known=None):
    """A draft in a call that was opened before the outage over its closing was known."""
    call = a_call()
    draft, done = factories.submission(call=call), factories.submitted(call=call)
    factories.open_up(call)
    apply(record(), at=kst(*DAY, 14))
    return OutageCase.objects.get(), draft, done


def test_draft_of_a_call_that_cannot_reopen_becomes_a_case_and_those_who_run_rounds_are_told():
    by = accounts.staff("run_rounds")
    case, draft, _done = _case()
    assert (case.submission, case.state) == (draft, "open")
    told = Message.objects.filter(kind="submissions.outage_too_late")
    assert by.pk in told.values_list("recipient", flat=True)
    assert draft.number in told.first().body


def test_submission_changed_after_it_was_submitted_becomes_a_case_and_an_unchanged_one_does_not():
    call = a_call()
    changed, untouched, back = (factories.submitted(call=call) for _number in range(3))
    with moved_to(kst(*DAY, 9, 45)):  # in the outage
        submissions.save_step(
            submission=changed, by=changed.created_by, step="problem", data={"title": "늦은 제목"}
        )
        submissions.withdraw(submission=back, by=back.created_by)
    factories.open_up(call)
    outage = record()
    assert [one.unsent for one in plan(outage, kst(*DAY, 14)).missed] == [[changed.number]]
    apply(outage, at=kst(*DAY, 14))
    assert OutageCase.objects.get().submission == changed
    assert changed.number in Message.objects.filter(kind="submissions.outage_too_late").first().body
    assert not OutageCase.objects.filter(submission__in=[untouched, back]).exists()


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


def test_case_is_decided_by_the_chief_with_a_reason_and_the_applicant_is_told(monkeypatch):
    chief, other = accounts.staff("run_rounds"), accounts.staff("run_rounds")
    monkeypatch.setattr(chiefs, "_known", [lambda lot: {chief.pk}])
    case, draft, _done = _case()
    told = Message.objects.filter(kind="submissions.outage_too_late").values_list("recipient", flat=True)
    assert list(told) == [chief.pk]
    good = {"case": case, "by": chief, "decision": "stands", "reason": "Others submitted in time."}
    assert refused(cases.decide_case, **good | {"by": other}).code == "not_the_chief"
    assert refused(cases.decide_case, **good | {"reason": " "}).field == "reason"
    assert refused(cases.decide_case, **good | {"decision": "x"}).field == "decision"
    done = cases.decide_case(**good)
    done.refresh_from_db()
    assert (done.state, done.decision, done.reason) == ("decided", "stands", "Others submitted in time.")
    assert Message.objects.get(kind="submissions.outage_case_decided").recipient == draft.created_by
    assert refused(cases.decide_case, **good).code == "decide_not_now"


def test_extension_for_one_person_lets_that_person_alone_submit_later():
    call = a_call(kind=IDEA)
    named, other = factories.submission(call=call), factories.submission(call=call)
    calls.extend_call(
        call=call,
        by=accounts.staff("run_rounds"),
        closes_at=kst(*DAY, 15),
        opening_at=kst(*DAY, 16),
        reason="Their network was down.",
        people=[named.applicant_person],
    )
    told = Message.objects.filter(kind="submissions.extended_for_you").values_list("recipient", flat=True)
    assert list(told) == [named.applicant_person_id]
    factories.close(Call.objects.get(pk=call.pk))
    assert list(
        Message.objects.filter(kind="submissions.closed_without_yours").values_list("recipient", flat=True)
    ) == [other.applicant_person_id]
    with moved_to(kst(*DAY, 15) - timedelta(seconds=1)):
        assert refused(submissions.submit, submission=other, by=other.created_by).code == "call_closed"
        assert submissions.submit(submission=named, by=named.created_by).ordinal == 0
    own = OwnClosing.objects.get()
    assert (own.person, own.organisation) == (named.applicant_person, None)


def test_closing_of_a_person_who_was_named_holds_wherever_it_is_asked(client):
    call = a_call(kind=IDEA)
    named, other = factories.submission(call=call), factories.submission(call=call)
    extend_for_people(call, named.applicant_person)
    mine, theirs = (Submission.objects.select_related("lot__call").get(pk=one.pk) for one in (named, other))
    for _noted in range(2):  # asked one by one, and then for all at once
        assert deadlines.closing_of(mine) == kst(*DAY, 15)
        assert deadlines.closing_of(theirs) == kst(*DAY, 10)
        deadlines.note_closings([mine, theirs])
    call.refresh_from_db()
    assert deadlines.closings_for_person(named.applicant_person, [call]) == {call.pk: kst(*DAY, 15)}
    assert deadlines.closings_for_person(other.applicant_person, [call]) == {}
    assert deadlines.is_open_for(mine, kst(*DAY, 15) - timedelta(seconds=1))
    assert not deadlines.is_open_for(theirs, kst(*DAY, 10))
    for user, shown in ((named.applicant_person, True), (other.applicant_person, False)):
        client.force_login(user)
        assert ("Closes for you<" in client.get(f"/en/calls/{call.number}/").content.decode()) is shown
        assert ("For you: " in client.get("/en/calls/calendar/?month=2026-12").content.decode()) is shown
        assert ("Closes for you on" in client.get("/en/calls/").content.decode()) is shown


def test_closing_of_a_person_is_none_where_organisations_answer():
    call, person = a_call(), accounts.person()
    accounts.member(person, accounts.company())
    extend_for_people(call, person)
    assert deadlines.closings_for_person(person, [call]) == {}


def test_papers_of_a_person_who_was_named_may_be_of_their_own_closing_day():
    call, by = a_call(kind=IDEA), accounts.staff("run_rounds")
    draft = factories.submission(call=call)
    later = kst(2026, 12, 9, 15)
    extend_for_people(call, draft.applicant_person, closes_at=later, opening_at=later)
    submissions.submit(submission=draft, by=draft.created_by)
    call = factories.open_up(Call.objects.get(pk=call.pk), by=by)
    with moved_to(later):
        asked = supplements.ask_for_papers(
            submission=draft,
            by=by,
            papers=[supplements.PaperSpec(name_en="Certificate")],
            due_at=later + timedelta(days=3),
            reason="It is missing.",
        )
    assert asked.closing_on == later.date()


def extend_for_people(call, *people, **fields):
    values = {"closes_at": kst(*DAY, 15), "opening_at": kst(*DAY, 16), "reason": "A cut line."} | fields
    return calls.extend_call(call=call, by=accounts.staff("run_rounds"), people=people, **values)


@pytest.mark.parametrize("both", [True, False])
def test_own_closing_is_of_an_organisation_or_of_a_person(both):
    call, company = a_call(), accounts.company()
    extend(call, company)
    person = accounts.person()
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnClosing.objects.create(
            move=call.moves.get(),
            organisation=accounts.company() if both else None,
            person=person if both else None,
        )
