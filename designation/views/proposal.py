"""One's own proposals, and a proposal's one page."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from challenges.views.task import name_of
from innomarket.accounts.reads import organisations_of
from innomarket.common.clock import now
from innomarket.common.lists import KeysetListView
from innomarket.common.refusals import allowed
from innomarket.common.views import PrivateMixin
from innomarket.evaluation.models import FitOpinion, Result
from innomarket.evaluation.permissions import may_give_opinion
from innomarket.evaluation.reads import results_of, scored_rounds, waiting_words
from innomarket.submissions import deadlines, permissions
from innomarket.submissions.models import Submission
from innomarket.submissions.states import SubmissionState

from .. import phases
from ..models import Motion
from ..names import CODE


class ProposalList(LoginRequiredMixin, PrivateMixin, KeysetListView):
    """The proposals of one's own companies, the newest first."""

    template_name = "designation/proposal_list.html"
    order = ("-pk",)

    def get_queryset(self) -> Any:
        return (
            Submission.objects.of_applicant(self.request.user)
            .filter(lot__call__kind=CODE)
            .select_related("lot__call", "lot__owner", "applicant_organisation")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = now()
        context = super().get_context_data(section="workspace", now=at, **kwargs)
        context["items"] = rows_of(context["rows"], at)
        return context


def rows_of(submissions: list[Submission], at: Any) -> list[dict[str, Any]]:
    """Proposals as components/rows.html shows them, with two queries for all."""
    results = {
        result.entry.submission_id: result
        for result in Result.objects.deciding()
        .filter(entry__submission__in=submissions)
        .select_related("entry")
    }
    motions = {
        motion.submission_id: motion
        for motion in Motion.objects.to_designate()
        .filter(submission__in=submissions)
        .select_related("meeting")
        .order_by("pk")
    }
    deadlines.note_closings(submissions)
    rows = []
    for submission in submissions:
        phase = phases.of_proposal(submission, at, results.get(submission.pk), motions.get(submission.pk))
        rows.append(
            {
                "title": submission.title or _("Proposal without a name"),
                "url": reverse("designation:proposal", args=[submission.number]),
                "number": submission.number,
                "text": submission.lot.title_ko,
                "meta": [name_of(submission.applicant_organisation)],
                "state": phase.label,
                "tone": phase.tone,
                "note": phase.waiting,
            }
        )
    return rows


class ProposalDetail(LoginRequiredMixin, PrivateMixin, TemplateView):
    """One proposal for those who may read it; whoever may not, finds nothing here."""

    template_name = "designation/proposal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, at = self.request.user, now()
        submission = self.get_submission()
        own = Submission.objects.of_applicant(user).filter(pk=submission.pk).exists()
        asks = (
            submission.lot.owner_id is not None
            and organisations_of(user).filter(organisation=submission.lot.owner_id).exists()
        )
        results = results_of(submission)
        result = next(iter(results), None)
        motion = last_motion(submission)
        return super().get_context_data(
            submission=submission,
            revision=submission.current,
            own=own,
            asks=asks,
            result=result,
            earlier=results[1:],
            motion=motion,
            decision=getattr(motion, "decision", None),
            designation=getattr(submission, "designation", None),
            opinion=FitOpinion.objects.filter(submission=submission).first() if asks else None,
            phase=phases.of_proposal(submission, at, result, motion, waiting_words(submission)),
            next_step=self.get_next_step(submission, own, asks, result, at),
            can_withdraw=own
            and submission.state == SubmissionState.SUBMITTED
            and deadlines.is_open_for(submission, at)
            and allowed(permissions.may_withdraw(user, submission)),
            task_url=reverse("challenges:detail", args=[submission.lot.challenge.number])
            if hasattr(submission.lot, "challenge")
            else "",
            now=at,
            **kwargs,
        )

    def get_submission(self) -> Submission:
        submission = (
            Submission.objects.readable_by(self.request.user)
            .select_related(
                "lot__call",
                "lot__owner",
                "lot__challenge__submission",
                "applicant_organisation",
                "current",
                "designation",
            )
            .filter(number=self.kwargs["number"], lot__call__kind=CODE)
            .first()
        )
        if submission is None:
            raise Http404
        return submission

    def get_next_step(
        self, submission: Submission, own: bool, asks: bool, result: Any, at: Any
    ) -> dict[str, Any]:
        if (
            own
            and deadlines.is_open_for(submission, at)
            and allowed(permissions.may_edit(self.request.user, submission))
        ):
            submitted = submission.state == SubmissionState.SUBMITTED
            return {
                "url": reverse("submissions:check", args=[submission.number]),
                "action": _("Change the proposal") if submitted else _("Continue the proposal"),
                "note": _("What was submitted stands until you submit again.") if submitted else "",
                "closes": deadlines.closing_of(submission),
            }
        if asks and is_opinion_open(self.request.user, submission):
            return {
                "url": reverse("evaluation:opinion", args=[submission.number]),
                "action": _("Give an opinion"),
                "note": _(
                    "Whether it fits your need, with reasons. The evaluators see it; it gives no score."
                ),
            }
        return {}


def is_opinion_open(user: Any, submission: Submission) -> bool:
    """Whether this person may still say how the proposal fits: until the round is scored."""
    if not allowed(may_give_opinion(user, submission)):
        return False
    return not scored_rounds().filter(lot=submission.lot_id).exists()


def last_motion(submission: Submission) -> Motion | None:
    asked = submission.motions.filter(wanted=None).select_related("meeting__committee", "decision")
    return asked.order_by("-pk").first()
