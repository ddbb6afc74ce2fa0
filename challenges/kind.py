"""The kind "challenge_task": how the engine meets a public institution's problem."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.submissions.kinds import Frozen, Kind, Missing, Section, Slot, Step
from innomarket.submissions.models import Submission

from .forms import NeedForm, PlanForm, ProblemForm
from .models import Challenge
from .names import CODE, url
from .permissions import may_propose_task
from .sdgs import BY_NUMBER
from .shipped import challenge_groups

# (step, field, what the checklist asks for)
NEEDED = (
    ("problem", "title", _("Give the task a title.")),
    ("problem", "problem", _("Describe the problem.")),
    ("problem", "who_suffers", _("Say who suffers from it.")),
    ("problem", "today", _("Say how it is done today.")),
    ("need", "needed_performance", _("State the performance that is needed.")),
    ("need", "test_site", _("Describe the test site and its conditions.")),
    ("need", "scale", _("Give the scale.")),
    ("plan", "budget_won", _("Estimate the budget.")),
    ("plan", "wanted_from", _("Say from when a solution is wanted.")),
    ("plan", "wanted_until", _("Say until when a solution is wanted.")),
)
# In the order of the form; a frozen label carries its unit.
LABELS = (
    ("problem", _("The problem")),
    ("who_suffers", _("Who suffers from it")),
    ("today", _("How it is done today")),
    ("needed_performance", _("Needed performance")),
    ("test_site", _("Test site and conditions")),
    ("scale", _("Scale")),
    ("budget_won", _("Budget estimate (won, VAT included)")),
    ("wanted_from", _("Wanted from")),
    ("wanted_until", _("Wanted until")),
    ("sdgs", _("Sustainable Development Goals")),
)


def begin(submission: Submission) -> Challenge:
    return Challenge.objects.create(submission=submission)


def subject(submission: Submission) -> Challenge:
    return Challenge.objects.get(submission=submission)


def checklist(submission: Submission) -> list[Missing]:
    task = subject(submission)
    return [Missing(step, text, field) for step, field, text in NEEDED if not getattr(task, field)]


def freeze(submission: Submission) -> Frozen:
    task = subject(submission)
    return Frozen(task.title, [Section(key, label, _plain(task, key)) for key, label in LABELS])


def _plain(task: Challenge, key: str) -> Any:
    value = getattr(task, key)
    if key == "sdgs":
        return [BY_NUMBER[number].both() for number in sorted(value)]
    return value.isoformat() if key.startswith("wanted_") and value else value


KIND = Kind(
    code=CODE,
    label=_("challenge task"),
    number="CT",
    applicant="organisation",
    steps=(
        Step(
            "problem",
            _("The problem"),
            ProblemForm,
            lead=_("Tell what is wrong and for whom. Companies find the solution: leave it open."),
        ),
        Step(
            "need", _("The need"), NeedForm, lead=_("Tell what must be reached, and where it can be tried.")
        ),
        Step("plan", _("The plan"), PlanForm, lead=_("Tell how much you could spend on a pilot, and when.")),
    ),
    slots=(
        Slot(
            "attachment",
            _("Attachments"),
            ("pdf", "hwp", "hwpx", "docx", "xlsx", "pptx", "jpg", "png"),
            max_files=5,
            hint=_("Drawings, photographs, figures. The attachments of a selected task are published."),
        ),
    ),
    may_apply=may_propose_task,
    begin=begin,
    subject=subject,
    checklist=checklist,
    freeze=freeze,
    url=url,
    lead=_(
        "A challenge task describes a problem that your institution could not solve with what is on the market."
        " If it is selected, its content and attachments are published, companies answer it, and your"
        " institution is the first to try the solution."
    ),
    anonymous=frozenset({"budget_won", "wanted_from", "wanted_until", "sdgs"}),
    extra={
        "groups": challenge_groups,
        "for_whom": _("Public institutions with a demand-institution code"),
        "next": [
            _("After the closing the agency opens the tasks on the announced day."),
            _("Evaluators score each task; you are told the result with scores and comments."),
            _("Selected tasks become public and companies propose solutions to them."),
        ],
    },
)
