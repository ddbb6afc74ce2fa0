"""What the committee keeps about people: taken along, and the duties that forbid an erasure."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.common import personal
from innomarket.common.refusals import Refusal

from .models import Ballot, Meeting, Seat
from .states import MeetingState


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form("committee", "designation:vote", "designation:recuse")
    personal.share(
        personal.Share(
            "designation.seats",
            _("Seats on committees"),
            (("committee", _("committee")), ("place", _("number of the seat")), ("valid", _("holds it"))),
            _seats,
        ),
        personal.Share(
            "designation.votes",
            _("Votes"),
            (("motion", _("motion")), ("choice", _("vote")), ("at", _("at"))),
            _votes,
        ),
    )
    personal.duty(_open_meeting)


def _seats(person: Any) -> Iterator[dict[str, Any]]:
    for row in Seat.objects.filter(holder=person).select_related("committee").order_by("pk"):
        yield {"committee": row.committee.name_ko, "place": row.place, "valid": str(row.valid)}


def _votes(person: Any) -> Iterator[dict[str, Any]]:
    rows = Ballot.objects.filter(cast_by=person).select_related("motion__meeting").order_by("pk")
    for row in rows:
        motion = row.motion
        yield {"motion": f"{motion.meeting.number}-{motion.order}", "choice": row.choice, "at": row.cast_at}


def _open_meeting(person: Any) -> Refusal | None:
    row = Meeting.objects.sat_on_by(person).exclude(state=MeetingState.CLOSED).first()
    if row is None:
        return None
    return Refusal(
        "meeting",
        _(
            "You sit in meeting %(number)s, which is not closed. Ask the secretary to give your seat to another."
        )
        % {"number": row.number},
    )
