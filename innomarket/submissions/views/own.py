"""What all pages of one's own submission share: finding it, saying its state, who may see it."""

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from innomarket.common.clock import now
from innomarket.common.refusals import Refusal, allowed
from innomarket.common.views import PrivateMixin, RefusalMixin

from .. import deadlines, kinds, permissions
from ..models import Submission
from ..services import break_glass
from ..states import SubmissionState
from ..words import moment, titled

TONES: dict[str, str] = {
    SubmissionState.DRAFT: "danger",
    SubmissionState.SUBMITTED: "success",
    SubmissionState.WITHDRAWN: "neutral",
}


class OwnMixin(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """A page of one's own submission; that of anybody else does not exist here (404)."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.submission: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            self.submission = find_own(request.user, kwargs["number"])
            self.its_call = self.submission.lot.call
            self.kind = kinds.of(self.submission)
            self.at = now()
        return super().dispatch(request, *args, **kwargs)

    @property
    def closed(self) -> Refusal | None:
        """Why the call takes nothing any more (or not yet), by the database's clock."""
        return deadlines.not_open(
            self.its_call,
            self.at,
            self.submission.applicant_organisation_id,
            person=self.submission.applicant_person_id,
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.submission
        context = {
            "submission": submission,
            "call": self.its_call,
            "kind": self.kind,
            "at": self.at,
            "now": self.at,
            "closed": self.closed,
            "closes_at": deadlines.closing_for(
                self.its_call, submission.applicant_organisation_id, person=submission.applicant_person_id
            ),
            "state": submission.get_state_display(),
            "tone": TONES[submission.state],
            "is_draft": submission.state == SubmissionState.DRAFT,
            "is_submitted": submission.state == SubmissionState.SUBMITTED,
            "may_edit": allowed(permissions.may_edit(self.request.user, submission)),
            "submit_refusal": permissions.may_submit(self.request.user, submission),
            "pending": is_pending(submission),
            "seen_by": seen_by(submission, self.its_call),
            "glasses": break_glass.told_to_owners(submission),
            "cases": submission.outage_cases.filter(state="decided"),
            "call_url": reverse("submissions:call", args=[self.its_call.number]),
            "object_url": localised(self.kind.url(submission)),
        }
        return super().get_context_data(**{**context, **kwargs})  # type: ignore[misc]


def find_own(user: Any, number: str) -> Submission:
    own = Submission.objects.of_applicant(user).select_related(
        "lot__call", "applicant_organisation", "applicant_person", "current"
    )
    return get_object_or_404(own, number=number)


def is_pending(submission: Submission) -> bool:
    """Whether the organisation still waits for its verification, so that it might not count."""
    organisation = submission.applicant_organisation
    return organisation is not None and organisation.state == "pending"


def seen_by(submission: Submission, call: Any) -> str:
    """Who may read it, in words."""
    whose = (
        _("only you")
        if submission.applicant_organisation_id is None
        else _("only the members of %(name)s") % {"name": titled(submission.applicant_organisation, "name")}
    )
    if submission.state != SubmissionState.SUBMITTED:
        return _("Not opened unless it is submitted: %(whose)s") % {"whose": whose}
    if call.opened_at:
        return _("Opened: those who evaluate read what was submitted")
    return _("Until the opening on %(when)s: %(whose)s") % {"when": moment(call.opening_at), "whose": whose}


def localised(path: str) -> str:
    from innomarket.common.templatetags.innomarket import localised_url

    return localised_url(path)


def lot_title(submission: Submission) -> str:
    return str(titled(submission.lot, "title"))
