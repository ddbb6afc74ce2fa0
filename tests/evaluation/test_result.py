"""Finishing, selecting, publishing, reopening."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from innomarket.common.refusals import Refused
from innomarket.evaluation import hooks
from innomarket.evaluation.models import Result, Round
from innomarket.evaluation.reads import results_of, selected_submissions
from innomarket.evaluation.services.publication import prepare_publication
from innomarket.evaluation.services.result import (
    departing,
    finish_round,
    reopen_round,
    select_entries,
)
from innomarket.evaluation.services.round import seat_panelist
from innomarket.notifications.models import Message
from innomarket.submissions.models import Submission
from tests.accounts.factories import member, person

from .factories import prepared, round_with
from .factories import published as published_now
from .test_round import refused

pytestmark = pytest.mark.django_db


def finished(entries=3, **fields):
    """Totals 90, 80, 70: all pass."""
    return round_with(entries, finished=True, **fields)


def entry(made, *orders):
    return [made.entry(order).pk for order in orders]


def outcomes(made):
    return list(
        Result.objects.filter(entry__round=made.round)
        .order_by("entry__order")
        .values_list("outcome", flat=True)
    )


# ── finish ──


def test_finish_computes_results_and_tells_the_chief():
    made = finished()
    assert made.round.state == "finished" and made.round.finished_at
    assert outcomes(made) == ["open"] * 3
    message = Message.objects.get(kind="evaluation.round_finished")
    assert message.recipient == made.round.chief


def test_finish_with_too_few_sheets_is_refused_and_names_the_entries():
    made = round_with(entries=2)
    for evaluator in (1, 2, 3):
        made.score(1, evaluator, 9)
    made.score(2, 1, 9)
    with pytest.raises(Refused) as caught:
        finish_round(round=made.round, by=made.staff)
    assert (caught.value.code, caught.value.field) == ("too_few_sheets", "reason")
    assert made.submissions[1].number in str(caught.value.reason)
    assert made.submissions[0].number not in str(caught.value.reason)
    assert not Result.objects.exists()


def test_finish_with_a_reason_leaves_such_an_entry_without_a_result():
    made = round_with(entries=2)
    for evaluator in (1, 2, 3):
        made.score(1, evaluator, 9)
    finish_round(round=made.round, by=made.staff, reason="Two evaluators fell ill.")
    assert outcomes(made) == ["open", "no_result"]


def test_finish_by_somebody_else_or_twice_is_refused():
    made = finished()
    with refused("finish_not_now"):
        finish_round(round=made.round, by=made.staff)
    for user in (person(), made.evaluators[0]):
        with refused("not_staff"):
            finish_round(round=made.round, by=user)


def test_round_that_did_not_start_cannot_be_finished():
    made = prepared()
    with refused("finish_not_now"):
        finish_round(round=made.round, by=made.staff)


# ── select ──


def test_selection_in_the_order_of_places_needs_no_reason():
    made = finished()
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1, 2))
    assert outcomes(made) == ["selected", "selected", "not_selected"]


def test_selection_that_leaves_the_order_needs_a_reason_that_those_concerned_keep():
    made = finished()
    with refused("order_left"):
        select_entries(round=made.round, by=made.staff, entries=entry(made, 1, 3), reason=" ")
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1, 3), reason="A site is ready.")
    assert outcomes(made) == ["selected", "not_selected", "selected"]
    kept = Result.objects.order_by("entry__order").values_list("outcome_reason", flat=True)
    assert list(kept) == ["", "A site is ready.", "A site is ready."]


def test_selecting_nobody_though_some_pass_needs_a_reason():
    made = finished()
    with refused("order_left"):
        select_entries(round=made.round, by=made.staff, entries=[])
    select_entries(round=made.round, by=made.staff, entries=[], reason="No budget this year.")
    assert outcomes(made) == ["not_selected"] * 3


def test_tie_across_the_line_needs_a_reason_whichever_is_taken():
    made = finished(points=lambda entry, evaluator: [9 if entry == 1 else 8])
    for taken in (2, 3):
        with refused("order_left"):
            select_entries(round=made.round, by=made.staff, entries=entry(made, 1, taken))
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1))
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1, 2, 3))
    assert outcomes(made) == ["selected"] * 3


def test_entry_below_the_pass_mark_cannot_be_selected():
    made = finished(entries=4)
    assert outcomes(made)[3] == "below_pass"
    with refused("below_pass"):
        select_entries(round=made.round, by=made.staff, entries=entry(made, 1, 2, 3, 4), reason="All.")
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1, 2, 3))
    assert outcomes(made)[3] == "below_pass"


def test_entry_of_another_round_cannot_be_selected():
    made, other = finished(), finished()
    with refused("unknown_entry"):
        select_entries(round=made.round, by=made.staff, entries=entry(other, 1))


def test_selection_by_somebody_else_or_at_another_time_is_refused():
    made = finished()
    with refused("not_staff"):
        select_entries(round=made.round, by=made.evaluators[0], entries=entry(made, 1))
    running = round_with(scored=True)
    with refused("select_not_now"):
        select_entries(round=running.round, by=running.staff, entries=entry(running, 1))


def test_too_long_a_reason_for_leaving_the_order_is_refused():
    made = finished()
    with refused("reason_too_long"):
        select_entries(round=made.round, by=made.staff, entries=entry(made, 3), reason="가" * 301)


@pytest.mark.parametrize(
    ("ranks", "chosen", "concerned"),
    [
        ([1, 2, 3], {1, 2}, set()),
        ([1, 2, 3], {1, 2, 3}, set()),
        ([1, 2, 3], {2}, {1, 2}),
        ([1, 2, 3], {1, 3}, {2, 3}),
        ([1, 2, 2], {1, 2}, {2, 3}),
        ([1, 1, 3], {1}, {1, 2}),
        ([None, None], set(), set()),
        ([1, None], set(), {1}),
    ],
)
def test_who_is_concerned_by_leaving_the_order(ranks, chosen, concerned):
    results = [
        Result(entry_id=n, rank=rank, passed=rank is not None) for n, rank in enumerate(ranks, start=1)
    ]
    assert departing(results, chosen) == concerned


# ── publish ──


def test_publishing_freezes_results_tells_applicants_and_announces_once_each():
    first, second = finished(), finished(entries=1)
    for made in (first, second):
        select_entries(round=made.round, by=made.staff, entries=entry(made, 1))
    seen = []
    subscriber = hooks.results_published.subscribe(lambda *, round: seen.append((round.pk, round.state)))
    try:
        published_now(second, first)
    finally:
        hooks.results_published._subscribers.remove(subscriber)
    assert sorted(seen) == sorted([(first.round.pk, "published"), (second.round.pk, "published")])
    assert Result.objects.filter(published_at=None).count() == 0
    assert Message.objects.filter(kind="evaluation.results").count() == 4
    assert set(selected_submissions()) == {first.submissions[0], second.submissions[0]}


def test_message_of_a_result_holds_scores_and_comments_without_names():
    made = round_with(entries=1)
    for number, user in enumerate(made.evaluators, start=1):
        type(user).objects.filter(pk=user.pk).update(name=f"Canary{number}")
        made.score(1, number, 9, 8, 7, comment=f"의견 {number}")
    finish_round(round=made.round, by=made.staff)
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1))
    published_now(made)
    message = Message.objects.get(kind="evaluation.results")
    assert message.recipient == made.submissions[0].created_by
    for text in ("82.00", "의견 1", "의견 2", "의견 3", "36.00/40", "32.00/40", "14.00/20"):
        assert text in message.body
    assert "Canary" not in message.body + message.subject


def test_publishing_undecided_results_is_refused_for_all_rounds():
    ready, open_ = finished(), finished()
    select_entries(round=ready.round, by=ready.staff, entries=entry(ready, 1))
    with refused("not_decided"):
        prepare_publication(rounds=[ready.round, open_.round], by=ready.staff)
    assert Round.objects.get(pk=ready.round.pk).state == "finished"
    assert not Message.objects.filter(kind="evaluation.results").exists()


def test_round_in_which_nobody_passes_is_published_without_a_selection():
    made = finished(points=lambda entry, evaluator: [3])
    published_now(made)
    assert outcomes(made) == ["below_pass"] * 3


def test_hook_that_fails_leaves_nothing_published():
    made = finished()
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1))

    def fail(*, round):
        raise RuntimeError("no")

    hooks.results_published.subscribe(fail)
    try:
        with pytest.raises(RuntimeError):
            published_now(made)
    finally:
        hooks.results_published._subscribers.remove(fail)
    assert Round.objects.get(pk=made.round.pk).state == "finished"
    assert not Message.objects.filter(kind="evaluation.results").exists()


def published():
    made = finished()
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1))
    published_now(made)
    return made


@pytest.mark.parametrize(
    "statement", ["UPDATE evaluation_result SET total = 99", "DELETE FROM evaluation_result"]
)
def test_database_refuses_to_change_a_published_result(statement):
    published()
    with pytest.raises(DatabaseError, match="a published result stands"), transaction.atomic():
        connection.cursor().execute(statement)


def test_database_refuses_to_select_an_entry_that_did_not_pass():
    made = finished(points=lambda entry, evaluator: [3])
    with pytest.raises(IntegrityError, match="only_who_passes_is_selected"), transaction.atomic():
        Result.objects.filter(entry__round=made.round).update(outcome="selected")


def test_database_refuses_to_publish_an_open_result():
    made = finished()
    with pytest.raises(IntegrityError, match="published_result_is_decided"), transaction.atomic():
        Result.objects.filter(entry__round=made.round).update(published_at=made.round.finished_at)


# ── reopen ──


def test_reopened_round_takes_sheets_again_and_is_computed_anew():
    made = finished(entries=1)
    with refused("reason_needed"):
        reopen_round(round=made.round, by=made.staff, reason="")
    with refused("not_staff"):
        reopen_round(round=made.round, by=person(), reason="Please.")
    made.round = reopen_round(round=made.round, by=made.staff, reason="A sheet was missing.")
    assert (made.round.state, made.round.finished_at) == ("scoring", None)
    assert not Result.objects.exists()
    assert Message.objects.filter(kind="evaluation.round_reopened").count() == 3
    seat_panelist(round=made.round, by=made.staff, user=person(), reason="Nobody in the pool fits.")
    assert finish_round(round=made.round, by=made.staff).state == "finished"
    assert Message.objects.filter(kind="evaluation.round_finished").count() == 2


def test_published_round_is_not_reopened():
    made = published()
    with refused("reopen_not_now"):
        reopen_round(round=made.round, by=made.staff, reason="An error.")


# ── what the applicant reads ──


def test_results_of_a_submission_are_told_only_when_published():
    made = finished()
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1))
    submission = made.submissions[0]
    assert results_of(submission) == []
    published_now(made)
    (result,) = results_of(submission)
    assert [str(group.mean) for group in result.groups] == ["36.00", "36.00", "18.00"]
    assert [(str(mean), weight) for _, mean, weight in result.lines] == [
        ("36.00", 40),
        ("36.00", 40),
        ("18.00", 20),
    ]
    assert len(result.comments) == 3


def test_results_of_a_submission_take_the_same_queries_for_one_or_three(django_assert_max_num_queries):
    made = published()
    with django_assert_max_num_queries(9):
        results_of(made.submissions[0])


def test_person_who_applied_is_told_too():
    made = prepared(entries=1)
    who = person()
    Submission.objects.filter(pk=made.submissions[0].pk).update(
        applicant_organisation=None, applicant_person=who
    )
    member(person(), made.submissions[0].applicant_organisation)
    from innomarket.evaluation.services.round import start_round
    from tests.evaluation.factories import pledge_and_declare

    made.round = start_round(round=made.round, by=made.staff)
    for number, user in enumerate(made.evaluators, start=1):
        pledge_and_declare(made.round, user)
        made.score(1, number, 9)
    finish_round(round=made.round, by=made.staff)
    select_entries(round=made.round, by=made.staff, entries=entry(made, 1))
    published_now(made)
    assert [one.recipient for one in Message.objects.filter(kind="evaluation.results")] == [who]
