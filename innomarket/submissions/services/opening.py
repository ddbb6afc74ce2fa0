"""The recorded opening takes two: one member of staff prepares it, another one confirms it.

Whatever moves the deadline between the two (an extension, a reopening, an outage that is recorded) takes the
preparation away: the second person never confirms something else than the first one looked at.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell
from innomarket.timeline.services import add_milestone

from .. import deadlines, freezing, hooks, permissions, reads
from ..models import Call, Opening, Submission
from ..states import CALL_MOVES, OPENING_MOVES, OpeningState, SubmissionState
from ..words import call_path, moment, titled
from .roster import roster_of


def prepare_opening(*, call: Call, by: Any, reason: str = "") -> Opening:
    """The first of two steps, from the announced opening time on. Nothing is opened yet. Raises Refused."""
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_open(by, call))
        at = now()
        ask(deadlines.not_openable(call, at))
        ask_move(CALL_MOVES, "prepare_opening", call)
        if standing(call) is not None:
            raise Refused(
                "prepared_already", _("The opening is prepared already. It waits for a second person.")
            )
        opening = created(
            Opening(call=call, prepared_at=at, prepared_by=by),
            actor=by,
            verb="submissions.prepare_opening",
            reason=reason,
            call=call.pk,
        )
        tell(
            kind="submissions.opening_prepared",
            people=staff_of("run_rounds").exclude(pk=by.pk),
            about=call,
            version=f"opening-{opening.pk}",
            values={"call": titled(call, "title"), "number": call.number, "at": moment(at)},
            url=call_path(call),
        )
    return opening


def withdraw_preparation(*, call: Call, by: Any, reason: str) -> Opening:
    """Take a preparation back: nothing was opened. Anyone who runs rounds may. Raises Refused."""
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_open(by, call))
        opening = _asked_standing(call)
        state = ask_move(OPENING_MOVES, "withdraw", opening)
        if not reason.strip():
            raise Refused("reason_missing", _("Give the reason."), field="reason")
        return _end(
            opening, state, "submissions.withdraw_preparation", by=by, at=now(), reason=reason.strip()
        )


def confirm_opening(*, call: Call, by: Any, reason: str = "") -> Call:
    """The recorded opening, by a second person: from now on those who evaluate read what was submitted.

    Who submitted, when and under which hash is frozen with it. Raises Refused; nothing is opened then.
    """
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_open(by, call))
        at = now()
        ask(deadlines.not_openable(call, at))
        opening = _asked_standing(call)
        ask(permissions.is_second(by, opening.prepared_by_id))
        state = ask_move(CALL_MOVES, "confirm_opening", call)
        roster = roster_of(call, at)
        changed(
            opening,
            actor=by,
            verb="submissions.confirm_opening",
            reason=reason,
            state=ask_move(OPENING_MOVES, "confirm", opening),
            confirmed_at=at,
            confirmed_by=by,
            roster=roster,
            roster_sha256=freezing.digest(roster),
        )
        call = changed(
            call,
            actor=by,
            verb="submissions.open_submissions",
            reason=reason,
            state=state,
            opened_at=at,
            opened_by=by,
        )
        hooks.submissions_opened.announce(call=call)
        _tell_opened(call)
    return call


def void_preparation(call: Call, *, by: Any, at: datetime, reason: str) -> None:
    """The deadline moved, or may move: what was prepared no longer stands. Hold the call's lock."""
    opening = standing(call)
    if opening is not None:
        state = ask_move(OPENING_MOVES, "void", opening)
        _end(opening, state, "submissions.void_preparation", by=by, at=at, reason=reason)


def standing(call: Call) -> Opening | None:
    """The preparation that waits for its second person."""
    return call.openings.filter(state=OpeningState.PREPARED).first()


def _asked_standing(call: Call) -> Opening:
    opening = standing(call)
    if opening is None:
        raise Refused(
            "not_prepared", _("Nobody has prepared the opening, or the preparation no longer stands.")
        )
    return lock(Opening, opening.pk)


def _end(opening: Opening, state: str, verb: str, *, by: Any, at: datetime, reason: str) -> Opening:
    opening.reason = reason
    opening.state, opening.ended_at = state, at
    opening.save(update_fields=["state", "ended_at", "reason"])
    record(actor=by, verb=verb, subject=opening, changes={"state": state}, reason=reason)
    return opening


def _tell_opened(call: Call) -> None:
    ours = Submission.objects.filter(lot__call=call, state=SubmissionState.SUBMITTED)
    counted = ours.countable()
    values = {"call": titled(call, "title"), "number": call.number, "at": moment(call.opened_at or now())}
    for kind, people in [
        ("submissions.opened", reads.people_behind(counted)),
        ("submissions.opened_without_yours", reads.people_behind(ours.exclude(pk__in=counted.values("pk")))),
        ("submissions.opened_for_you", reads.owners_of_lots(call)),
    ]:
        tell(kind=kind, people=people, about=call, values=values, url=call_path(call))
    for lot in call.lots.filter(story__isnull=False).select_related("story"):
        story = lot.story
        if story is None:
            continue
        add_milestone(
            story,
            kind="submissions_opened",
            text=gettext_lazy("The proposals were opened: %(call)s"),
            values={"call": titled(call, "title")},
            url=call_path(call),
        )
