"""Opinions of the institutions on the fit of what was submitted to their needs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from innomarket.accounts.reads import memberships_of
from innomarket.common.refusals import Refusal
from innomarket.submissions.models import Submission

from ..models import FitOpinion, Round
from ..states import SCORED
from .stage import scored_rounds


def opinion_too_late(rounds: Iterable[Round]) -> Refusal | None:
    """An opinion on the fit is for the evaluators: after their scoring it is read by nobody."""
    if any(round.state in SCORED and round.stage.by_points for round in rounds):
        return Refusal("opinion_too_late", _("The evaluation is over; an opinion comes too late."))
    return None


def opinions_of(user: Any) -> QuerySet[Submission]:
    """Opened submissions to the needs of the institutions for which a person writes, not yet scored."""
    writes_for = memberships_of(user).filter(role__in=("owner", "editor")).values("organisation")
    over = scored_rounds().order_by().values("lot")
    return (
        Submission.objects.countable()
        .filter(lot__owner__in=writes_for)
        .exclude(lot__in=over)
        .select_related("lot__call", "current", "applicant_organisation", "fit_opinion")
        .order_by("lot", "number")
    )


def opinion_on(submission: Submission) -> FitOpinion | None:
    return FitOpinion.objects.filter(submission=submission).select_related("organisation").first()
