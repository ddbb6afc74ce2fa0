"""The closing of a call, by the clock. The recorded opening: ``opening.py``."""

import structlog
from django.db import transaction

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed
from innomarket.common.clock import Now, now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import ask
from innomarket.notifications.services import tell

from .. import deadlines, hooks, reads, wake
from ..models import Call, Submission
from ..states import CALL_MOVES, CallState, SubmissionState
from ..words import call_path, moment, titled

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
    values = {
        "call": titled(call, "title"),
        "number": call.number,
        "closes": moment(call.closes_at),
        "opening": moment(call.opening_at),
        "submitted": reads.counts_of(call)[SubmissionState.SUBMITTED],
    }
    for kind, people in [
        ("submissions.call_closed", staff_of("run_rounds")),
        ("submissions.closed_with_yours", reads.people_behind(ours.filter(state=SubmissionState.SUBMITTED))),
        ("submissions.closed_without_yours", reads.people_behind(ours.filter(state=SubmissionState.DRAFT))),
    ]:
        # A call that an outage reopened closes a second time, and says so again.
        version = call.closes_at.isoformat()
        tell(kind=kind, people=people, about=call, version=version, values=values, url=call_path(call))
