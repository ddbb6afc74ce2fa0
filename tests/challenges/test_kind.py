"""The task in the engine: who may begin one, what is still missing, what is frozen."""

import pytest
from django.utils.translation import override

from challenges import kind
from challenges.forms import PlanForm, ProblemForm
from challenges.models import Challenge
from challenges.sdgs import GOALS
from innomarket.common.fields import WonField
from innomarket.common.refusals import Refused
from innomarket.submissions.services.submission import begin_submission, save_step, submit
from tests.accounts.factories import company, institution, member, person
from tests.challenges import factories as make
from tests.submissions import factories as engine

pytestmark = pytest.mark.django_db


def test_begin_by_an_institution_makes_an_empty_task():
    owner = institution()
    draft = engine.submission(call=make.task_call(), organisation=owner, complete=False)
    assert draft.number[3:5] == "CT"
    assert Challenge.objects.get(submission=draft).title == ""
    assert [missing.field for missing in kind.checklist(draft)] == [
        field for _step, field, _text in kind.NEEDED
    ]


def test_begin_by_an_institution_that_waits_for_verification_is_possible():
    owner = institution(state="pending")
    assert engine.submission(call=make.task_call(), organisation=owner, complete=False).state == "draft"


@pytest.mark.parametrize("state", ["verified", "pending"])
def test_begin_by_a_company_is_refused(state):
    user, firm = person(), company(state=state)
    member(user, firm)
    with pytest.raises(Refused) as refused:
        begin_submission(by=user, lot=engine.lot_of(make.task_call()), organisation=firm)
    assert (refused.value.code, refused.value.status) == ("institutions_only", 403)
    assert not Challenge.objects.exists()


def test_every_field_may_stay_empty_in_a_draft():
    draft = engine.submission(call=make.task_call(), organisation=institution(), complete=False)
    for step in kind.KIND.steps:
        draft = save_step(submission=draft, by=draft.created_by, step=step.code, data={})
    with pytest.raises(Refused):
        submit(submission=draft, by=draft.created_by)


def test_complete_task_misses_nothing_and_freezes_in_the_order_of_the_form():
    task = make.submitted_task()
    assert kind.checklist(task) == []
    keys = [section["key"] for section in task.current.sections]
    assert keys == [key for key, _label in kind.LABELS]
    frozen = {section["key"]: section for section in task.current.sections}
    assert frozen["budget_won"]["value"] == 240_000_000
    assert frozen["wanted_from"]["value"] == "2027-04-01"
    assert frozen["sdgs"]["value"][0] == {"ko": "6 깨끗한 물과 위생", "en": "6 Clean water and sanitation"}
    assert frozen["problem"]["label_en"] == "The problem"


def test_freeze_of_an_empty_draft_does_not_fail():
    draft = engine.submission(call=make.task_call(), organisation=institution(), complete=False)
    frozen = kind.freeze(draft)
    assert frozen.title == ""
    assert all(section.value in ("", None, []) for section in frozen.sections)


def test_goals_are_seventeen_in_both_languages():
    assert [goal.number for goal in GOALS] == list(range(1, 18))
    assert all(goal.ko and goal.en for goal in GOALS)


@pytest.mark.parametrize("typed", ["300,000,000", "300000000", " 300 000 000원", "₩300,000,000", 300_000_000])
def test_amount_with_commas_is_the_amount(typed):
    assert WonField().clean(typed) == 300_000_000


@pytest.mark.parametrize("typed", ["3억", "1.5", "about 100", "-5", "0", "99999999999999"])
def test_amount_that_is_none_is_refused(typed):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        WonField().clean(typed)


def test_amount_is_shown_back_as_typed_when_it_cannot_be_read():
    assert WonField().prepare_value("3억") == "3억"
    assert WonField().prepare_value(300_000_000) == "300,000,000"


def test_plan_with_its_end_before_its_beginning_is_refused_at_the_field():
    form = PlanForm({"wanted_from": "2027-09-01", "wanted_until": "2027-04-01"})
    assert not form.is_valid()
    assert list(form.errors) == ["wanted_until"]


def test_plan_with_a_goal_that_does_not_exist_is_refused():
    assert "sdgs" in PlanForm({"sdgs": ["18"]}).errors


def test_form_says_that_a_selected_task_is_published():
    for language, word in (("en", "published"), ("ko", "공개")):
        with override(language):
            assert word in str(ProblemForm().fields["problem"].help_text)
    assert ProblemForm().fields["problem"].needed


def test_dates_that_do_not_go_with_the_stored_ones_are_refused_and_not_written():
    """The new beginning is valid by itself; with the old end it would break the table's rule."""
    draft = engine.submission(call=make.task_call(), organisation=institution(), complete=False)
    by = draft.created_by
    save_step(
        submission=draft, by=by, step="plan", data={"wanted_from": "2027-01-01", "wanted_until": "2027-02-01"}
    )
    saved = save_step(
        submission=draft, by=by, step="plan", data={"wanted_from": "2027-05-01", "wanted_until": "2027-04-01"}
    )
    assert "wanted_until" in saved.refused_fields
    task = Challenge.objects.get(submission=draft)
    assert (task.wanted_from.month, task.wanted_until.month) == (1, 2)
