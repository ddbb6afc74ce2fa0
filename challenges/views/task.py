"""The list of public tasks, and a task's one page."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from innomarket.accounts.reads import may_edit_for, organisations_of
from innomarket.common import formats
from innomarket.common.clock import now
from innomarket.common.lists import KeysetListView
from innomarket.common.refusals import allowed
from innomarket.evaluation.models import Result
from innomarket.evaluation.reads import results_of, scored_rounds, waiting_words
from innomarket.evaluation.states import Outcome
from innomarket.submissions import deadlines, permissions
from innomarket.submissions.models import Submission
from innomarket.submissions.states import SubmissionState
from innomarket.submissions.templatetags.submissions import checked
from innomarket.timeline.models import Milestone

from .. import phases
from ..filters import TaskFilter, goal_counts, state_counts
from ..models import Challenge
from ..names import CODE

OWN_SHOWN = 6


class TaskList(KeysetListView):
    """Every public task; above them, those of one's own institution."""

    template_name = "challenges/list.html"
    order = ("-published_at", "-pk")
    filterset_class = TaskFilter

    def get_queryset(self) -> Any:
        return (
            Challenge.objects.public()
            .with_outcome()
            .select_related("submission__applicant_organisation", "submission__current", "solution_lot__call")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        public, at = Challenge.objects.public().with_outcome(), now()
        facets = [
            self.facet("state", _("State"), state_counts(public)),
            self.facet("sdg", _("Sustainable Development Goals"), goal_counts(public), is_open=False),
        ]
        context = super().get_context_data(facets=facets, section="challenges", now=at, **kwargs)
        news = news_of(context["rows"])
        context["cards"] = [card(task, at, news.get(task.pk, set())) for task in context["rows"]]
        context["own"] = own_rows(self.request.user, at)
        return context


def news_of(tasks: list[Challenge]) -> dict[int, set[str]]:
    """The kinds of the milestones in the tasks' stories, by task: one query for all."""
    of_story = {task.submission.story_id: task.pk for task in tasks if task.submission.story_id}
    found: dict[int, set[str]] = {}
    for story, kind in Milestone.objects.public().filter(story__in=of_story).values_list("story", "kind"):
        found.setdefault(of_story[story], set()).add(kind)
    return found


def card(task: Challenge, at: Any, news: set[str]) -> dict[str, Any]:
    """One public task as components/card.html shows it."""
    phase = phases.of_public(task, at, news)
    submission = task.submission
    meta = [name_of(submission.applicant_organisation)]
    if task.budget_won:
        language = (get_language() or "ko")[:2]
        meta.append(formats.eok(task.budget_won, language))
    return {
        "title": submission.current.title,
        "url": reverse("challenges:detail", args=[submission.number]),
        "state": phase.label,
        "tone": phase.tone,
        "number": submission.number,
        "meta": meta,
        "closes": phase.until if phase.code == phases.OPEN else None,
        "foot": "" if phase.code == phases.OPEN else phase.waiting,
    }


def own_rows(user: Any, at: Any) -> list[dict[str, Any]]:
    """The tasks of one's own institutions, the newest first, with their state and next step."""
    if not user.is_authenticated:
        return []
    found = (
        Challenge.objects.filter(submission__in=Submission.objects.of_applicant(user).values("pk"))
        .with_outcome()
        .select_related("submission__lot__call", "submission__applicant_organisation", "solution_lot__call")
        .order_by("-pk")[:OWN_SHOWN]
    )
    tasks = list(found)
    deadlines.note_closings(task.submission for task in tasks)
    published = set(
        Result.objects.deciding()
        .filter(entry__submission__in=[task.pk for task in tasks])
        .values_list("entry__submission", flat=True)
    )
    news = news_of(tasks)
    rows = []
    for task in tasks:
        submission = task.submission
        phase = (
            phases.of_public(task, at, news.get(task.pk, set()))
            if task.published_at
            else phases.of_own(submission, at, task.pk in published)
        )
        rows.append(
            {
                "title": submission.title or _("Task without a title"),
                "url": reverse("challenges:detail", args=[submission.number]),
                "number": submission.number,
                "meta": [name_of(submission.applicant_organisation)],
                "state": phase.label,
                "tone": phase.tone,
                "note": phase.waiting,
            }
        )
    return rows


def name_of(organisation: Any) -> str:
    """The organisation's name in the page's language; where it is missing, the Korean one."""
    english = (get_language() or "ko").startswith("en")
    return (organisation.name_en if english else "") or organisation.name_ko


class TaskDetail(TemplateView):
    """One task for everybody who may read it: the public story, and for its institution what is private."""

    template_name = "challenges/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, now()
        task = self.get_task()
        submission = task.submission
        own = Submission.objects.of_applicant(user).filter(pk=submission.pk).exists()
        # Its published results: for the institution itself; others see what was selected.
        results = results_of(submission) if own else []
        result = next(iter(results), None)
        milestones = (
            list(submission.story.milestones.public()) if task.published_at and submission.story else []
        )
        if task.published_at:
            phase = phases.of_public(task, at, {milestone.kind for milestone in milestones})
        else:
            ended = result is not None and result.outcome != Outcome.ADVANCES
            phase = phases.of_own(submission, at, ended, waiting_words(submission))
        return super().get_context_data(
            task=task,
            submission=submission,
            organisation=submission.applicant_organisation,
            revision=submission.current,
            answers=answers_of(submission.current),
            files=files_of(submission),
            own=own,
            result=result,
            earlier=results[1:],
            phase=phase,
            milestones=with_future(milestones, task, at),
            proposals=self.get_proposals(task),
            opinions_open=self.are_opinions_open(task),
            criteria=criteria_of(task),
            next_step=self.get_next_step(task, phase, own, at),
            can_withdraw=own
            and submission.state == SubmissionState.SUBMITTED
            and deadlines.is_open_for(submission, at)
            and allowed(permissions.may_withdraw(user, submission)),
            section="challenges",
            now=at,
            **kwargs,
        )

    def get_task(self) -> Challenge:
        task = (
            Challenge.objects.readable_by(self.request.user)
            .with_outcome()
            .select_related(
                "submission__applicant_organisation__institution_class",
                "submission__lot__call",
                "submission__current",
                "submission__story",
                "solution_lot__call",
                "solution_lot__owner",
            )
            .filter(submission__number=self.kwargs["number"], submission__lot__call__kind=CODE)
            .first()
        )
        if task is None:
            raise Http404
        return task

    def get_proposals(self, task: Challenge) -> list[Submission] | None:
        """What companies proposed, for people of the institution, after the opening; None: not for this person."""
        user, lot = self.request.user, task.solution_lot
        if lot is None or not user.is_authenticated or lot.call.opened_at is None:
            return None
        if not organisations_of(user).filter(organisation=lot.owner_id).exists():
            return None
        return list(
            Submission.objects.readable_by(user)
            .filter(lot=lot, state=SubmissionState.SUBMITTED)
            .select_related("applicant_organisation", "current", "fit_opinion")
            .order_by("number")
        )

    def are_opinions_open(self, task: Challenge) -> bool:
        """Whether this person may still say how the proposals fit: until the round is scored."""
        lot, user = task.solution_lot, self.request.user
        if lot is None or lot.call.opened_at is None or not user.is_authenticated:
            return False
        if scored_rounds().filter(lot=lot).exists():
            return False
        return lot.owner is not None and may_edit_for(user, lot.owner)

    def get_next_step(self, task: Challenge, phase: phases.Phase, own: bool, at: Any) -> dict[str, Any]:
        """The one thing to do on this page now: its address, words, and what it is about."""
        submission, user = task.submission, self.request.user
        if task.published_at and phase.code == phases.OPEN:
            call = task.solution_lot.call
            return {
                "url": f"{reverse('submissions:begin', args=[call.number])}?lot={task.solution_lot_id}",
                "action": _("Write a proposal"),
                "note": _("For companies. It is saved as you go, and can be changed until the closing."),
                "closes": deadlines.closings_for_person(user, [call]).get(call.pk, call.closes_at),
            }
        if own and deadlines.is_open_for(submission, at) and allowed(permissions.may_edit(user, submission)):
            submitted = submission.state == SubmissionState.SUBMITTED
            return {
                "url": reverse("submissions:check", args=[submission.number]),
                "action": _("Change the task") if submitted else _("Continue the task"),
                "note": _("What was submitted stands until you submit again.") if submitted else "",
                "closes": deadlines.closing_of(submission),
            }
        return {}


def answers_of(revision: Any) -> dict[str, dict[str, Any]]:
    """The frozen answers by key, with their labels in the page's language."""
    if revision is None:
        return {}
    language = "en" if (get_language() or "ko").startswith("en") else "ko"
    return {
        section["key"]: {"label": section[f"label_{language}"], "value": _shown(section["value"], language)}
        for section in revision.sections
    }


def _shown(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return value.get(language) or value.get("ko")
    return [_shown(item, language) for item in value] if isinstance(value, list) else value


def files_of(submission: Submission) -> list[dict[str, Any]]:
    """The submitted files, as components/files.html shows them."""
    revision = submission.current
    if revision is None:
        return []
    return [
        {
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "url": reverse("submissions:submitted_file", args=[submission.number, revision.ordinal, file.pk]),
            **checked(file.document),
        }
        for file in revision.files.select_related("document")
    ]


def criteria_of(task: Challenge) -> list[dict[str, Any]]:
    """How proposals to the task are judged, group by group."""
    lot = task.solution_lot
    if lot is None or not task.published_at or not lot.call.announced_at:
        return []  # a draft is nobody's business
    english = (get_language() or "ko").startswith("en")
    rows = []
    for group in lot.call.groups.prefetch_related("criteria"):
        criteria = list(group.criteria.all())
        rows.append(
            {
                "title": group.name_en if english else group.name_ko,
                "text": " · ".join((c.explanation_en if english else c.explanation_ko) for c in criteria),
                "end": _("%(points)s points") % {"points": sum(c.weight for c in criteria)},
            }
        )
    return rows


def with_future(milestones: list[Any], task: Challenge, at: Any) -> list[Any]:
    """The story so far, its last piece marked as now, and the dates that are already set."""
    english = (get_language() or "ko").startswith("en")
    rows = [
        {
            "at": milestone.at,
            "text": milestone.text_en if english else milestone.text_ko,
            "url": milestone.url if milestone.url != f"/challenges/{task.number}/" else "",
        }
        for milestone in milestones
    ]
    if rows:
        rows[-1]["is_now"] = True
    lot = task.solution_lot
    if task.published_at and lot is not None and lot.call.announced_at and not task.decided:
        call = lot.call
        for instant, text in (
            (call.opens_at, _("The call for solutions opens")),
            (call.closes_at, _("The call for solutions closes")),
            (call.opening_at, _("The proposals are opened")),
        ):
            if instant > at:
                rows.append({"at": instant, "text": text, "is_next": True})
    return rows
