"""Reminders to unsubmitted drafts: at their steps, once each, by the closing that stands now."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from innomarket.accounts.models import Organisation
from innomarket.common.clock import kst, moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions.models import ReminderRule, Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.services.reminder import remind_due, step_at
from tests.accounts import factories as accounts
from tests.support.races import at_once, values

from . import factories

STEPS = [2, 24, 72, 168]


def at(instant):
    """The sweep with the clock standing at an instant."""
    with transaction.atomic(), moved_to(instant):
        return remind_due()


def open_call():
    """Open since yesterday, for nine days more."""
    at_ = now()
    return factories.open_call(opens_at=at_ - timedelta(days=1), closes_at=at_ + timedelta(days=9))


def draft(**fields):
    """A draft begun now, of a call that closes in nine days."""
    call = open_call()
    return factories.submission(call=call, complete=False, **fields)


def before(row, **length):
    return Submission.objects.get(pk=row.pk).lot.call.closes_at - timedelta(**length)


def reminders():
    return Message.objects.filter(kind="submissions.reminder")


@pytest.mark.parametrize(
    ("hours_left", "step"),
    [
        (169, None),
        (168, 168),
        (100, 168),
        (72, 72),
        (24, 24),
        (3, 24),
        (2, 2),
        (0.01, 2),
        (0, None),
        (-1, None),
    ],
)
def test_step_holds_from_its_instant_to_the_next(hours_left, step):
    closes_at = kst(2026, 11, 30, 18)
    assert step_at(STEPS, closes_at, closes_at - timedelta(hours=hours_left)) == step


@pytest.mark.django_db
def test_everyone_behind_a_draft_is_reminded_at_each_step_once():
    row = draft()
    colleague, gone = accounts.person(language="en"), accounts.person()
    organisation = Organisation.objects.get(pk=row.applicant_organisation_id)
    accounts.member(colleague, organisation, role="viewer")
    accounts.member(gone, organisation, role="editor", joined_at=row.created_at, left_at=now())
    assert at(before(row, days=7, seconds=1)) == 0
    for number, length in enumerate([{"days": 7}, {"days": 3}, {"hours": 24}, {"hours": 2}], start=1):
        assert at(before(row, **length)) == 1
        assert at(before(row, **length)) == 0
        assert at(before(row, **length) + timedelta(minutes=30)) == 0
        assert reminders().count() == 2 * number
    assert set(reminders().values_list("recipient", flat=True)) == {row.created_by_id, colleague.pk}
    last = reminders().filter(recipient=colleague).latest("pk")
    assert last.subject.startswith("Not submitted yet, 2 h left") and row.number in last.body
    assert last.url == f"/submissions/{row.number}/check/"
    assert last.state == "waiting"


@pytest.mark.django_db
def test_reminder_says_nothing_of_the_content():
    call = open_call()
    row = factories.submission(call=call, answers={"problem": {"title": "밀봉된제목"}})
    at(before(row, days=3))
    message = reminders().get()
    assert "밀봉된제목" not in message.subject + message.body


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["submitted", "withdrawn", "cancelled", "closed"])
def test_what_is_no_draft_of_an_open_call_is_not_reminded(end):
    call = open_call()
    row = factories.submission(call=call)
    at(before(row, days=7))
    if end in ("submitted", "withdrawn"):
        submissions.submit(submission=row, by=row.created_by)
    if end == "withdrawn":
        submissions.withdraw(submission=row, by=row.created_by)
    if end == "cancelled":
        calls.cancel_call(call=call, by=accounts.staff("run_rounds"), reason="x")
    if end == "closed":
        factories.close(call)
    for length in ({"days": 3}, {"hours": 2}, {"hours": 0}, {"hours": -1}):
        assert at(before(row, **length)) == 0
    assert reminders().count() == 1


@pytest.mark.django_db
def test_draft_taken_up_again_after_withdrawing_is_reminded():
    call = open_call()
    row = factories.submission(call=call)
    submissions.submit(submission=row, by=row.created_by)
    row = submissions.withdraw(submission=row, by=row.created_by)
    submissions.save_step(submission=row, by=row.created_by, step="problem", data={"title": "x"})
    assert at(before(row, days=3)) == 1


@pytest.mark.django_db
def test_closing_that_moves_takes_its_reminders_along():
    row = draft()
    call = row.lot.call
    assert at(before(row, hours=24)) == 1
    later = call.closes_at + timedelta(days=5)
    with transaction.atomic(), moved_to(before(row, hours=20)):
        calls.extend_call(
            call=call,
            by=accounts.staff("run_rounds"),
            closes_at=later,
            opening_at=later + timedelta(hours=1),
            reason="Outage.",
        )
    assert (
        at(later - timedelta(hours=100)) == 0
    )  # told of the move; no step of the new closing has come since
    assert at(later - timedelta(days=3)) == 1
    assert at(later - timedelta(hours=24)) == 1  # the same step as before, of another closing
    assert at(later - timedelta(hours=2)) == 1
    assert reminders().count() == 4
    assert "2 h left" not in reminders().earliest("pk").subject


@pytest.mark.django_db
def test_organisation_with_a_later_closing_is_reminded_by_its_own():
    row = draft()
    call = row.lot.call
    other = factories.submission(call=call, complete=False)
    later = call.closes_at + timedelta(days=4)
    with transaction.atomic(), moved_to(before(row, days=8)):
        calls.extend_call(
            call=call,
            by=accounts.staff("run_rounds"),
            closes_at=later,
            opening_at=later + timedelta(hours=1),
            reason="Outage.",
            organisations=[row.applicant_organisation],
        )
    assert at(before(row, days=7)) == 1
    assert reminders().get().recipient == other.created_by
    Message.objects.all().delete()
    assert at(later - timedelta(days=7)) == 2  # its first step, and the other's next one
    factories.close(call)
    Message.objects.all().delete()
    assert at(later - timedelta(days=3)) == 1  # the call has closed for the others
    assert reminders().get().recipient == row.created_by


@pytest.mark.django_db
def test_sweep_that_was_away_sends_the_nearest_reminder_only():
    row = draft()
    assert at(before(row, hours=23)) == 1
    assert reminders().count() == 1
    assert at(before(row, hours=22)) == 0


@pytest.mark.django_db
def test_draft_that_was_just_begun_waits_for_the_next_step():
    call = factories.open_call(closes_at=now() + timedelta(hours=30))
    row = factories.submission(call=call, complete=False)
    assert remind_due() == 0
    assert at(before(row, hours=24)) == 1


@pytest.mark.django_db
def test_rule_of_the_day_names_the_steps_and_may_name_none():
    row = draft()
    ReminderRule.objects.update(hours_before=[5])
    assert at(before(row, hours=24)) == 0
    assert at(before(row, hours=5)) == 1
    ReminderRule.objects.update(hours_before=[])
    assert at(before(row, hours=1)) == 0
    ReminderRule.objects.all().delete()
    with pytest.raises(Refused):
        remind_due()


@pytest.mark.django_db
def test_shipped_rule_is_ours_and_editable():
    rule = ReminderRule.objects.at()
    assert (sorted(rule.hours_before), rule.is_default) == (STEPS, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReminderRule.objects.update(hours_before=[0, 24])


@pytest.mark.django_db
def test_one_draft_that_fails_does_not_keep_the_others(monkeypatch):
    call = open_call()
    first, second = (factories.submission(call=call, complete=False) for _ in range(2))
    from innomarket.submissions.services import reminder

    real = reminder.tell

    def tell(**fields):
        if fields["about"].pk == first.pk:
            raise RuntimeError
        return real(**fields)

    monkeypatch.setattr(reminder, "tell", tell)
    assert at(before(first, days=7)) == 1
    assert reminders().get().object_label == f"submissions.submission:{second.pk}"


def test_two_sweeps_at_once_remind_once(fresh_database):
    call = open_call()
    rows = [factories.submission(call=call, complete=False) for _ in range(6)]
    sweep = lambda: at(before(rows[0], days=7))  # noqa: E731
    assert sum(values(at_once(sweep, sweep, sweep))) == 6
    assert reminders().count() == 6


def test_submitting_at_the_same_moment_has_one_order(fresh_database):
    """Submitted first: no reminder. Reminded first: the reminder was right when it was written."""
    call = open_call()
    row = factories.submission(call=call)
    reminded, done = at_once(
        lambda: at(before(row, days=7)),
        lambda: submissions.submit(submission=row, by=row.created_by),
    )
    assert done.error is None and reminded.error is None
    assert reminders().count() == reminded.value
    assert at(before(row, days=3)) == 0
