"""The sample's committee, and a meeting of it from the agenda to the decisions."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateRange

from designation.models import Committee, Motion, Seat
from designation.services.committee import create_committee, seat_member
from designation.services.meeting import close_meeting, open_meeting, plan_meeting, record_attendance
from designation.services.motion import cast_ballot, close_vote, open_vote, recuse, table_motion
from innomarket.accounts.models import User
from innomarket.common.clock import moved_to
from innomarket.submissions.models import Submission

from .cast import Cast
from .scenes import chance


def seated(cast: Cast) -> Committee:
    """The committee with its five seats, held since 2020."""
    secretary = cast.staff["committee"]
    made = create_committee(
        by=secretary,
        code="public-demand",
        name_ko="공공수요발굴위원회",
        name_en="Public Demand Identification Committee",
        least_present=3,
    )
    for place, member in enumerate(cast.members, start=1):
        seat_member(
            committee=made,
            by=secretary,
            place=place,
            holder=member,
            title_ko="위원장" if place == 1 else "위원",
            title_en="Chair" if place == 1 else "Member",
            is_chair=place == 1,
            valid=DateRange(date(2020, 1, 1), None),
        )
    return made


def decided(cast: Cast, body: Committee, submissions: Iterable[Submission], held_at: datetime) -> None:
    """A meeting, planned two weeks before, that decides on each proposal; every ninth is rejected."""
    secretary = cast.staff["committee"]
    with moved_to(held_at - timedelta(days=14)):
        meeting = plan_meeting(committee=body, by=secretary, held_at=held_at, place="대회의실")
        motions = [table_motion(meeting=meeting, by=secretary, submission=one) for one in submissions]
    seats = list(body.seats.select_related("holder").order_by("place"))
    with moved_to(held_at):
        meeting = open_meeting(meeting=meeting, by=secretary)
        for seat in seats:
            record_attendance(meeting=meeting, by=secretary, seat=seat)
        for motion in motions:
            _voted(motion, seats, secretary)
        close_meeting(meeting=meeting, by=secretary)


def _voted(motion: Motion, seats: Sequence[Seat], secretary: User) -> None:
    voters = list(seats)
    if chance("recused", motion.order, of=6) == 0:
        last = voters.pop()
        recuse(motion=motion, by=last.holder, seat=last, reason="지난해 이 기업의 자문을 맡았습니다.")
    motion = open_vote(motion=motion, by=secretary)
    against = 3 if motion.order % 9 == 4 else motion.order % 2
    for turn, seat in enumerate(voters):
        cast_ballot(motion=motion, by=seat.holder, choice="against" if turn < against else "for")
    close_vote(motion=motion, by=secretary)
