"""What becomes public after the results, and the call for solutions to it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from challenges.models import Challenge
from challenges.services.challenge import publish_selected
from challenges.services.solution_call import open_solution_call, preview
from challenges.shipped import challenge_groups, proposal_groups
from innomarket.audit.models import Entry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.evaluation.hooks import results_published
from innomarket.evaluation.models import Objection
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.services.call import announce_call, cancel_call
from tests.accounts.factories import company, institution, person, staff
from tests.challenges import factories as make
from tests.designation.test_review import revised
from tests.evaluation.factories import answered_anew, objected
from tests.submissions import factories as engine

pytestmark = pytest.mark.django_db


def refusal(call, **arguments) -> str:
    with pytest.raises(Refused) as refused:
        call(**arguments)
    return refused.value.code


def opening(*tasks, by=None, **fields):
    values = {"title_ko": "해결책 공모", "title_en": "Call for solutions"} | make.dates() | fields
    return {"by": by or staff("run_rounds"), "challenges": list(tasks), **values}


# ── becoming public ──


def test_results_published_makes_the_selected_task_public_with_its_story():
    submission = make.submitted_task()
    engine.open_up(submission.lot.call)
    results_published.announce(round=make.published_round(submission))
    task = Challenge.objects.get(submission=submission)
    assert task.published_at is not None
    kinds = list(task.submission.story.milestones.values_list("kind", flat=True))
    assert kinds == ["task_received", "task_selected"]
    first = task.submission.story.milestones.first()
    assert first.at == submission.submitted_at
    assert submission.current.title in first.text_ko
    assert Entry.objects.filter(verb="challenges.publish", subject_id=str(task.pk)).exists()


@pytest.mark.parametrize("outcome", ["not_selected", "below_pass"])
def test_results_published_leaves_the_others_private(outcome):
    submission = make.submitted_task()
    engine.open_up(submission.lot.call)
    results_published.announce(round=make.published_round(submission, outcome=outcome))
    assert Challenge.objects.get(submission=submission).published_at is None


def test_publish_selected_before_the_results_are_published_does_nothing():
    submission = make.submitted_task()
    engine.open_up(submission.lot.call)
    assert publish_selected(round=make.published_round(submission, published=False)) == []
    assert not Challenge.objects.public().exists()


def test_publish_selected_again_changes_nothing(capsys):
    task = make.published_task()
    before = task.published_at
    call_command("reconcile_challenges")
    task.refresh_from_db()
    assert task.published_at == before
    assert task.submission.story.milestones.count() == 2


def test_publish_selected_of_another_kind_does_nothing():
    from tests.designation import factories as designation

    proposal = designation.submitted_proposal()
    assert publish_selected(round=designation.result(proposal).entry.round) == []


def test_public_task_is_read_by_everybody_and_a_private_one_by_its_people_only():
    from django.contrib.auth.models import AnonymousUser

    public, private = make.published_task().submission, make.submitted_task()
    stranger = person()
    for user in (AnonymousUser(), stranger):
        readable = Submission.objects.readable_by(user)
        assert public in readable
        assert private not in readable
    assert private in Submission.objects.readable_by(private.created_by)
    assert private not in Submission.objects.readable_by(public.created_by)
    assert private not in Submission.objects.readable_by(staff("run_rounds"))


# ── the call for solutions ──


def test_open_solution_call_makes_a_lot_for_each_task():
    one, two = make.published_task(), make.published_task()
    call = open_solution_call(**opening(two, one))
    assert (call.kind, call.state, call.one_per_applicant) == ("proposal", "draft", True)
    lots = list(call.lots.order_by("order"))
    assert [lot.challenge for lot in lots] == [one, two]
    for lot, task in zip(lots, (one, two), strict=True):
        assert lot.owner == task.submission.applicant_organisation
        assert lot.story == task.submission.story
        assert lot.title_ko == task.submission.current.title
    assert Call.objects.visible_to(person()).filter(pk=call.pk).count() == 0


def test_announced_call_stands_in_the_story():
    task = make.published_task()
    make.solution_call(task)
    assert "call_announced" in task.submission.story.milestones.values_list("kind", flat=True)


@pytest.mark.parametrize("who", ["keep_committee", "keep_budget"])
def test_open_solution_call_without_the_permission_is_refused(who):
    assert refusal(open_solution_call, **opening(make.published_task(), by=staff(who))) == "not_staff"


def test_open_solution_call_by_the_institution_itself_is_refused():
    task = make.published_task()
    assert refusal(open_solution_call, **opening(task, by=task.submission.created_by)) == "not_staff"


def test_open_solution_call_without_a_task_is_refused():
    assert refusal(open_solution_call, **opening()) == "no_tasks"


def test_open_solution_call_waits_for_an_objection_and_for_its_evaluation_anew():
    task = make.published_task()
    objection = objected(task.submission)
    assert refusal(open_solution_call, **opening(task)) == "held_back"
    answered_anew(objection)
    assert refusal(open_solution_call, **opening(task, make.published_task())) == "held_back"
    other = make.published_task()
    Objection.objects.filter(pk=objected(other.submission).pk).update(state="withdrawn", ended_at=now())
    assert open_solution_call(**opening(other)).lots.count() == 1


def test_open_solution_call_of_a_task_that_is_not_selected_is_refused():
    task = Challenge.objects.get(submission=make.submitted_task())
    assert refusal(open_solution_call, **opening(make.published_task(), task)) == "task_not_selected"
    assert not Call.objects.filter(kind="proposal").exists()


def test_open_solution_call_of_a_task_that_an_evaluation_anew_let_fall_is_refused():
    task = make.published_task()
    revised(task.submission)
    assert refusal(open_solution_call, **opening(task)) == "task_no_longer_selected"


def test_a_task_that_fell_before_the_hook_ran_does_not_become_public():
    submission = make.submitted_task()
    engine.open_up(submission.lot.call)
    round_ = make.published_round(submission)
    revised(submission)
    assert publish_selected(round=round_) == []


def test_open_solution_call_twice_for_a_task_is_refused():
    task = make.published_task()
    open_solution_call(**opening(task))
    assert refusal(open_solution_call, **opening(task)) == "task_has_its_call"


def test_open_solution_call_again_after_the_first_was_cancelled():
    task, by = make.published_task(), staff("run_rounds")
    first = open_solution_call(**opening(task, by=by))
    cancel_call(call=first, by=by, reason="기간을 잘못 적었습니다.")
    second = open_solution_call(**opening(task, by=by))
    task.refresh_from_db()
    assert task.solution_lot.call == second


def test_open_solution_call_with_wrong_dates_leaves_nothing():
    task = make.published_task()
    dates = make.dates()
    dates["closes_at"] = dates["opens_at"] - timedelta(days=1)
    with pytest.raises(Refused):
        open_solution_call(**opening(task, **dates))
    task.refresh_from_db()
    assert task.solution_lot is None
    assert not Call.objects.filter(kind="proposal").exists()


def test_preview_names_each_task_in_the_order_of_the_lots():
    one, two = make.published_task(), make.published_task()
    lines = preview([two, one])
    assert [task.number in line for task, line in zip((one, two), lines[1:], strict=True)] == [True, True]


def test_company_answers_a_task_once_and_sees_only_its_own():
    task = make.published_task()
    call = make.solution_call(task)
    proposal = engine.submitted(lot=engine.lot_of(call), organisation=company())
    assert proposal.number[3:5] == "PR"
    with pytest.raises(Refused):
        engine.submission(lot=engine.lot_of(call), by=proposal.created_by)
    institution_person = task.submission.created_by
    assert proposal not in Submission.objects.readable_by(institution_person)


def test_institution_may_not_propose_to_a_call_for_solutions():
    call = make.solution_call(make.published_task())
    user, body = engine.applicant(institution())
    with pytest.raises(Refused) as refused:
        engine.submission(lot=engine.lot_of(call), by=user, organisation=body, complete=False)
    assert refused.value.code == "companies_only"


def test_shipped_criteria_add_up_to_100_and_say_that_they_are_ours():
    for groups in (challenge_groups(), proposal_groups()):
        criteria = [criterion for group in groups for criterion in group.criteria]
        assert sum(criterion.weight for criterion in criteria) == 100
        assert len(criteria) == 3
        assert all("우리 기본값" in c.explanation_ko and "our default" in c.explanation_en for c in criteria)


def test_database_refuses_a_solution_lot_of_a_task_that_is_not_public():
    task = Challenge.objects.get(submission=make.submitted_task())
    lot = announce_call(call=engine.call("proposal"), by=staff("run_rounds")).lots.get()
    with pytest.raises(DatabaseError, match="challenge_answered_only_when_public"), transaction.atomic():
        Challenge.objects.filter(pk=task.pk).update(solution_lot=lot)
