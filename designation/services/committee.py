"""Committees and who sits on them."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed, created
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask

from .. import permissions
from ..models import Committee, Seat
from ..states import MeetingState


def create_committee(*, by: Any, code: str, name_ko: str, name_en: str, least_present: int = 3) -> Committee:
    """A new committee. ``least_present``: the fewest members that make a quorum, beside more than half."""
    with transaction.atomic():
        ask(permissions.may_keep_committee(by))
        _ask_names(name_ko, name_en)
        if least_present < 1:
            raise Refused("least_present", _("At least one member must be present."), field="least_present")
        if Committee.objects.filter(code=code).exists():
            raise Refused("code_taken", _("There is a committee with this code."), field="code")
        committee = Committee(code=code, name_ko=name_ko, name_en=name_en, least_present=least_present)
        return created(committee, actor=by, verb="designation.create_committee")


def seat_member(
    *,
    committee: Committee,
    by: Any,
    place: int,
    holder: Any,
    valid: DateRange | tuple[date | None, date | None],
    title_ko: str = "",
    title_en: str = "",
    is_chair: bool = False,
) -> Seat:
    """Give a seat to a person for a time: half-open dates in KST, an open end where none is given.

    Raises Refused while a meeting of the committee is in session (its base must not move), where the
    seat or the person is already taken in a part of the time, and where the committee has a chair.
    """
    begin, end = (valid.lower, valid.upper) if isinstance(valid, DateRange) else valid
    with transaction.atomic():
        committee = lock(Committee, committee.pk)
        ask(permissions.may_keep_committee(by))
        _ask_no_session(committee)
        if begin is not None and end is not None and end <= begin:
            raise Refused("empty_time", _("The last day must not lie before the first."), field="until")
        seat = Seat(
            committee=committee,
            place=place,
            holder=holder,
            title_ko=title_ko,
            title_en=title_en,
            is_chair=is_chair,
            valid=DateRange(begin, end),
        )
        _ask_free(seat)
        return created(seat, actor=by, verb="designation.seat_member", place=place, holder=holder.pk)


def vacate_seat(*, seat: Seat, by: Any, last_day: date, reason: str) -> Seat:
    """End a seat's time: its holder sits for the last time on ``last_day`` (KST). Needs a reason.

    What was voted stays; a day before the seat's first is refused, and one that leaves a past meeting
    without a member who was present at it.
    """
    with transaction.atomic():
        committee = lock(Committee, seat.committee_id)
        seat = lock(Seat, seat.pk)
        ask(permissions.may_keep_committee(by))
        _ask_no_session(committee)
        if not reason.strip():
            raise Refused("reason_needed", _("Say why."), field="reason")
        begin, end = seat.valid.lower, seat.valid.upper
        until = date.fromordinal(last_day.toordinal() + 1)
        if begin is not None and until <= begin:
            raise Refused("empty_time", _("The last day must not lie before the first."), field="last_day")
        if end is not None and until > end:
            raise Refused("not_longer", _("The seat ends before that day already."), field="last_day")
        if seat.attendances.filter(meeting__held_at__date__gt=last_day).exists():
            raise Refused(
                "was_present_later",
                _("The member was present at a meeting after that day."),
                field="last_day",
            )
        return changed(
            seat,
            actor=by,
            verb="designation.vacate_seat",
            reason=reason.strip(),
            valid=DateRange(begin, until),
        )


def _ask_names(name_ko: str, name_en: str) -> None:
    for field, value in (("name_ko", name_ko), ("name_en", name_en)):
        if not value.strip():
            raise Refused("name_needed", _("Give the name in Korean and in English."), field=field)


def _ask_no_session(committee: Committee) -> None:
    if committee.meetings.filter(state=MeetingState.HELD).exists():
        raise Refused(
            "meeting_in_session",
            _("A meeting of this committee is in session. Change the seats when it is closed."),
        )


def _ask_free(seat: Seat) -> None:
    others = Seat.objects.filter(committee=seat.committee, valid__overlap=seat.valid)
    if others.filter(place=seat.place).exists():
        raise Refused("seat_taken", _("This seat is held by somebody in this time."), field="place")
    if others.filter(holder=seat.holder).exists():
        raise Refused("holder_seated", _("This person already holds a seat in this time."), field="holder")
    if seat.is_chair and others.filter(is_chair=True).exists():
        raise Refused("chair_taken", _("The committee has a chair in this time."), field="is_chair")
