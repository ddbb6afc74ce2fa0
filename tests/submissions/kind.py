"""Two small kinds for the engine's tests: one of organisations, one of persons, over the table of challenge tasks."""

from django import forms

from challenges.models import Challenge
from innomarket.common.refusals import Refusal, forbidden
from innomarket.submissions import kinds
from innomarket.submissions.kinds import Frozen, Kind, Missing, Section, Slot, Step
from innomarket.submissions.specs import CriterionSpec, GroupSpec

TASK, IDEA = "test_task", "test_idea"


class ProblemForm(forms.ModelForm):
    sdgs = forms.TypedMultipleChoiceField(
        label="Goals",
        coerce=int,
        required=False,
        choices=[(n, f"Goal {n}") for n in range(1, 18)],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Challenge
        fields = ["title", "problem", "sdgs"]


class PlanForm(forms.ModelForm):
    class Meta:
        model = Challenge
        fields = ["budget_won", "wanted_from", "wanted_until"]


def _subject(submission):
    return Challenge.objects.get(pk=submission.pk)


def _checklist(submission):
    task = _subject(submission)
    found = []
    if not task.title:
        found.append(Missing("problem", "Give the title.", "title"))
    if not task.budget_won:
        found.append(Missing("plan", "Give the budget.", "budget_won"))
    return found


def _freeze(submission):
    task = _subject(submission)
    return Frozen(
        task.title,
        [
            Section("problem", "Problem", task.problem),
            Section("sdgs", "Goals", task.sdgs),
            Section("budget_won", "Budget (won)", task.budget_won),
            Section("wanted_from", "From", task.wanted_from and task.wanted_from.isoformat()),
        ],
    )


def _may_apply(user, organisation, lot) -> Refusal | None:
    if organisation is not None and organisation.kind.code == "ministry":
        return forbidden("wrong_kind", "A ministry does not apply here.")
    return None


def groups():
    """Two criteria of 60 and 40."""
    return [
        GroupSpec("공공성", "Publicness", 60, [CriterionSpec("효과", "Effect", 60)]),
        GroupSpec("혁신성", "Innovation", 60, [CriterionSpec("새로움", "Novelty", 40)]),
    ]


def _kind(code: str, applicant: str) -> Kind:
    return Kind(
        code=code,
        label="Test task",
        number="CT",
        applicant=applicant,
        steps=(
            Step("problem", "The problem", ProblemForm, "What hurts?"),
            Step("plan", "The plan", PlanForm),
        ),
        slots=(
            Slot("paper", "The paper", ("pdf",), required=applicant == "organisation"),
            Slot("more", "More", ("pdf", "png"), max_files=3),
        ),
        may_apply=_may_apply,
        begin=lambda submission: Challenge.objects.create(submission=submission),
        subject=_subject,
        checklist=_checklist,
        freeze=_freeze,
        url=lambda submission: f"/submissions/{submission.number}/check/",
        anonymous=frozenset({"budget_won"}),
        extra={"groups": groups},
    )


def register() -> None:
    kinds.register(_kind(TASK, "organisation"))
    kinds.register(_kind(IDEA, "person"))
