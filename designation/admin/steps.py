"""What the consoles of this app share: who may act, when a step is not possible, and in which words."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innomarket.common.admin import ServiceAdmin
from innomarket.common.clock import KST
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused

from ..models import Meeting, Motion, Seat
from ..states import MeetingState, MotionState

KEEP = "accounts.keep_committee"


WHEN = {
    "open": _("The meeting has been opened."),
    "attend": _("Possible while the meeting is in session: open it first."),
    "close": _("Possible while the meeting is in session: open it first."),
    "vote": _("Possible while the meeting is in session: open it first."),
    "open_vote": _("The vote on this motion has been opened."),
    "close_vote": _("Open the vote first."),
}


def not_now(moves: Any, verb: str, obj: Any) -> Refusal | None:
    """The answer of the table of moves, as a refusal for the list of what is not possible yet."""
    try:
        ask_move(moves, verb, obj)
    except Refused as refused:
        return Refusal(refused.code, WHEN.get(verb, refused.reason) if not ended(obj) else ENDED)
    return None


ENDED = _("This has ended.")


def ended(obj: Any) -> bool:
    """Whether a meeting is over or a motion decided: then nothing is "not possible yet"."""
    if isinstance(obj, Motion):
        return obj.state not in (MotionState.TABLED, MotionState.VOTING) or ended(obj.meeting)
    return obj.state == MeetingState.CLOSED


class StepsAdmin(ServiceAdmin):
    """The console of a meeting or a motion: without locked steps once it has ended."""

    def actions_for(self, request: HttpRequest, obj: Any) -> tuple[list[dict], list[dict]]:
        permits, locked = super().actions_for(request, obj)
        return permits, [] if obj is not None and ended(obj) else locked


def seats_on(meeting: Meeting) -> QuerySet[Seat]:
    """The seats filled on the day of the meeting."""
    day = meeting.held_at.astimezone(KST).date()
    return meeting.committee.seats.filled_on(day).select_related("holder").order_by("place")


# ── committees and seats ──
