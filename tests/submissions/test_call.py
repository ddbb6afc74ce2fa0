"""Making, announcing, extending, closing, opening and cancelling calls."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import hooks
from innomarket.submissions.models import Call, Criterion, Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.specs import CriterionSpec, GroupSpec, LotSpec
from innomarket.timeline.services import open_story
from tests.accounts import factories as accounts

from . import factories

pytestmark = pytest.mark.django_db


def refused(function, **arguments) -> Refused:
    with pytest.raises(Refused) as found:
        function(**arguments)
    assert str(found.value)
    return found.value


def test_create_writes_criteria_and_one_lot_of_the_calls_title():
    call = factories.call()
    assert [group.name_en for group in call.groups.all()] == ["Publicness", "Innovation"]
    assert list(Criterion.objects.filter(group__call=call).values_list("weight", flat=True)) == [60, 40]
    assert [(lot.order, lot.title_ko) for lot in call.lots.all()] == [(1, call.title_ko)]
    assert call.state == "draft"


def test_create_is_for_staff_who_run_rounds():
    for user in (accounts.person(), accounts.staff("keep_budget")):
        assert refused(factories.call, by=user).status == 403
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("groups", "code"),
    [
        ([], "criteria_missing"),
        ([GroupSpec("가", "A")], "criteria_missing"),
        ([GroupSpec("가", "A", 0, [CriterionSpec("나", "B", 99)])], "weights"),
        ([GroupSpec("가", "A", 0, [CriterionSpec("나", "B", 100), CriterionSpec("다", "C", 0)])], "weights"),
        ([GroupSpec("가", "A", 101, [CriterionSpec("나", "B", 100)])], "minimum"),
        ([GroupSpec("가", "A", 0, [CriterionSpec("나", "", 100)])], "criteria_names"),
        ([GroupSpec("가", "A", 0, [CriterionSpec("나", "B", 100, max_points=0)])], "points"),
    ],
)
def test_create_refuses_criteria_that_cannot_be_scored(groups, code):
    assert refused(factories.call, groups=groups).code == code
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    "times",
    [
        {"opens_at": timedelta(days=8)},
        {"opening_at": timedelta(days=6)},
    ],
)
def test_create_refuses_times_out_of_order_in_words(times):
    start = now()
    values = {"closes_at": start + timedelta(days=7)} | {name: start + gap for name, gap in times.items()}
    assert refused(factories.call, **values).code == "invalid"


def test_edit_replaces_criteria_and_lots_until_the_announcement():
    call, by = factories.call(), accounts.staff("run_rounds")
    groups = [GroupSpec("하나", "One", 0, [CriterionSpec("하나", "One", 100)])]
    call = calls.edit_call(
        call=call, by=by, title_en="Better", groups=groups, lots=[LotSpec("가"), LotSpec("나")]
    )
    assert (call.title_en, call.groups.count(), call.lots.count()) == ("Better", 1, 2)
    calls.announce_call(call=call, by=by)
    assert refused(calls.edit_call, call=call, by=by, title_en="Other").code == "edit_not_now"


def test_announce_refuses_a_closing_that_is_past():
    call = factories.call(closes_at=now() - timedelta(seconds=1))
    assert refused(calls.announce_call, call=call, by=accounts.staff("run_rounds")).code == "closing_is_past"


def test_announce_tells_the_owners_of_lots_and_their_story():
    owner, institution = factories.applicant(accounts.institution())
    story = open_story()
    call = factories.open_call(lots=[LotSpec("과제", "Task", owner=institution, story=story)])
    message = Message.objects.get(kind="submissions.call_announced")
    assert (message.recipient, message.url) == (owner, f"/calls/{call.number}/")
    milestone = story.milestones.get()
    assert (milestone.kind, milestone.url) == ("call_announced", f"/calls/{call.number}/")
    assert call.title_ko in milestone.text_ko and call.title_en in milestone.text_en


@pytest.mark.parametrize(("seconds", "closes"), [(-1, False), (0, True), (1, True)])
def test_close_at_the_closing_second(seconds, closes):
    call = factories.open_call()
    with moved_to(call.closes_at + timedelta(seconds=seconds)):
        assert calls.close_due_calls() == (1 if closes else 0)
        if not closes:
            assert refused(calls.close_call, call=call).code == "call_not_due"
    call.refresh_from_db()
    assert call.state == ("closed" if closes else "announced")


def test_close_tells_each_side_its_own_once():
    done = factories.submitted()
    call = done.lot.call
    draft = factories.submission(call=call)
    staff = accounts.staff("run_rounds")
    factories.close(call)
    assert calls.close_due_calls() == 0
    told = {
        kind: set(Message.objects.filter(kind=f"submissions.{kind}").values_list("recipient", flat=True))
        for kind in ("call_closed", "closed_with_yours", "closed_without_yours")
    }
    assert staff.pk in told["call_closed"]
    assert told["closed_with_yours"] == {done.created_by.pk}
    assert told["closed_without_yours"] == {draft.created_by.pk}


def test_close_of_one_call_is_not_held_up_by_another():
    first, second = factories.open_call(), factories.open_call()

    def fail(call):
        if call.pk == first.pk:
            raise RuntimeError("a subscriber fails")

    hooks.call_closed.subscribe(fail)
    try:
        with moved_to(second.closes_at):
            assert calls.close_due_calls() == 1
    finally:
        hooks.call_closed._subscribers.remove(fail)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("announced", "closed")


def test_extend_moves_the_closing_for_all_and_tells_who_takes_part():
    draft = factories.submission()
    call, by = draft.lot.call, accounts.staff("run_rounds")
    later = call.closes_at + timedelta(days=1)
    calls.extend_call(
        call=call,
        by=by,
        closes_at=later,
        opening_at=later + timedelta(hours=1),
        reason="Outage on the last day.",
    )
    with moved_to(later - timedelta(seconds=1)):
        assert submissions.submit(submission=draft, by=draft.created_by).ordinal == 0
    message = Message.objects.get(kind="submissions.extended")
    assert message.recipient == draft.created_by and "Outage on the last day." in message.body


def test_extend_refuses_earlier_closings_missing_reasons_and_closed_calls():
    call, by = factories.open_call(), accounts.staff("run_rounds")
    later = call.closes_at + timedelta(days=1)
    good = {"call": call, "by": by, "closes_at": later, "opening_at": later, "reason": "Because."}
    assert refused(calls.extend_call, **good | {"closes_at": call.closes_at}).field == "closes_at"
    assert refused(calls.extend_call, **good | {"opening_at": call.closes_at}).field == "opening_at"
    assert refused(calls.extend_call, **good | {"reason": "  "}).field == "reason"
    with moved_to(call.closes_at):
        assert refused(calls.extend_call, **good).code == "call_closed"
    assert refused(calls.extend_call, **good | {"by": accounts.person()}).status == 403


def test_cancel_needs_a_reason_and_tells_who_takes_part():
    done = factories.submitted()
    call, by = done.lot.call, accounts.staff("run_rounds")
    assert refused(calls.cancel_call, call=call, by=by, reason="").field == "reason"
    assert calls.cancel_call(call=call, by=by, reason="The need is gone.").state == "cancelled"
    assert Message.objects.get(kind="submissions.cancelled").recipient == done.created_by
    assert refused(calls.cancel_call, call=call, by=by, reason="Again.").code == "cancel_not_now"


@pytest.mark.parametrize("own", [False, True])
def test_cancel_ends_at_the_closing_though_nobody_has_closed_it_yet(own):
    """The worker is away: to the second before, and no longer, whoever has a later closing of their own."""
    call, by = factories.open_call(), accounts.staff("run_rounds")
    if own:
        calls.extend_call(
            call=call,
            by=by,
            closes_at=call.closes_at + timedelta(days=1),
            opening_at=call.closes_at + timedelta(days=1),
            reason="Its network was down.",
            organisations=[accounts.company()],
        )
    for late in (timedelta(0), timedelta(seconds=1)):
        with moved_to(call.closes_at + late):
            found = refused(calls.cancel_call, call=call, by=by, reason="Too late.")
        assert (found.code, Call.objects.get(pk=call.pk).state) == ("cancel_not_now", "announced")
    with moved_to(call.closes_at - timedelta(seconds=1)):
        assert calls.cancel_call(call=call, by=by, reason="The need is gone.").state == "cancelled"


def test_cancel_takes_a_call_that_was_never_announced_after_its_closing():
    call = factories.call()
    with moved_to(call.closes_at):
        assert calls.cancel_call(call=call, by=accounts.staff("run_rounds"), reason="x").state == "cancelled"


def test_cancelled_before_it_was_announced_stays_unseen(client):
    never, announced = factories.call(), factories.open_call()
    by = accounts.staff("run_rounds")
    for call in (never, announced):
        calls.cancel_call(call=call, by=by, reason="Prepared by mistake.")
    for user in (AnonymousUser(), accounts.person()):
        assert list(Call.objects.visible_to(user)) == [announced]
    assert set(Call.objects.visible_to(by)) == {never, announced}
    assert client.get(reverse("submissions:call", args=[never.number])).status_code == 404
    for page in ("call_list", "calendar"):
        shown = client.get(reverse(f"submissions:{page}"), {"state": "all"}).content.decode()
        assert never.number not in shown and never.title_ko not in shown


def test_countable_is_submitted_and_verified_before_the_recorded_opening():
    call = factories.open_call()
    verified = factories.submitted(call=call)
    pending = factories.submitted(call=call, organisation=accounts.company(state="pending"))
    in_time = factories.submitted(call=call, organisation=accounts.company(state="pending"))
    late = factories.submitted(call=call, organisation=accounts.company(state="pending"))
    withdrawn = factories.submitted(call=call)
    submissions.withdraw(submission=withdrawn, by=withdrawn.created_by)
    factories.submission(call=call)
    assert not Submission.objects.countable().exists()
    for submission, gap in ((in_time, -1), (late, 0)):
        company = submission.applicant_organisation
        company.state, company.decided_at = "verified", call.opening_at + timedelta(seconds=gap)
        company.save()
    factories.open_up(call)
    assert set(Submission.objects.countable()) == {verified, in_time}
    told = Message.objects.filter(kind="submissions.opened_without_yours").values_list("recipient", flat=True)
    assert set(told) == {pending.created_by.pk, late.created_by.pk}


def test_criteria_are_frozen_in_the_database_once_announced():
    call = factories.open_call()
    criterion = Criterion.objects.filter(group__call=call).first()
    for change in (
        lambda: Criterion.objects.filter(pk=criterion.pk).update(weight=1),
        lambda: criterion.delete(),
        lambda: Criterion.objects.create(group=criterion.group, order=9, name_ko="x", name_en="x", weight=1),
        lambda: call.groups.update(minimum_percent=0),
    ):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    assert list(Criterion.objects.filter(group__call=call).values_list("weight", flat=True)) == [60, 40]
