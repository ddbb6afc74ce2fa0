"""Who may read what: submissions, sheets, entries, rounds, opinions. Canaries stand in the revisions."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.evaluation.models import Entry, FitOpinion, Round, Sheet
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.opinion import give_fit_opinion
from innomarket.evaluation.services.pledge import sign_pledge
from innomarket.evaluation.services.result import select_entries
from innomarket.evaluation.services.round import cancel_round, start_round, unseat_panelist
from innomarket.submissions.models import Call, Revision, Submission
from tests.accounts.factories import institution, member, person, staff

from .factories import opened_lot, owner_of, prepared, published, round_with, submitted
from .test_round import refused

pytestmark = pytest.mark.django_db


def readable(user):
    return list(Submission.objects.readable_by(user).order_by("number"))


def test_evaluator_reads_nothing_before_the_start_and_before_declaring():
    made = prepared()
    assert readable(made.evaluators[0]) == []
    start_round(round=made.round, by=made.staff)
    assert readable(made.evaluators[0]) == []
    sign_pledge(panelist=made.panelist(1), by=made.evaluators[0])
    assert readable(made.evaluators[0]) == []
    declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={})
    assert readable(made.evaluators[0]) == made.submissions
    assert readable(made.evaluators[1]) == []


def test_evaluator_reads_no_entry_from_which_they_are_recused():
    made = round_with(declared=False)
    declare_conflicts(round=made.round, by=made.evaluators[0], conflicts={made.entry(2).pk: "A friend."})
    assert readable(made.evaluators[0]) == [made.submissions[0], made.submissions[2]]
    declare_conflict(assignment=made.assignment(1, 1), by=made.evaluators[0], reason="Also.")
    assert readable(made.evaluators[0]) == [made.submissions[2]]
    assert (
        not Revision.objects.readable_by(made.evaluators[0]).filter(submission=made.submissions[0]).exists()
    )


def test_evaluator_of_another_round_or_who_left_reads_nothing():
    made, other = round_with(), round_with()
    assert readable(made.evaluators[0]) == made.submissions
    assert set(readable(other.evaluators[0])) == set(other.submissions)
    unseat_panelist(panelist=made.panelist(1), by=made.staff, reason="Ill.")
    assert readable(made.evaluators[0]) == []


def test_evaluator_reads_until_the_results_are_published():
    made = round_with(finished=True)
    assert readable(made.evaluators[0]) == made.submissions
    select_entries(round=made.round, by=made.staff, entries=[made.entry(1).pk])
    published(made)
    assert readable(made.evaluators[0]) == []


def test_evaluator_of_a_cancelled_round_reads_nothing():
    made = round_with()
    cancel_round(round=made.round, by=made.staff, reason="Wrong panel.")
    assert readable(made.evaluators[0]) == []


def test_nobody_else_reads_a_submission_through_evaluation():
    round_with()
    for user in (AnonymousUser(), person(), staff("keep_budget"), staff("keep_committee")):
        assert readable(user) == []
        assert not Entry.objects.assigned_to(user).exists()


def test_sheets_are_read_by_their_evaluator_and_by_staff_of_rounds():
    made = round_with(entries=1, scored=True, owner=institution())
    owner, applicant = owner_of(made.lot), made.submissions[0].created_by
    assert Sheet.objects.readable_by(made.evaluators[0]).count() == 1
    assert Sheet.objects.readable_by(made.staff).count() == 3
    for user in (AnonymousUser(), owner, applicant, person(), staff("keep_budget")):
        assert not Sheet.objects.readable_by(user).exists()


def test_rounds_are_known_to_their_panel_and_to_staff_of_rounds():
    made, other = round_with(), round_with()
    assert list(Round.objects.visible_to(made.evaluators[0])) == [made.round]
    assert set(Round.objects.visible_to(made.staff)) == {made.round, other.round}
    for user in (AnonymousUser(), made.submissions[0].created_by, staff("read_audit")):
        assert not Round.objects.visible_to(user).exists()


def test_institution_reads_what_answers_its_task_and_no_scores():
    made, other = round_with(owner=institution(), scored=True), round_with(owner=institution())
    user = owner_of(made.lot)
    assert readable(user) == made.submissions
    assert not set(readable(user)) & set(other.submissions)
    assert not Sheet.objects.readable_by(user).exists()
    assert not Round.objects.visible_to(user).exists()


# ── the fit opinion ──


def opinion(made, user=None, verdict="fits", reason="관로 형태와 맞습니다."):
    return give_fit_opinion(
        submission=made.submissions[0], by=user or owner_of(made.lot), verdict=verdict, reason=reason
    )


def test_institution_gives_an_opinion_and_puts_it_better_until_the_round_is_scored():
    made = round_with(owner=institution())
    given = opinion(made)
    assert (given.verdict, given.organisation) == ("fits", made.lot.owner)
    again = opinion(made, verdict="partly", reason="지름이 다릅니다.")
    stored = FitOpinion.objects.get()
    assert again == given and (stored.verdict, stored.reason) == ("partly", "지름이 다릅니다.")
    assert not AuditEntry.objects.filter(reason__contains="지름").exists()


def test_opinion_after_the_round_is_scored_is_refused():
    made = round_with(owner=institution(), finished=True)
    with refused("opinion_too_late"):
        opinion(made)


def test_opinion_needs_a_verdict_and_reasons_at_their_fields():
    made = round_with(owner=institution())
    for fields, field in (
        ({"verdict": "good"}, "verdict"),
        ({"reason": " "}, "reason"),
        ({"reason": "가" * 4001}, "reason"),
    ):
        with pytest.raises(Refused) as caught:
            opinion(made, **fields)
        assert caught.value.field == field


def test_opinion_of_anybody_else_is_refused():
    made = round_with(owner=institution())
    viewer, elsewhere = person(), person()
    member(viewer, made.lot.owner, role="viewer")
    member(elsewhere, institution())
    for user in (viewer, elsewhere, made.staff, made.evaluators[0], made.submissions[0].created_by):
        with refused("not_the_owner"):
            opinion(made, user=user)


def test_opinion_of_who_also_belongs_to_the_applicant_is_refused():
    made = round_with(owner=institution())
    user = owner_of(made.lot)
    member(user, made.submissions[0].applicant_organisation)
    with refused("own_submission"):
        opinion(made, user=user)


def test_opinion_before_the_opening_is_refused():
    lot = opened_lot(owner=institution())
    submission = submitted(lot)
    Call.objects.filter(pk=lot.call_id).update(opened_at=None, opened_by=None)
    with refused("not_opened"):
        give_fit_opinion(submission=submission, by=owner_of(lot), verdict="fits", reason="Good.")


def test_opinion_on_what_was_withdrawn_is_refused():
    lot = opened_lot(owner=institution())
    submission = submitted(lot)
    Submission.objects.filter(pk=submission.pk).update(state="withdrawn", withdrawn_at=now())
    with refused("not_opened"):
        give_fit_opinion(submission=submission, by=owner_of(lot), verdict="fits", reason="Good.")


def test_database_refuses_an_opinion_without_reasons():
    made = round_with(owner=institution())
    with pytest.raises(IntegrityError, match="fit_opinion_has_reasons"), transaction.atomic():
        FitOpinion.objects.create(
            submission=made.submissions[0],
            organisation=made.lot.owner,
            verdict="fits",
            reason="",
            given_by=made.staff,
        )
