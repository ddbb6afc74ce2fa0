"""The closing of a call, by the clock. The recorded opening: ``opening.py``."""

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed, created
from innomarket.common.clock import Now, now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import ask
from innomarket.notifications.services import tell

from .. import deadlines, hooks, reads, wake
from ..models import Call, DeadlineMove, OwnClosingEnd, Submission
from ..states import CALL_MOVES, CallState, SubmissionState
from ..words import call_path, moment
from .moving import values_of

log = structlog.get_logger(__name__)


def close_call(*, call: Call) -> Call:
    """Close a call at or after its instant; the system acts. It waits for submits that are running.

    Raises Refused before the instant (it may have been extended since).
    """
    with transaction.atomic():
        return _close(lock(Call, call.pk))


def close_due_calls() -> int:
    """Close every call that is due and that nobody else is closing; returns how many.

    One call that cannot be closed does not keep the others open. Those that close soon get a message
    for their very instant.
    """
    closed = 0
    for pk in list(Call.objects.due_to_close().order_by("pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                due = (
                    Call.objects.due_to_close()
                    .filter(pk=pk)
                    .select_for_update(skip_locked=True, of=("self",))
                )
                call = due.first()
                if call is not None:
                    _close(call)
                    closed += 1
        except Exception:
            log.exception("call not closed", call=pk)
    soon = Call.objects.filter(
        state=CallState.ANNOUNCED, closes_at__lte=Now() + wake.NEAR, closes_at__gt=Now()
    )
    for call in soon:
        wake.at_closing(call)
    return closed


def end_own_closings() -> int:
    """Tell those who were given more time, when it is over, and each once; how many moves have ended so.

    Only of calls that have closed. Whoever has a still later closing by then hears at that one; a move that fails
    does not keep the others.
    """
    ended = 0
    due = DeadlineMove.objects.filter(
        for_all=False, end=None, closes_at__lte=Now(), call__state=CallState.CLOSED
    )
    for pk, call_pk in list(due.order_by("closes_at", "pk").values_list("pk", "call")):
        try:
            with transaction.atomic():
                # The call, and not the move: a submit that runs has it, and is finished before it counts as late.
                calls = Call.objects.filter(pk=call_pk).select_for_update(skip_locked=True, of=("self",))
                call, move = calls.first(), due.filter(pk=pk).first()
                if call is not None and move is not None:
                    _end_own(call, move)
                    ended += 1
        except Exception:
            log.exception("own closing not ended", move=pk)
    return ended


def _end_own(call: Call, move: DeadlineMove) -> None:
    at = now()
    created(OwnClosingEnd(move=move, closed_at=at), actor=None, verb="submissions.end_own_closing")
    theirs = Q()
    for field, named in (
        ("applicant_organisation__in", deadlines.own_closings(call)),
        ("applicant_person__in", deadlines.closings_of_people(call)),
    ):
        theirs |= Q(**{field: [pk for pk, last in named.items() if last == move.closes_at > call.closes_at]})
    _tell_applicants(call, Submission.objects.filter(theirs, lot__call=call), move.closes_at)


def _close(call: Call) -> Call:
    at = now()
    ask(deadlines.not_due(call, at))
    state = ask_move(CALL_MOVES, "close", call)
    call = changed(call, actor=None, verb="submissions.close_call", state=state, closed_at=at)
    hooks.call_closed.announce(call=call)
    _tell_closed(call)
    return call


def _tell_closed(call: Call) -> None:
    # Whoever was given more time is still writing.
    later = [
        [pk for pk, own in named(call).items() if own > call.closes_at]
        for named in (deadlines.own_closings, deadlines.closings_of_people)
    ]
    ours = Submission.objects.filter(lot__call=call)
    ours = ours.exclude(applicant_organisation__in=later[0]).exclude(applicant_person__in=later[1])
    tell(
        kind="submissions.call_closed",
        people=staff_of("run_rounds"),
        about=call,
        version=call.closes_at.isoformat(),
        values=values_of(call) | {"submitted": reads.counts_of(call)[SubmissionState.SUBMITTED]},
        url=call_path(call),
    )
    _tell_applicants(call, ours, call.closes_at)


def _tell_applicants(call: Call, ours: QuerySet[Submission], closes_at: datetime) -> None:
    """Those behind these submissions hear that it closed on ``closes_at``, with theirs or without."""
    values = values_of(call) | {"closes": moment(closes_at)}
    for kind, people in [
        ("submissions.closed_with_yours", reads.people_behind(ours.filter(state=SubmissionState.SUBMITTED))),
        ("submissions.closed_without_yours", reads.people_behind(ours.filter(state=SubmissionState.DRAFT))),
    ]:
        # A call that an outage reopened closes a second time, and says so again.
        version = closes_at.isoformat()
        tell(kind=kind, people=people, about=call, version=version, values=values, url=call_path(call))
