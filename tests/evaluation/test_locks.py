"""Two at the same instant, in the one order of events that shows a forgotten lock: the second begins when the first has
written everything and not committed. Each was seen to fail with the lock that its docstring names taken out.
"""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from innomarket.accounts.models import User
from innomarket.common.clock import moved_to, today
from innomarket.evaluation.models import Assignment, DrawStep, Evaluator, Objection, Recusal, Result
from innomarket.evaluation.objections import until_of
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.evaluation.services.evaluator import add_tie
from innomarket.evaluation.services.moderation import return_sheet
from innomarket.evaluation.services.objection import file_objection
from innomarket.evaluation.services.pledge import decline_seat
from innomarket.evaluation.services.result import finish_round
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round, unseat_panelist
from innomarket.evaluation.services.sheet import submit_sheet
from tests.accounts.factories import company, person
from tests.support.races import overlapping

from .factories import (
    APPOINTED,
    drawn_round,
    evaluators,
    pledge_and_declare,
    prepared,
    round_with,
    submitted,
)
from .test_races import codes
from .test_stages import checked

pytestmark = pytest.mark.usefixtures("fresh_database")

MOMENT = timedelta(microseconds=1)


def waits(first, then):
    """The refusals of both; the second has waited for the first."""
    one, other, waited = overlapping(first, then)
    found = codes([one, other])
    assert waited
    return found


# ── a decline at the same time as a replacement ──


@pytest.mark.parametrize("declines_first", [True, False])
def test_seat_declined_while_staff_replace_it_is_filled_once(declines_first):
    """The round's and the seat's: either alone holds; with neither, two are called for one seat."""
    evaluators()
    made = drawn_round()
    seat = made.panel[0]
    both = [
        lambda: decline_seat(panelist=seat, by=seat.user, reason="Ill."),
        lambda: unseat_panelist(panelist=seat, by=made.staff, reason="Does not answer."),
    ]
    first, then = both if declines_first else reversed(both)
    assert waits(first, then) == [None, "has_left" if declines_first else "not_on_panel"]
    assert len(made.panel) == 3
    assert made.round.panelists.exclude(in_place_of=None).count() == 1


def test_seat_declined_while_the_round_starts_is_called_anew_with_all_entries():
    """The round's in ``decline_seat``: without it, the two come to block each other."""
    evaluators()
    made = drawn_round()
    seat = made.panel[0]
    assert waits(
        lambda: decline_seat(panelist=seat, by=seat.user, reason="Ill."),
        lambda: start_round(round=made.round, by=made.staff),
    ) == [None, None]
    assert not seat.assignments.exists()
    for sits in made.panel:
        assert sits.assignments.count() == len(made.submissions)


def test_seat_declined_after_the_start_hands_its_entries_on():
    """As before: the decline comes to the round first, then to seat and draw."""
    evaluators()
    made = drawn_round()
    seat = made.panel[0]
    assert waits(
        lambda: start_round(round=made.round, by=made.staff),
        lambda: decline_seat(panelist=seat, by=seat.user, reason="Ill."),
    ) == [None, None]
    for sits in made.panel:
        assert sits.assignments.count() == len(made.submissions)


# ── a returned sheet while finishing ──


def four_scored():
    made = round_with(entries=1, panelists=4)
    for place in (1, 2, 3, 4):
        made.score(1, place, 10 if place == 4 else 8)
    return made


def test_sheet_returned_before_the_scoring_ends_holds_it():
    """The round's in ``return_sheet``: without it, a sheet counts that its evaluator has back."""
    made = four_scored()
    sheet = made.assignment(1, 4).sheet
    assert waits(
        lambda: return_sheet(sheet=sheet, by=made.staff, reason="근거가 없습니다."),
        lambda: finish_round(round=made.round, by=made.staff),
    ) == [None, "returned_waiting"]
    sheet.refresh_from_db()
    assert sheet.state == "returned" and not Result.objects.exists()


def test_sheet_is_not_returned_once_the_scoring_ends():
    """The round's in ``return_sheet``: without it, a sheet comes back whose result is computed."""
    made = four_scored()
    sheet = made.assignment(1, 4).sheet
    assert waits(
        lambda: finish_round(round=made.round, by=made.staff),
        lambda: return_sheet(sheet=sheet, by=made.staff, reason="근거가 없습니다."),
    ) == [None, "score_not_now"]
    sheet.refresh_from_db()
    assert (sheet.state, Result.objects.get().sheets) == ("submitted", 4)


def returned_once():
    made = four_scored()
    return made, return_sheet(sheet=made.assignment(1, 4).sheet, by=made.staff, reason="근거가 없습니다.")


def test_returned_sheet_submitted_before_the_scoring_ends_counts():
    """The round's in ``submit_sheet``: without it, the result leaves out what was handed in."""
    made, sheet = returned_once()
    assert waits(
        lambda: submit_sheet(sheet=sheet, by=made.evaluators[3], word="다시 읽었습니다."),
        lambda: finish_round(round=made.round, by=made.staff),
    ) == [None, None]
    assert Result.objects.get().sheets == 4


def test_returned_sheet_is_not_submitted_once_the_scoring_ends():
    """The round's in ``submit_sheet``: without it, a version is handed in that no result counts."""
    made, sheet = returned_once()
    assert waits(
        lambda: finish_round(round=made.round, by=made.staff, reason="기한이 지났습니다."),
        lambda: submit_sheet(sheet=sheet, by=made.evaluators[3], word="다시 읽었습니다."),
    ) == [None, "score_not_now"]
    sheet.refresh_from_db()
    assert (sheet.version, Result.objects.get().sheets) == (1, 3)


# ── an objection at the last instant of its term ──


def checked_and_next():
    """A published first stage, its second result's owner, and the next stage's round, ready to start."""
    made = checked(entries=3)
    round_ = create_round(lot=made.lot, by=made.staff)
    for _ in range(3):
        seat_panelist(round=round_, by=made.staff, user=person(), reason=APPOINTED)
    return made, round_, Result.objects.get(entry=made.entry(2)), made.submissions[1].created_by


def taken_by(round_):
    return [entry.submission for entry in round_.entries.select_related("submission").order_by("order")]


def filed_at(instant, result, by, *, passing=None):
    """File at this instant; with ``passing``, it is that instant once the first lock is given."""

    def locking(execute, sql, params, many, context):
        value = execute(sql, params, many, context)
        if passing is not None and "FOR UPDATE" in sql:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('innomarket.now', %s, true)", [passing.isoformat()])
        return value

    with transaction.atomic(), moved_to(instant), connection.execute_wrapper(locking):
        return file_objection(result=result, by=by, text="Why?")


def test_objection_at_the_last_instant_is_left_out_of_the_stage_that_starts():
    """The submission's in ``file_objection``: without it, the stage takes up who has just objected."""
    made, round_, result, by = checked_and_next()
    assert waits(
        lambda: filed_at(until_of(result) - MOMENT, result, by),
        lambda: start_round(round=round_, by=made.staff),
    ) == [None, None]
    assert Objection.objects.get().state == "filed"
    assert taken_by(round_) == [made.submissions[2]]  # the first is unfit


def test_objection_that_waits_beyond_its_last_instant_is_too_late():
    """The clock is read under the lock: read before, or without one, it is filed after its time."""
    made, round_, result, by = checked_and_next()
    until = until_of(result)
    assert waits(
        lambda: start_round(round=round_, by=made.staff),
        lambda: filed_at(until - MOMENT, result, by, passing=until),
    ) == [None, "too_late"]
    assert not Objection.objects.filter(state="filed").exists()
    assert taken_by(round_) == made.submissions[1:]


def test_objection_that_waits_until_its_last_instant_is_in_time():
    """And what started meanwhile has taken it up."""
    made, round_, result, by = checked_and_next()
    last = until_of(result) - MOMENT
    assert waits(
        lambda: start_round(round=round_, by=made.staff),
        lambda: filed_at(last - timedelta(hours=1), result, by, passing=last),
    ) == [None, None]
    assert Objection.objects.get().filed_at == last
    assert taken_by(round_) == made.submissions[1:]


# ── a conflict declared while a panel is drawn ──


def judging(user, firm):
    """What they are asked to judge in a round of another lot, in which the firm has applied too."""
    made = prepared(entries=0, panelists=2)
    submitted(made.lot, organisation=firm)
    seat_panelist(round=made.round, by=made.staff, user=user, reason=APPOINTED)
    start_round(round=made.round, by=made.staff)
    pledge_and_declare(made.round, user)
    return Assignment.objects.select_related("entry", "panelist").get(
        entry__round=made.round, panelist__user=user
    )


def declared(assignment):
    return lambda: declare_conflict(assignment=assignment, by=assignment.panelist.user, reason="A friend.")


def tied(assignment):
    """They say in their profile, instead, that they advise the firm."""
    user, firm = assignment.panelist.user, assignment.entry.submission.applicant_organisation
    day = today() - timedelta(days=9)
    return lambda: add_tie(
        evaluator=Evaluator.objects.get(user=user), by=user, kind="advisor", from_on=day, organisation=firm
    )


def drawn_but_one():
    """A round that is being scored, its firm, and who is left in its order: the next technical one."""
    evaluators(technical=3, policy=1)
    firm = company()
    made = drawn_round(firm).started()
    sitting = [seat.user_id for seat in made.panel]
    return (
        made,
        firm,
        Evaluator.objects.get(kind="technical", user__in=User.objects.exclude(pk__in=sitting)).user,
    )


def judge(made, user):
    """Whether they are to judge something in this round."""
    return Assignment.objects.filter(entry__round=made.round, panelist__user=user, recusal=None).exists()


@pytest.mark.parametrize("says", [declared, tied])
@pytest.mark.parametrize("says_first", [True, False])
def test_conflict_that_comes_to_light_while_the_drawn_panel_starts_counts_there(says, says_first):
    """Those of all their rounds (``hold_rounds``): without them, they judge there the firm that they know."""
    evaluators()
    firm = company()
    made = drawn_round(firm)
    user = made.panel[0].user
    both = [says(judging(user, firm)), lambda: start_round(round=made.round, by=made.staff)]
    assert waits(*(both if says_first else reversed(both))) == [None, None]
    assert not judge(made, user)
    assert Assignment.objects.filter(entry__round=made.round, recusal=None).count() == 3


@pytest.mark.parametrize("says", [declared, tied])
def test_who_says_so_before_they_are_called_is_passed_over(says):
    """The rule's row in ``hold_rounds``: without it, they are called to judge the firm that they know."""
    made, firm, user = drawn_but_one()
    seat = next(seat for seat in made.panel if seat.kind == "technical")
    assert waits(
        says(judging(user, firm)),
        lambda: unseat_panelist(panelist=seat, by=made.staff, reason="Ill."),
    ) == [None, None]
    assert not judge(made, user)
    step = DrawStep.objects.get(draw=made.draw, evaluator__user=user, walk=2)
    assert step.ground == ("recused_before" if says is declared else "tie")


@pytest.mark.parametrize("says", [declared, tied])
def test_who_says_so_while_they_are_called_is_recused(says):
    """The rule's row in ``hold_rounds``: without it, nobody looks at the seat that they are just given."""
    made, firm, user = drawn_but_one()
    seat = next(seat for seat in made.panel if seat.kind == "technical")
    says = says(judging(user, firm))
    assert waits(
        lambda: unseat_panelist(panelist=seat, by=made.staff, reason="Ill."),
        says,
    ) == [None, None]
    assert not judge(made, user)
    assert Recusal.objects.filter(entry__round=made.round, panelist__user=user).exists()


def test_conflict_declared_while_the_scoring_ends_counts_or_is_refused():
    """The round's in ``declare_conflict``: without it, a sheet counts whose evaluator is recused."""
    made = four_scored()
    assert waits(declared(made.assignment(1, 4)), lambda: finish_round(round=made.round, by=made.staff)) == [
        None,
        None,
    ]
    assert Result.objects.get().sheets == 3
    other = four_scored()
    assert waits(
        lambda: finish_round(round=other.round, by=other.staff), declared(other.assignment(1, 4))
    ) == [None, "score_not_now"]
    assert Result.objects.get(entry__round=other.round).sheets == 4
    assert not Recusal.objects.filter(entry__round=other.round).exists()
