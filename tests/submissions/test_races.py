"""Real connections at once: submit × close, double submit, double begin, save × save, save × close."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction

from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import shipped
from innomarket.submissions.models import Call, Revision, Submission
from innomarket.submissions.services import break_glass
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.races import at_once

from . import factories

pytestmark = pytest.mark.usefixtures("fresh_database")


def at(instant, function, **arguments):
    """The call of a service with the clock standing at an instant, in a transaction of its own."""

    def run():
        with transaction.atomic(), moved_to(instant):
            return function(**arguments)

    return run


def test_submit_and_close_at_once_leave_one_truth():
    """Whoever has the lock first: a submit in time is stored before the call closes, or was refused."""
    for _round in range(5):
        draft = factories.submission()
        call = draft.lot.call
        before, instant = call.closes_at - timedelta(seconds=1), call.closes_at
        taken, closed = at_once(
            at(before, submissions.submit, submission=draft, by=draft.created_by),
            at(instant, calls.close_call, call=call),
        )
        assert closed.error is None
        draft.refresh_from_db()
        stored = Revision.objects.filter(submission=draft).exists()
        if taken.error is None:
            assert (draft.state, stored) == ("submitted", True)
        else:
            assert isinstance(taken.error, Refused)
            assert taken.error.code == "call_closed"
            assert (draft.state, stored) == ("draft", False)


def test_closing_waits_for_a_submit_that_has_the_call():
    """A submit that took the call in time is finished before the closing: its message is not outrun."""
    draft = factories.submission()
    call = draft.lot.call
    results = []

    def slow_submit():
        with transaction.atomic(), moved_to(call.closes_at - timedelta(seconds=1)):
            submissions.submit(submission=draft, by=draft.created_by)
            # The call is still held: the competing closing cannot have gone through.
            results.append(Call.objects.get(pk=call.pk).state)
            started.wait(10)
            results.append(Call.objects.get(pk=call.pk).state)

    started = threading.Event()

    def close():
        started.set()
        return at(call.closes_at, calls.close_call, call=call)()

    first, second = at_once(slow_submit, close)
    assert first.error is None or isinstance(first.error, Refused)
    assert second.error is None
    if first.error is None:
        assert results == ["announced", "announced"]
    call.refresh_from_db()
    assert call.state == "closed"


def test_double_submit_makes_one_revision():
    draft = factories.submission()
    outcomes = at_once(*[lambda: submissions.submit(submission=draft, by=draft.created_by)] * 3)
    assert sorted(outcome.error.code if outcome.error else "taken" for outcome in outcomes) == [
        "taken",
        "unchanged",
        "unchanged",
    ]
    assert Revision.objects.get(submission=draft).ordinal == 0


def test_double_begin_where_one_is_taken_makes_one():
    call = factories.open_call(one_per_applicant=True)
    user, company = factories.applicant()
    lot = factories.lot_of(call)
    outcomes = at_once(*[lambda: submissions.begin_submission(by=user, lot=lot, organisation=company)] * 3)
    assert sorted(outcome.error.code if outcome.error else "begun" for outcome in outcomes) == [
        "begun",
        "one_per_applicant",
        "one_per_applicant",
    ]
    assert Submission.objects.filter(lot=lot).count() == 1


def test_file_removed_from_what_was_withdrawn_while_another_one_begins():
    for _round in range(5):
        first = factories.submitted(call=factories.open_call(one_per_applicant=True))
        by, company = first.created_by, first.applicant_organisation
        submissions.withdraw(submission=first, by=by)
        attachment = first.attachments.get()
        outcomes = at_once(
            lambda attachment=attachment, by=by: submissions.remove_file(attachment=attachment, by=by),
            lambda lot=first.lot, by=by, company=company: submissions.begin_submission(
                by=by, lot=lot, organisation=company
            ),
        )
        refused = [outcome.error.code for outcome in outcomes if outcome.error]
        assert refused == ["one_per_applicant"]


def test_two_windows_saving_at_once_keep_the_first():
    draft = factories.submission(complete=False)
    seen = draft.version

    def save(title):
        return lambda: submissions.save_step(
            submission=draft, by=draft.created_by, step="problem", data={"title": title}, version=seen
        )

    outcomes = at_once(save("one"), save("two"))
    winners = [title for title, outcome in zip(("one", "two"), outcomes, strict=True) if not outcome.error]
    assert len(winners) == 1
    draft.challenge.refresh_from_db()
    assert draft.challenge.title == winners[0]


def test_two_windows_saving_themselves_at_once_keep_the_first_and_name_one_author_each():
    """Two people at one answer: one is stored, the other one is told; no mixture, and the history is the truth."""
    for _round in range(3):
        draft = factories.submission(complete=False)
        colleague, seen = accounts.person(), draft.version
        accounts.member(colleague, draft.applicant_organisation, "editor")
        people = (draft.created_by, colleague)
        outcomes = at_once(*(writing(draft, by, f"of {by.pk}", seen) for by in people))
        stored = [by for by, outcome in zip(people, outcomes, strict=True) if outcome.error is None]
        (error,) = (outcome.error for outcome in outcomes if outcome.error)
        assert isinstance(error, submissions.Stale) and error.theirs["title"].by == stored[0]
        draft.challenge.refresh_from_db()
        assert draft.challenge.title == f"of {stored[0].pk}"
        assert [edit.by for edit in draft.edits.filter(step="problem")] == stored


def test_saving_itself_while_submitting_is_in_the_revision_or_after_it():
    """The revision holds the old or the new text whole; the draft keeps the new one, and stays submitted."""
    for _round in range(4):
        draft = factories.submission()
        by, old = draft.created_by, draft.title
        saved, submitted = at_once(
            writing(draft, by, "새 제목", draft.version),
            lambda d=draft, u=by: submissions.submit(submission=d, by=u),
        )
        assert saved.error is None and submitted.error is None
        draft.refresh_from_db()
        revision = Revision.objects.get(submission=draft)
        assert draft.state == "submitted" and draft.title in ("새 제목", old)
        assert revision.title in (old, "새 제목")
        draft.challenge.refresh_from_db()
        assert draft.challenge.title == "새 제목"
        assert submissions.is_unchanged(draft) is (revision.title == "새 제목")


def test_saving_itself_while_the_call_closes_loses_nothing_and_submits_nothing():
    for _round in range(3):
        draft = factories.submission()
        call = draft.lot.call
        saved, closed = at_once(
            at(call.closes_at, writing(draft, draft.created_by, "막판에 쓴 글", draft.version)),
            at(call.closes_at, calls.close_call, call=call),
        )
        assert closed.error is None and saved.error is None
        draft.refresh_from_db()
        draft.challenge.refresh_from_db()
        assert (draft.state, draft.challenge.title) == ("draft", "막판에 쓴 글")
        assert not Revision.objects.filter(submission=draft).exists()


def test_what_was_submitted_is_not_written_on_when_the_call_closes():
    """At the closing instant a save on what was submitted is refused, whoever has the call first."""
    done = factories.submitted()
    call, revision = done.lot.call, done.current
    saved, closed = at_once(
        at(call.closes_at, writing(done, done.created_by, "늦은 글", done.version)),
        at(call.closes_at, calls.close_call, call=call),
    )
    assert closed.error is None and saved.error.code == "call_closed"
    done.refresh_from_db()
    assert (done.state, done.current) == ("submitted", revision)


def test_saving_itself_while_withdrawing_never_takes_it_up_again():
    done = factories.submitted()
    saved, withdrawn = at_once(
        writing(done, done.created_by, "더 쓴 글", done.version),
        lambda: submissions.withdraw(submission=done, by=done.created_by),
    )
    assert withdrawn.error is None
    assert saved.error is None or saved.error.code == "withdrawn"
    done.refresh_from_db()
    assert done.state == "withdrawn"


def test_saving_itself_and_a_file_at_once_keep_both():
    draft = factories.submission(files=False)
    saved, attached = at_once(
        writing(draft, draft.created_by, "글", draft.version),
        lambda: submissions.attach_file(
            submission=draft, by=draft.created_by, slot="paper", upload=factories.pdf()
        ),
    )
    assert saved.error is None and attached.error is None
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.attachments.kept().count()) == ("글", 1)


def writing(draft, by, title, version):
    """A page of this person's that saves itself."""

    def save():
        return submissions.save_step(
            submission=draft,
            by=by,
            step="problem",
            data={"title": title},
            version=version,
            window=f"of-{by.pk}",
            by_itself=True,
        )

    return save


def test_two_granting_at_once_grant_once():
    shipped.load()
    sealed = factories.submitted()
    glass = break_glass.ask_to_read(
        submission=sealed, by=accounts.staff("run_rounds"), ground="court", reason="An order."
    )
    people = [accounts.staff("run_rounds") for _turn in range(2)]
    outcomes = at_once(
        *[at(now(), break_glass.grant, glass=glass, by=person, reason="Genuine.") for person in people]
    )
    assert sorted(one.error.code if one.error else "granted" for one in outcomes) == [
        "grant_not_now",
        "granted",
    ]
    told = Message.objects.filter(kind="submissions.break_glass_granted", recipient=sealed.created_by)
    assert told.count() == 1
