"""What two people do at the same instant, each on a connection of their own."""

import pytest

from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Recusal, Result, Round, Sheet
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.moderation import return_sheet
from innomarket.evaluation.services.result import finish_round, publish_results, select_entries
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from innomarket.notifications.models import Message
from tests.accounts.factories import person
from tests.support.races import at_once

from .factories import opened_lot, prepared, round_with

pytestmark = pytest.mark.usefixtures("fresh_database")


def codes(outcomes):
    """None for a success, else the refusal's code; any other error is raised."""
    for outcome in outcomes:
        if outcome.error and not isinstance(outcome.error, Refused):
            raise outcome.error
    return [outcome.error.code if outcome.error else None for outcome in outcomes]


def test_two_staff_publish_and_applicants_are_told_once():
    made = round_with(finished=True)
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    found = codes(at_once(*[lambda: publish_results(rounds=[made.round], by=made.staff)] * 2))
    assert sorted(found, key=str) == [None, "publish_not_now"]
    assert Message.objects.filter(kind="evaluation.results").count() == 3


def test_two_staff_publish_overlapping_rounds_without_a_deadlock():
    first, second = round_with(entries=1, finished=True), round_with(entries=1, finished=True)
    for made in (first, second):
        select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    found = codes(
        at_once(
            lambda: publish_results(rounds=[first.round, second.round], by=first.staff),
            lambda: publish_results(rounds=[second.round, first.round], by=first.staff),
        )
    )
    assert sorted(found, key=str) == [None, "publish_not_now"]
    assert Result.objects.exclude(published_at=None).count() == 2


@pytest.mark.parametrize("attempt", range(3))
def test_sheet_submitted_while_the_round_finishes_counts_or_is_refused(attempt):
    made = round_with(entries=1, panelists=4)
    for evaluator in (1, 2, 3):
        made.score(1, evaluator, 8)
    sheet = save_sheet(
        assignment=made.assignment(1, 4), by=made.evaluators[3], points=made.points(10), comment="좋습니다."
    )
    submitted, finished = codes(
        at_once(
            lambda: submit_sheet(sheet=Sheet.objects.get(pk=sheet.pk), by=made.evaluators[3]),
            lambda: finish_round(round=made.round, by=made.staff),
        )
    )
    assert finished is None
    result = Result.objects.get()
    sheet.refresh_from_db()
    counted = (submitted, sheet.state, result.sheets, str(result.total))
    assert counted in [(None, "submitted", 4, "85.00"), ("score_not_now", "draft", 3, "80.00")]


@pytest.mark.parametrize("attempt", range(3))
def test_conflict_declared_while_the_round_finishes_counts_or_is_refused(attempt):
    made = round_with(entries=1, panelists=4)
    for evaluator in (1, 2, 3, 4):
        made.score(1, evaluator, 10 if evaluator == 4 else 8)
    declared, finished = codes(
        at_once(
            lambda: declare_conflict(
                assignment=made.assignment(1, 4), by=made.evaluators[3], reason="A friend."
            ),
            lambda: finish_round(round=made.round, by=made.staff),
        )
    )
    assert finished is None
    result = Result.objects.get()
    found = (declared, Recusal.objects.count(), result.sheets, str(result.total))
    assert found in [(None, 1, 3, "80.00"), ("score_not_now", 0, 4, "85.00")]


def test_two_rounds_of_a_lot_made_at_once_leave_one():
    made = prepared(entries=1)
    lot, by = opened_lot(), made.staff
    found = codes(at_once(*[lambda: create_round(lot=lot, by=by)] * 3))
    assert sorted(found, key=str) == [None, "one_active_round_of_a_lot", "one_active_round_of_a_lot"]
    assert Round.objects.filter(lot=lot).count() == 1


def test_two_people_seated_at_once_get_places_of_their_own():
    made = prepared(panelists=0)
    users = [person(), person(), person()]
    codes(
        at_once(
            *[lambda user=user: seat_panelist(round=made.round, by=made.staff, user=user) for user in users]
        )
    )
    assert sorted(made.round.panelists.values_list("place", flat=True)) == [1, 2, 3]


def test_round_started_twice_at_once_has_its_entries_once():
    made = prepared(entries=2)
    found = codes(at_once(*[lambda: start_round(round=made.round, by=made.staff)] * 2))
    assert sorted(found, key=str) == [None, "start_not_now"]
    assert made.round.entries.count() == 2


def test_one_sheet_saved_from_two_tabs_is_one_sheet():
    made = round_with(entries=1)

    def save(points):
        return save_sheet(
            assignment=made.assignment(),
            by=made.evaluators[0],
            points=made.points(points),
            comment="좋습니다.",
        )

    assert codes(at_once(lambda: save(5), lambda: save(6))) == [None, None]
    sheet = Sheet.objects.get()
    assert len(set(sheet.scores.values_list("points", flat=True))) == 1


def test_one_sheet_saved_in_two_windows_at_once_keeps_the_first_and_refuses_the_other():
    made = round_with(entries=1)
    opened = save_sheet(
        assignment=made.assignment(), by=made.evaluators[0], points=made.points(4), comment="좋습니다."
    )

    def save(points):
        return save_sheet(
            assignment=made.assignment(), by=made.evaluators[0], points=made.points(points), comment="좋습니다.",
            edition=opened.edition,
        )  # fmt: skip

    outcomes = at_once(lambda: save(5), lambda: save(6))
    assert sorted(codes(outcomes), key=str) == [None, "saved_elsewhere"]
    won = 5 if outcomes[0].error is None else 6
    sheet = Sheet.objects.get()
    assert (sheet.edition, set(sheet.scores.values_list("points", flat=True))) == (2, {won})


@pytest.mark.parametrize("attempt", range(3))
def test_sheet_returned_while_the_round_finishes_is_left_in_or_not_returned(attempt):
    made = round_with(entries=1, panelists=4)
    for evaluator in (1, 2, 3, 4):
        made.score(1, evaluator, 10 if evaluator == 4 else 8)
    sheet = made.assignment(1, 4).sheet
    returned, finished = codes(
        at_once(
            lambda: return_sheet(sheet=sheet, by=made.staff, reason="근거가 없습니다."),
            lambda: finish_round(round=made.round, by=made.staff),
        )
    )
    sheet.refresh_from_db()
    if finished is None:  # the scoring had ended: nothing comes back any more, and the sheet counts
        assert (returned, sheet.state, Result.objects.get().sheets) == ("score_not_now", "submitted", 4)
    else:
        assert (returned, finished, sheet.state) == (None, "returned_waiting", "returned")
        assert not Result.objects.exists()


@pytest.mark.parametrize("attempt", range(3))
def test_conflict_declared_while_the_chief_returns_the_sheet_sets_it_aside(attempt):
    made = round_with(entries=1, panelists=3)
    sheet = made.score(1, 1, 8)
    returned, declared = codes(
        at_once(
            lambda: return_sheet(sheet=sheet, by=made.staff, reason="근거가 없습니다."),
            lambda: declare_conflict(
                assignment=made.assignment(1, 1), by=made.evaluators[0], reason="A friend."
            ),
        )
    )
    sheet.refresh_from_db()
    assert (declared, sheet.state) == (None, "set_aside")
    assert returned in (None, "nobody_to_write")


@pytest.mark.parametrize("attempt", range(2))
def test_returned_sheet_submitted_again_while_the_round_finishes_counts_or_waits(attempt):
    made = round_with(entries=1, panelists=4)
    for evaluator in (1, 2, 3, 4):
        made.score(1, evaluator, 8)
    sheet = return_sheet(sheet=made.assignment(1, 4).sheet, by=made.staff, reason="근거가 없습니다.")
    submitted, finished = codes(
        at_once(
            lambda: submit_sheet(
                sheet=Sheet.objects.get(pk=sheet.pk), by=made.evaluators[3], word="다시 읽었습니다."
            ),
            lambda: finish_round(round=made.round, by=made.staff),
        )
    )
    assert submitted is None
    if finished is None:
        assert Result.objects.get().sheets == 4
    else:
        assert finished == "returned_waiting" and not Result.objects.exists()


def test_declaration_sent_twice_at_once_stands_once():
    made = round_with(entries=1, declared=False)
    entry = made.entry(1).pk

    def declare():
        return declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={entry: "A friend."})

    assert sorted(codes(at_once(declare, declare)), key=str) == [None, "declared_already"]
    assert Recusal.objects.count() == 1
