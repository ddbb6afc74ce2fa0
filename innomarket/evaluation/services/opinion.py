"""The fit opinion of the institution whose task it is."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.submissions.models import Submission

from .. import permissions, reads
from ..models import FitOpinion, Round

REASON_MAX = 4_000


def give_fit_opinion(*, submission: Submission, by: Any, verdict: str, reason: str) -> FitOpinion:
    """Say how a submission fits the need, with reasons; evaluators read it, it gives no score.

    By who writes for the lot's institution, from the opening until the round is scored; until then it can
    be put better. Raises Refused otherwise.
    """
    with transaction.atomic():
        # The rounds first, in the order in which finishing takes them: an opinion comes before or not at all.
        rounds = lock_all(Round.objects.filter(lot=submission.lot_id))
        submission = lock(Submission.objects.select_related("lot__call", "lot__owner"), submission.pk)
        ask(permissions.may_give_opinion(by, submission))
        ask(reads.opinion_too_late(rounds))
        if verdict not in FitOpinion.Verdict.values:
            raise Refused("no_verdict", _("Choose one of the answers."), field="verdict")
        reason = reason_given(reason, most=REASON_MAX)
        opinion = FitOpinion.objects.filter(submission=submission).first()
        if opinion is not None:
            opinion.reason = (
                reason  # by itself: ``reason`` of a change goes to the history, which holds no text of this
            )
            opinion.save(update_fields=["reason"])
            return changed(
                opinion,
                actor=by,
                verb="evaluation.change_fit_opinion",
                verdict=verdict,
                given_by=by,
                given_at=now(),
            )
        return created(
            FitOpinion(
                submission=submission,
                organisation=submission.lot.owner,
                verdict=verdict,
                reason=reason,
                given_by=by,
            ),
            actor=by,
            verb="evaluation.give_fit_opinion",
            submission=submission.pk,
        )
