"""Returning an anonymous copy that shows who applied, within the rule of supplements (domain.md §2.3, rules.md)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refusal, Refused, ask

from .. import hooks, permissions
from ..copies import compared
from ..models import Call, Submission, SupplementPaper, SupplementRequest
from ..states import COPY_VERDICTS, SUPPLEMENT_MOVES, PaperVerdict
from .supplement import PaperSpec, ask_for_papers, locked
from .supplement_check import not_readable

NAMES = {"name_ko": "익명 제출본", "name_en": "Anonymous copy"}


def return_copy(*, submission: Submission, by: Any, due_at: datetime, reason: str) -> SupplementRequest:
    """Ask for a copy in its place, before ``due_at``; ``reason`` names where the old one shows who applied.

    Both stay: the new one stands beside the frozen submission. Raises Refused: not a blind call, sealed, a round
    judges it already (evaluation answers the hook), another request under way.
    """
    with transaction.atomic():
        lock(Call, submission.lot.call_id)  # a round of it starts before this, or after
        submission = lock(Submission.objects.select_related("lot__call"), submission.pk)
        ask(permissions.may_ask_for_papers(by), not_returnable(submission))
        hooks.copy_returned.announce(submission=submission)
        return ask_for_papers(
            submission=submission,
            by=by,
            papers=[PaperSpec(**NAMES)],
            due_at=due_at,
            reason=reason,
            purpose=SupplementRequest.Purpose.ANONYMOUS,
        )


def not_returnable(submission: Submission) -> Refusal | None:
    """None, or why there is no copy to return: only a blind call asks for one."""
    if submission.lot.call.blind:
        return None
    return Refusal("not_blind", _("No stage of this call is blind: there is no anonymous copy."))


def judge_copy(
    *, paper: SupplementPaper, by: Any, verdict: str, same: bool = False, reason: str = ""
) -> SupplementPaper:
    """Say whether the new copy takes the old one's place; until the conclusion it may be said anew.

    Accepted takes both texts to be compared and ``same``: nothing but what names the applicant is different. Refused
    takes the reason. Raises Refused; code "not_compared" while the pages of one of them are not made.
    """
    with transaction.atomic():
        request = locked(SupplementRequest(pk=paper.request_id))
        paper = lock(SupplementPaper.objects.select_related("document"), paper.pk)
        ask(permissions.may_judge_papers(by))
        ask_move(SUPPLEMENT_MOVES, "judge", request)
        if request.purpose != SupplementRequest.Purpose.ANONYMOUS or paper.document is None:
            raise Refused("not_to_judge", _("This paper was not sent, so there is nothing to judge."))
        if verdict not in COPY_VERDICTS:
            raise Refused("verdict_needed", _("Choose the verdict."), field="verdict")
        accepted = verdict == PaperVerdict.ACCEPTED
        if accepted:
            ask(not_readable(paper))
            _ask_same(request, paper, same)
        reason = reason.strip() if accepted else reason_given(reason)
        with in_words(SupplementPaper):
            return changed(
                paper,
                actor=by,
                verb="submissions.judge_copy",
                reason=reason,
                verdict=verdict,
                confirmed_on=paper.closing_on if accepted else None,
                verdict_reason=reason,
                judged_at=now(),
                judged_by=by,
            )


def _ask_same(request: SupplementRequest, paper: SupplementPaper, same: bool) -> None:
    if compared(request.revision, paper) is None:
        raise Refused(
            "not_compared",
            _("The texts cannot be compared yet: the pages are being prepared. Try again in a minute."),
        )
    if not same:
        raise Refused(
            "same_needed",
            _("Compare both texts, and confirm that nothing else is different."),
            field="same",
            status=422,
        )
