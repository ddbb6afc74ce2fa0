"""What two people do at the same instant, each on a connection of their own."""

import pytest

from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Objection, Publication, Recusal, Result, Round, Sheet
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.moderation import return_sheet
from innomarket.evaluation.services.objection import answer_objection, file_objection, withdraw_objection
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import finish_round, reopen_round, select_entries
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from innomarket.notifications.models import Message
from tests.accounts.factories import person, staff
from tests.support.races import at_once

from .factories import opened_lot, prepared, published, round_with

pytestmark = pytest.mark.usefixtures("fresh_database")


def second():
    return staff("run_rounds")


def codes(outcomes):
    """None for a success, else the refusal's code; any other error is raised."""
    for outcome in outcomes:
        if outcome.error and not isinstance(outcome.error, Refused):
            raise outcome.error
    return [outcome.error.code if outcome.error else None for outcome in outcomes]


def selected(**fields):
    made = round_with(finished=True, **fields)
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    return made


def test_two_staff_prepare_and_there_is_one_publication():
    made = selected()
    found = codes(
        at_once(
            *[lambda by=by: prepare_publication(rounds=[made.round], by=by) for by in (made.staff, second())]
        )
    )
    assert sorted(found, key=str) == [None, "prepared_already"]
    assert Publication.objects.get().state == "prepared"


def test_two_staff_publish_and_applicants_are_told_once():
    made = selected()
    publication = prepare_publication(rounds=[made.round], by=made.staff)
    people = [second(), second(), second()]
    found = codes(
        at_once(*[lambda by=by: confirm_publication(publication=publication, by=by) for by in people])
    )
    assert sorted(found, key=str) == [None, "confirm_not_now", "confirm_not_now"]
    assert Message.objects.filter(kind="evaluation.results").count() == 3
    assert made.again().round.result_file.sha256


def test_overlapping_rounds_are_prepared_at_once_without_a_deadlock():
    first, other = selected(entries=1), selected(entries=1)
    found = codes(
        at_once(
            lambda: prepare_publication(rounds=[first.round, other.round], by=first.staff),
            lambda: prepare_publication(rounds=[other.round, first.round], by=first.staff),
            lambda: prepare_publication(rounds=[other.round], by=first.staff),
        )
    )
    assert found.count(None) == 1
    assert set(found) <= {None, "prepared_already", "prepared_otherwise"}


@pytest.mark.parametrize("attempt", range(3))
def test_selection_changed_while_another_publishes_is_published_or_voids(attempt):
    made = selected()
    publication = prepare_publication(rounds=[made.round], by=made.staff)
    by = second()
    chosen = [made.entry(1).pk, made.entry(2).pk]
    published, changed = codes(
        at_once(
            lambda: confirm_publication(publication=publication, by=by),
            lambda: select_entries(round=made.round, by=made.staff, entries=chosen),
        )
    )
    publication.refresh_from_db()
    told = Message.objects.filter(kind="evaluation.results").count()
    chosen = Result.objects.filter(outcome="selected").count()
    assert (published, changed, publication.state, told, chosen) in [
        (None, "select_not_now", "confirmed", 3, 1),
        ("confirm_not_now", None, "void", 0, 2),
    ]


@pytest.mark.parametrize("attempt", range(3))
def test_round_reopened_while_another_publishes_is_published_or_scored_again(attempt):
    made = selected()
    publication = prepare_publication(rounds=[made.round], by=made.staff)
    by = second()
    published, reopened = codes(
        at_once(
            lambda: confirm_publication(publication=publication, by=by),
            lambda: reopen_round(round=made.round, by=made.staff, reason="A sheet was missing."),
        )
    )
    assert (published, reopened, made.again().round.state) in [
        (None, "reopen_not_now", "published"),
        ("confirm_not_now", None, "scoring"),
        ("publish_not_now", None, "scoring"),
    ]


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
            *[
                lambda user=user: seat_panelist(
                    round=made.round, by=made.staff, user=user, reason="Nobody in the pool fits."
                )
                for user in users
            ]
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


@pytest.mark.parametrize("attempt", range(3))
def test_objection_filed_twice_at_once_stands_once(attempt):
    made = selected()
    published(made)
    result, by = Result.objects.get(entry=made.entry(2)), made.submissions[1].created_by
    found = codes(at_once(*[lambda: file_objection(result=result, by=by, text="Why?")] * 3))
    assert sorted(found, key=str) == [None, "objected_already", "objected_already"]
    assert Objection.objects.get().state == "filed"
    assert Message.objects.filter(kind="evaluation.objection_filed").count() == 1


@pytest.mark.parametrize("attempt", range(3))
def test_objection_answered_and_withdrawn_at_once_ends_once(attempt):
    made = selected()
    published(made)
    by = made.submissions[1].created_by
    objection = file_objection(result=Result.objects.get(entry=made.entry(2)), by=by, text="Why?")
    other = second()
    found = codes(
        at_once(
            lambda: withdraw_objection(objection=objection, by=by),
            lambda: answer_objection(objection=objection, by=other, outcome="rejected", answer="So."),
        )
    )
    assert found in ([None, "answer_not_now"], ["withdraw_not_now", None])
