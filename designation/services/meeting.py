"""Meetings of a committee: planned, opened, attended, closed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.models import User
from innomarket.audit.services import changed, created
from innomarket.common.clock import KST, now
from innomarket.common.locks import lock, lock_all, share
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell
from innomarket.submissions.words import moment, titled

from .. import names, permissions, votes
from ..models import Attendance, Committee, Meeting, Motion, Seat
from ..states import MEETING_MOVES, MOTION_MOVES, MotionState


def plan_meeting(*, committee: Committee, by: Any, held_at: datetime, place: str = "") -> Meeting:
    """Call a meeting for an instant; those who hold a seat on that day (KST) are told."""
    with transaction.atomic():
        committee = share(Committee, committee.pk)
        ask(permissions.may_keep_committee(by))
        day = held_at.astimezone(KST).date()
        if day < now().astimezone(KST).date():
            raise Refused("in_the_past", _("Choose a day that is not past."), field="held_at")
        meeting = created(
            Meeting(number=next_number("MT"), committee=committee, held_at=held_at, place=place),
            actor=by,
            verb="designation.plan_meeting",
        )
        tell(
            kind="designation.meeting_planned",
            people=User.objects.filter(
                is_active=True, pk__in=committee.seats.filter(valid__contains=day).values("holder")
            ),
            about=meeting,
            values={"committee": titled(committee, "name"), "when": moment(held_at), "place": place or "–"},
            url=names.meeting_url(meeting),
        )
    return meeting


def open_meeting(*, meeting: Meeting, by: Any) -> Meeting:
    """Begin the session. Refused before the day for which the meeting was called (KST)."""
    with transaction.atomic():
        lock(Committee, meeting.committee_id)  # a seat is not changed while a session begins
        meeting = lock(Meeting, meeting.pk)
        ask(permissions.may_keep_committee(by))
        target = ask_move(MEETING_MOVES, "open", meeting)
        if now().astimezone(KST).date() < meeting.held_at.astimezone(KST).date():
            raise Refused(
                "before_its_day",
                _("The meeting was called for %(when)s. It cannot be opened before that day.")
                % {"when": moment(meeting.held_at)},
            )
        return changed(meeting, actor=by, verb="designation.open_meeting", state=target)


def record_attendance(*, meeting: Meeting, by: Any, seat: Seat) -> Attendance:
    """Record that the holder of a seat is present. Once; a second time is the same record."""
    with transaction.atomic():
        meeting = lock(Meeting, meeting.pk)
        ask(permissions.may_keep_committee(by))
        ask_move(MEETING_MOVES, "attend", meeting)
        day = meeting.held_at.astimezone(KST).date()
        if not Seat.objects.filled_on(day).filter(pk=seat.pk, committee=meeting.committee_id).exists():
            raise Refused(
                "not_a_seat",
                _("This seat is not one of this committee on the day of the meeting."),
                field="seat",
            )
        known = Attendance.objects.filter(meeting=meeting, seat=seat).first()
        if known is not None:
            return known
        return created(
            Attendance(meeting=meeting, seat=seat),
            actor=by,
            verb="designation.record_attendance",
            meeting=meeting.pk,
            seat=seat.pk,
        )


def record_all_present(*, meeting: Meeting, by: Any, seats: Iterable[Seat]) -> list[Attendance]:
    """Several members at once: all of them or none."""
    with transaction.atomic():
        return [record_attendance(meeting=meeting, by=by, seat=seat) for seat in seats]


def close_meeting(*, meeting: Meeting, by: Any) -> Meeting:
    """End the session. Motions without a vote, or whose vote has no quorum, are put off; they may be
    tabled again. Refused while a vote that has its quorum is open: that one must be counted."""
    with transaction.atomic():
        meeting = lock(Meeting, meeting.pk)
        ask(permissions.may_keep_committee(by))
        target = ask_move(MEETING_MOVES, "close", meeting)
        open_motions = lock_all(
            Motion.objects.filter(meeting=meeting, state__in=[MotionState.TABLED, MotionState.VOTING])
        )
        for motion in open_motions:
            if motion.state == MotionState.VOTING and votes.quorum_of(motion).reached:
                raise Refused(
                    "vote_is_open",
                    _("The vote on motion %(order)s is open and has its quorum. Close the vote first.")
                    % {"order": motion.order},
                )
        for motion in open_motions:
            changed(
                motion,
                actor=by,
                verb="designation.defer_motion",
                state=ask_move(MOTION_MOVES, "defer", motion),
            )
        return changed(meeting, actor=by, verb="designation.close_meeting", state=target, closed_at=now())
