"""The kind "idea": how the engine meets what a person wishes were better. People's Ideas, domain.md §3.3."""

from django.utils.translation import gettext_lazy as _

from innomarket.submissions.kinds import Frozen, Kind, Missing, Section, Step
from innomarket.submissions.models import Submission

from .forms import IdeaForm
from .models import Idea
from .names import IDEA, idea_url
from .permissions import may_propose_idea
from .shipped import idea_groups

# (field, what the checklist asks for); all of the one step.
NEEDED = (
    ("title", _("Give the idea a title.")),
    ("problem", _("Say what troubles people.")),
    ("wish", _("Say what should be better.")),
)
LABELS = (
    ("problem", _("What troubles people")),
    ("wish", _("What should be better")),
    ("place", _("Where")),
)


def begin(submission: Submission) -> Idea:
    return Idea.objects.create(submission=submission)


def subject(submission: Submission) -> Idea:
    return Idea.objects.get(submission=submission)


def checklist(submission: Submission) -> list[Missing]:
    idea = subject(submission)
    return [Missing("idea", text, field) for field, text in NEEDED if not getattr(idea, field)]


def freeze(submission: Submission) -> Frozen:
    idea = subject(submission)
    return Frozen(idea.title, [Section(key, label, getattr(idea, key)) for key, label in LABELS])


KIND = Kind(
    code=IDEA,
    label=_("idea"),
    number="ID",
    applicant="person",
    steps=(
        Step(
            "idea",
            _("Your idea"),
            IdeaForm,
            lead=_("Tell what should be better in daily life, and for whom."),
        ),
    ),
    slots=(),
    may_apply=may_propose_idea,
    begin=begin,
    subject=subject,
    checklist=checklist,
    freeze=freeze,
    url=idea_url,
    lead=_(
        "Whoever has an account may propose an idea: what should be better in daily life. Experts pick the best ones;"
        " these are published without your name, and institutions and companies find them."
    ),
    extra={
        "groups": idea_groups,
        "for_whom": _("Everybody who has an account"),
        "next": [
            _("After the closing the agency opens the ideas on the announced day."),
            _("Experts score each idea; you are told the result with scores and comments."),
            _("Picked ideas become public, without the name of who wrote them."),
        ],
    },
)
