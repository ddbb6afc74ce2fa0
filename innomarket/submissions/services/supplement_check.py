"""Supplements, what staff do with them: judge each paper, and conclude with a reason."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from innomarket.audit.services import changed
from innomarket.common.clock import KST, now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.documents.models import Document

from .. import hooks, permissions
from ..models import Call, SupplementPaper, SupplementRequest
from ..states import SUPPLEMENT_MOVES, PaperVerdict, SupplementOutcome
from .supplement import locked, reason_given, tell_applicant


def judge_paper(
    *, paper: SupplementPaper, by: Any, verdict: str, confirmed_on: date | None = None, reason: str = ""
) -> SupplementPaper:
    """Say what a sent paper is; ``confirmed_on`` is its issue date as staff read it on the paper.

    Accepted and too late follow from that date and the closing day (domain.md §2.4): the other choice is
    refused. A paper that is refused or blank needs a reason, and none is accepted that the virus check did not
    pass. May be changed until the conclusion.
    """
    with transaction.atomic():
        request = locked(SupplementRequest(pk=paper.request_id))
        paper = lock(SupplementPaper, paper.pk)
        ask(permissions.may_judge_papers(by))
        ask_move(SUPPLEMENT_MOVES, "judge", request)
        if (
            paper.document_id is None
            or verdict not in PaperVerdict.values
            or verdict in (PaperVerdict.NOT_SENT, PaperVerdict.DIFFERS)
        ):
            raise Refused(
                "not_to_judge", _("This paper was not sent, so there is nothing to judge."), field="verdict"
            )
        if request.purpose == SupplementRequest.Purpose.ANONYMOUS:
            raise Refused("is_a_copy", _("An anonymous copy is compared with the one that it replaces."))
        if verdict == PaperVerdict.ACCEPTED:
            ask(not_readable(paper))
        confirmed_on = _confirmed(paper, verdict, confirmed_on)
        reason = reason.strip() if verdict == PaperVerdict.ACCEPTED else reason_given(reason)
        with in_words(SupplementPaper):
            return changed(
                paper,
                actor=by,
                verb="submissions.judge_paper",
                reason=reason,
                verdict=verdict,
                confirmed_on=confirmed_on,
                verdict_reason=reason,
                judged_at=now(),
                judged_by=by,
            )


def conclude_supplement(
    *, request: SupplementRequest, by: Any, outcome: str, reason: str
) -> SupplementRequest:
    """End it: judged on what there is, or excluded as unclear; the applicant is told with the reason.

    An excluded submission is no longer countable. Raises Refused: a paper without a verdict, excluded although
    every paper was accepted, or excluded while a round judges it (evaluation answers the hook).
    """
    with transaction.atomic():
        row = SupplementRequest.objects.values_list("submission__lot__call", flat=True)
        lock(
            Call, row.get(pk=request.pk)
        )  # who starts a round shares the call: the two never pass each other
        request = locked(request)
        ask(permissions.may_judge_papers(by))
        state = ask_move(SUPPLEMENT_MOVES, "conclude", request)
        reason = reason_given(reason)
        _ask_outcome(request, outcome)
        changed(
            request,
            actor=by,
            verb="submissions.conclude_supplement",
            reason=reason,
            state=state,
            outcome=outcome,
            outcome_reason=reason,
            concluded_at=now(),
            concluded_by=by,
        )
        if outcome == SupplementOutcome.EXCLUDED:
            hooks.submission_excluded.announce(submission=request.submission)
        tell_applicant(request, "supplement_concluded", outcome=_outcome_words(outcome), reason=reason)
    return request


def not_readable(paper: SupplementPaper) -> Refusal | None:
    """None where its file passed the virus check: nobody accepts what nobody can read."""
    state = paper.document.state if paper.document else ""
    if state == Document.State.REFUSED:
        return Refusal(
            "file_refused",
            _("The virus check refused this file, and it was deleted: it cannot be accepted."),
            field="verdict",
        )
    if state == Document.State.PENDING:
        return Refusal(
            "file_not_checked",
            _("This file is being checked for viruses. Try again in a minute."),
            field="verdict",
        )
    return None


def _confirmed(paper: SupplementPaper, verdict: str, confirmed_on: date | None) -> date | None:
    if verdict == PaperVerdict.BLANK:
        return None
    if confirmed_on is None:
        raise Refused("date_needed", _("Confirm the issue date that the paper shows."), field="confirmed_on")
    if confirmed_on > now().astimezone(KST).date():
        raise Refused("date_in_future", _("An issue date cannot lie in the future."), field="confirmed_on")
    if (confirmed_on > paper.closing_on) is not (verdict == PaperVerdict.TOO_LATE):
        raise Refused(
            "date_and_verdict",
            _(
                "A paper issued after the closing day is refused, any other is not. Check the date and the verdict."
            ),
            field="confirmed_on",
        )
    return confirmed_on


def _ask_outcome(request: SupplementRequest, outcome: str) -> None:
    if outcome not in SupplementOutcome.values:
        raise Refused("outcome_needed", _("Choose the outcome."), field="outcome")
    verdicts = set(request.papers.values_list("verdict", flat=True))
    if "" in verdicts:
        raise Refused("papers_to_judge", _("Judge every paper that was sent first."))
    if outcome == SupplementOutcome.EXCLUDED and verdicts == {PaperVerdict.ACCEPTED}:
        raise Refused(
            "nothing_unclear", _("Every paper was accepted: nothing is left unclear."), field="outcome"
        )


_outcome_words = lazy(lambda outcome: str(SupplementOutcome(outcome).label), str)
