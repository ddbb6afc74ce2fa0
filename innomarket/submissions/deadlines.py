"""What a call's times allow at an instant: each answer is None or a Refusal in words.

The rule is half-open and written once, in ``Call.is_open_at``; services ask it with the database's
clock after they hold the lock.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from innomarket.common.refusals import Refusal

from .models import Call
from .states import CallState
from .words import moment


def not_open(call: Call, at: datetime) -> Refusal | None:
    """None while the call takes submissions, else why it does not."""
    if call.is_open_at(at):
        return None
    if call.state == CallState.CANCELLED:
        return Refusal("call_cancelled", _("This call was cancelled. It takes no submissions."))
    if call.state == CallState.DRAFT:
        return Refusal("call_not_announced", _("This call has not been announced yet."))
    if at < call.opens_at:
        return Refusal(
            "call_not_open_yet", _("This call opens on %(when)s.") % {"when": moment(call.opens_at)}
        )
    return Refusal("call_closed", _("This call closed on %(when)s.") % {"when": moment(call.closes_at)})


def not_due(call: Call, at: datetime) -> Refusal | None:
    """None from the closing instant on."""
    if at >= call.closes_at:
        return None
    return Refusal("call_not_due", _("This call is open until %(when)s.") % {"when": moment(call.closes_at)})


def not_announceable(call: Call, at: datetime) -> Refusal | None:
    if call.state != CallState.DRAFT:
        return Refusal("announce_not_now", _("This call has already been announced or cancelled."))
    if at >= call.closes_at:
        return Refusal(
            "closing_is_past", _("The closing time is already past. Choose a later one."), field="closes_at"
        )
    return None


def not_extendable(call: Call, at: datetime) -> Refusal | None:
    """A standing closing is moved only while it lies ahead."""
    if call.state != CallState.ANNOUNCED:
        return Refusal("extend_not_now", _("Only a call that is announced can be extended."))
    if at >= call.closes_at:
        return Refusal("call_closed", _("This call closed on %(when)s.") % {"when": moment(call.closes_at)})
    return None


def not_cancellable(call: Call, at: datetime) -> Refusal | None:
    if call.state not in (CallState.DRAFT, CallState.ANNOUNCED):
        return Refusal("cancel_not_now", _("A call can be cancelled only until it closes."))
    return None


def not_openable(call: Call, at: datetime) -> Refusal | None:
    """The recorded opening: once, of a closed call, from its announced time on."""
    if call.opened_at is not None:
        return Refusal(
            "opened_already",
            _("The submissions were opened on %(when)s.") % {"when": moment(call.opened_at)},
        )
    if call.state != CallState.CLOSED:
        return Refusal(
            "opening_before_closing", _("Submissions can be opened only when the call has closed.")
        )
    if at < call.opening_at:
        return Refusal(
            "opening_too_early",
            _("Submissions can be opened from %(when)s on.") % {"when": moment(call.opening_at)},
        )
    return None
