"""The list of public ideas, and an idea's one page. Who wrote an idea is shown nowhere but to themselves."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from innomarket.common.clock import now
from innomarket.common.lists import KeysetListView
from innomarket.common.refusals import allowed
from innomarket.evaluation.models import Result
from innomarket.evaluation.reads import results_of, waiting_words
from innomarket.evaluation.states import Outcome
from innomarket.submissions import deadlines, permissions
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.states import SubmissionState
from innomarket.timeline.models import Milestone

from .. import phases
from ..filters import IdeaFilter
from ..models import Idea
from ..names import IDEA, idea_url
from .task import OWN_SHOWN, answers_of

PICKED = "picked"


class IdeaList(KeysetListView):
    """Every public idea; above them one's own, and the call that takes further ones."""

    template_name = "challenges/ideas.html"
    order = ("-published_at", "-pk")
    filterset_class = IdeaFilter

    def get_queryset(self) -> Any:
        return Idea.objects.public().select_related("submission__current")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, now()
        context = super().get_context_data(section="challenges", now=at, **kwargs)
        context["items"] = [
            {
                "title": idea.title,
                "url": reverse("challenges:idea", args=[idea.number]),
                "number": idea.number,
                "text": idea.wish,
                "meta": [idea.place] if idea.place else [],
            }
            for idea in context["rows"]
        ]
        calls = Call.objects.visible_to(user).open_now().filter(kind=IDEA)
        context["call"] = calls.order_by("closes_at", "pk").first()
        context["own"] = own_rows(user, at)
        return context


def own_rows(user: Any, at: Any) -> list[dict[str, Any]]:
    """One's own ideas, the newest first, with their state and next step."""
    if not user.is_authenticated:
        return []
    found = list(
        Idea.objects.filter(submission__in=Submission.objects.of_applicant(user).values("pk"))
        .select_related("submission__lot__call")
        .order_by("-pk")[:OWN_SHOWN]
    )
    deadlines.note_closings(idea.submission for idea in found)
    ended = set(
        Result.objects.deciding()
        .filter(entry__submission__in=[idea.pk for idea in found])
        .values_list("entry__submission", flat=True)
    )
    rows = []
    for idea in found:
        phase = phase_of(idea, at, idea.pk in ended)
        rows.append(
            {
                "title": idea.submission.title or _("Idea without a title"),
                "url": reverse("challenges:idea", args=[idea.number]),
                "number": idea.number,
                "state": phase.label,
                "tone": phase.tone,
                "note": phase.waiting,
            }
        )
    return rows


def phase_of(idea: Idea, at: Any, ended: bool, stage: Any = "") -> phases.Phase:
    """Where the idea stands; for what is not public, as its author sees it."""
    if idea.published_at:
        return phases.Phase(PICKED, _("picked"), "success")
    return phases.of_own(idea.submission, at, ended, stage, phases.OF_IDEA)


class IdeaDetail(TemplateView):
    """One idea for everybody who may read it; for its author what is private, too."""

    template_name = "challenges/idea.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, now()
        idea = self.get_idea()
        submission = idea.submission
        own = Submission.objects.of_applicant(user).filter(pk=submission.pk).exists()
        results = results_of(submission) if own else []
        result = next(iter(results), None)
        ended = result is not None and result.outcome != Outcome.ADVANCES
        is_open = own and deadlines.is_open_for(submission, at)
        return super().get_context_data(
            idea=idea,
            submission=submission,
            revision=submission.current,
            answers=answers_of(submission.current),
            own=own,
            result=result,
            earlier=results[1:],
            phase=phase_of(idea, at, ended, waiting_words(submission)),
            milestones=story_of(submission) if idea.published_at else [],
            can_edit=is_open and allowed(permissions.may_edit(user, submission)),
            can_withdraw=is_open
            and submission.state == SubmissionState.SUBMITTED
            and allowed(permissions.may_withdraw(user, submission)),
            closes=deadlines.closing_of(submission) if is_open else None,
            section="challenges",
            now=at,
            **kwargs,
        )

    def get_idea(self) -> Idea:
        idea = (
            Idea.objects.readable_by(self.request.user)
            .select_related("submission__lot__call", "submission__current", "submission__story")
            .filter(submission__number=self.kwargs["number"])
            .first()
        )
        if idea is None:
            raise Http404
        return idea


def story_of(submission: Submission) -> list[Milestone]:
    """What has happened so far; what happened on this page needs no link to it."""
    milestones = list(submission.story.milestones.public()) if submission.story else []
    for milestone in milestones:
        if milestone.url == idea_url(submission):
            milestone.url = ""
    return milestones
