"""Real connections at once over a call: announcing × announcing, extending × closing, outage × opening, sweeps."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from innomarket.common.clock import moved_to, now
from innomarket.notifications.models import Message
from innomarket.submissions.models import Call, ClosingRule, DeadlineMove, Revision
from innomarket.submissions.outage_rule import Span, Terms, closing_is_affected
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import outage as outages
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.races import at_once

from . import factories
from .test_races import at

pytestmark = pytest.mark.usefixtures("fresh_database")


def test_calls_announced_at_once_for_one_hour_are_no_more_than_the_rule_allows():
    """Each is counted after the one before it: by the time the second looks, the first one stands."""
    ClosingRule.objects.update(most_in_an_hour=2)
    by = accounts.staff("run_rounds")
    hour = (now() + timedelta(days=9)).replace(minute=0, second=0, microsecond=0)
    for day in range(3):
        closings = [hour + timedelta(days=day, minutes=10 * place) for place in range(4)]
        made = [factories.call(closes_at=instant) for instant in closings]
        outcomes = at_once(*[lambda call=call: calls.announce_call(call=call, by=by) for call in made])
        assert sorted(one.error.code if one.error else "announced" for one in outcomes) == [
            *["announced"] * 2,
            *["hour_full"] * 2,
        ]


def test_announcing_waits_for_another_that_has_not_ended():
    """The first has not committed when the second asks: it waits, and then finds the hour full."""
    ClosingRule.objects.update(most_in_an_hour=1)
    by, hour = accounts.staff("run_rounds"), (now() + timedelta(days=9)).replace(minute=0, second=0)
    first, second = factories.call(closes_at=hour), factories.call(closes_at=hour)
    announced, asked = threading.Event(), threading.Event()

    def announce():
        with transaction.atomic():
            calls.announce_call(call=first, by=by)
            announced.set()
            assert asked.wait(30)
            time.sleep(0.3)  # the other one asks meanwhile

    def announce_later():
        assert announced.wait(30)
        asked.set()
        return calls.announce_call(call=second, by=by)

    done, refused = at_once(announce, announce_later)
    assert done.error is None and refused.error.code == "hour_full"
    assert list(Call.objects.filter(state="announced")) == [first]


def test_extend_and_close_at_once_never_close_an_extended_call():
    for _round in range(5):
        call, by = factories.open_call(), accounts.staff("run_rounds")
        later = call.closes_at + timedelta(days=1)
        extended, closed = at_once(
            at(
                call.closes_at - timedelta(seconds=1),
                calls.extend_call,
                call=call,
                by=by,
                closes_at=later,
                opening_at=later,
                reason="Outage.",
            ),
            at(call.closes_at, calls.close_call, call=call),
        )
        call.refresh_from_db()
        assert (extended.error is None) is not (closed.error is None)
        if extended.error is None:
            assert (call.state, call.closes_at, closed.error.code) == ("announced", later, "call_not_due")
        else:
            assert call.state == "closed"


def test_two_sweeps_at_once_close_each_call_once():
    made = [factories.open_call() for _number in range(4)]
    instant = max(call.closes_at for call in made)
    outcomes = at_once(*[at(instant, calls.close_due_calls)] * 2)
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert sum(outcome.value for outcome in outcomes) == 4
    assert Call.objects.filter(state="closed").count() == 4


def test_own_closing_waits_for_a_submit_that_has_the_call_and_two_sweeps_end_it_once():
    """Who submitted in the last second is never told that it was not: the sweep passes by, and comes again."""
    draft, by = factories.submission(), accounts.staff("run_rounds")
    call = draft.lot.call
    later = call.closes_at + timedelta(hours=2)
    values = {"closes_at": later, "opening_at": later, "reason": "Its network was down."}
    calls.extend_call(call=call, by=by, organisations=[draft.applicant_organisation], **values)
    factories.close(Call.objects.get(pk=call.pk))
    submitted, swept = threading.Event(), threading.Event()

    def submit():
        with transaction.atomic(), moved_to(later - timedelta(seconds=1)):
            submissions.submit(submission=draft, by=draft.created_by)
            submitted.set()
            assert swept.wait(30)

    def sweep():
        try:
            assert submitted.wait(30)
            return at(later, calls.end_own_closings)()
        finally:
            swept.set()

    taken, passed_by = at_once(submit, sweep)
    assert (taken.error, passed_by.error, passed_by.value) == (None, None, 0)
    ends = at_once(*[at(later, calls.end_own_closings)] * 2)
    assert [one.error for one in ends] == [None, None]
    assert sum(one.value for one in ends) == 1
    told = Message.objects.filter(recipient=draft.created_by, kind__startswith="submissions.closed_with")
    assert [one.kind for one in told] == ["submissions.closed_with_yours"]


def test_opening_while_an_outage_is_recorded_leaves_an_opened_call_or_a_void_preparation():
    """Whoever has the call first: it is opened and the outage finds it so, or the preparation has fallen."""
    start = now() + timedelta(days=7)
    for place in range(4):
        made = factories.open_call(closes_at=start + timedelta(days=place))
        call, by = factories.close(made), accounts.staff("run_rounds")
        with transaction.atomic(), moved_to(call.opening_at):
            calls.prepare_opening(call=call, by=accounts.staff("run_rounds"))
        end = call.closes_at + timedelta(minutes=1)
        opened, recorded = at_once(
            at(call.opening_at, calls.confirm_opening, call=call, by=by),
            at(
                call.opening_at,
                outages.record_outage,
                by=by,
                starts_at=end - timedelta(hours=1),
                ends_at=end,
                noticed_at=end,
                what="Power",
            ),
        )
        assert recorded.error is None
        call.refresh_from_db()
        states = list(call.openings.values_list("state", flat=True))
        if opened.error is None:
            assert (call.opened_at is not None, states) == (True, ["confirmed"])
        else:
            assert opened.error.code in ("outage_waits", "not_prepared")
            assert (call.opened_at, states) == (None, ["void"])


def test_two_confirming_at_once_open_once():
    call = factories.close(factories.open_call())
    with transaction.atomic(), moved_to(call.opening_at):
        calls.prepare_opening(call=call, by=accounts.staff("run_rounds"))
    outcomes = at_once(
        *[
            at(call.opening_at, calls.confirm_opening, call=call, by=accounts.staff("run_rounds"))
            for _turn in range(2)
        ]
    )
    assert sorted(one.error.code if one.error else "opened" for one in outcomes) == [
        "opened",
        "opened_already",
    ]
    assert call.openings.filter(state="confirmed").count() == 1


def test_one_outage_applied_twice_at_once_moves_once():
    call, by = factories.open_call(), accounts.staff("run_rounds")
    outage = outage_at(call, by)
    outcomes = at_once(*[at(call.closes_at, outages.apply_outage, outage=outage, by=by)] * 2)
    assert sorted(one.error.code if one.error else "applied" for one in outcomes) == [
        "applied",
        "apply_not_now",
    ]
    assert DeadlineMove.objects.filter(call=call).count() == 1


def test_another_call_takes_a_submit_while_an_outage_is_applied():
    """The outage has its calls and has not ended: what closes elsewhere meanwhile is submitted, and not late."""
    touched, draft, by = factories.open_call(), factories.submission(), accounts.staff("run_rounds")
    call = draft.lot.call
    Call.objects.filter(pk=call.pk).update(
        closes_at=call.closes_at + timedelta(days=3), opening_at=call.opening_at + timedelta(days=3)
    )
    outage = outage_at(touched, by)
    applied, submitted = threading.Event(), threading.Event()

    def apply():
        with transaction.atomic(), moved_to(touched.opening_at):
            outages.apply_outage(outage=outage, by=by)
            applied.set()
            assert submitted.wait(30)

    def submit():
        try:
            assert applied.wait(30)
            with transaction.atomic(), moved_to(touched.opening_at):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '5s'")
                return submissions.submit(submission=draft, by=draft.created_by)
        finally:
            submitted.set()

    moved, taken = at_once(apply, submit)
    assert (moved.error, taken.error) == (None, None)
    assert DeadlineMove.objects.get().call == touched
    assert Revision.objects.get().submission == draft


def test_two_outages_applied_at_once_end_as_one_after_the_other():
    """The later one is refused before the earlier one, or judged on what that one made of the closing."""
    for place in range(3):
        call = factories.open_call(closes_at=now() + timedelta(days=7 + 3 * place))
        by = accounts.staff("run_rounds")
        first = outage_at(call, by)
        start = first.noticed_at + timedelta(hours=2) - timedelta(minutes=1)
        second = at(
            start + timedelta(hours=1),
            outages.record_outage,
            by=by,
            starts_at=start,
            ends_at=start + timedelta(minutes=30),
            noticed_at=start + timedelta(minutes=30),
            what="Again",
        )()
        earlier, later = at_once(
            *[at(second.noticed_at, outages.apply_outage, outage=one, by=by) for one in (first, second)]
        )
        assert earlier.error is None
        if later.error is not None:
            assert later.error.code == "earlier_outage"
            at(second.noticed_at, outages.apply_outage, outage=second, by=by)()
        moved = list(call.moves.order_by("ordinal").values_list("outage", flat=True))
        span = Span(second.starts_at, second.ends_at, second.noticed_at)
        touched_again = closing_is_affected(call.moves.get(outage=first).closes_at, span, Terms())
        assert moved == [first.pk, *([second.pk] if touched_again else [])]


def test_overlapping_outages_recorded_at_once_leave_one():
    by, end = accounts.staff("run_rounds"), factories.open_call().closes_at
    values = {
        "by": by,
        "starts_at": end - timedelta(hours=1),
        "ends_at": end,
        "noticed_at": end,
        "what": "Power",
    }
    outcomes = at_once(*[at(end, outages.record_outage, **values)] * 3)
    assert sorted(one.error.code if one.error else "recorded" for one in outcomes) == [
        "invalid",
        "invalid",
        "recorded",
    ]


def test_submit_and_an_own_extension_at_once_are_each_whole():
    """At the old closing, a submit is taken exactly when the extension was there before it."""
    for _round in range(4):
        draft, by = factories.submission(), accounts.staff("run_rounds")
        call = draft.lot.call
        later = call.opening_at + timedelta(hours=2)
        extended, taken = at_once(
            at(
                call.closes_at - timedelta(seconds=1),
                calls.extend_call,
                call=call,
                by=by,
                closes_at=later,
                opening_at=later,
                reason="Its network was down.",
                organisations=[draft.applicant_organisation],
            ),
            at(call.closes_at, submissions.submit, submission=draft, by=draft.created_by),
        )
        assert extended.error is None
        assert taken.error is None or taken.error.code == "call_closed"
        assert Revision.objects.filter(submission=draft).exists() is (taken.error is None)


def outage_at(call, by):
    """An outage around the closing, over within the hour and announced at the call's opening."""
    start = call.closes_at - timedelta(minutes=10)
    return at(
        call.opening_at,
        outages.record_outage,
        by=by,
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        noticed_at=start + timedelta(minutes=40),
        what="The servers",
    )()
