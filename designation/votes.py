"""What stands in the database about a motion's vote, put before the pure count. Reads only."""

from datetime import date

from innomarket.common.clock import KST, today

from . import counting
from .models import Motion, Seat, VotingRule


def day_of(motion: Motion) -> date:
    """The day (KST) whose seats are the base: on which the vote was opened, today while it was not."""
    opened = motion.voting_opened_at
    return opened.astimezone(KST).date() if opened else today()


def entitled(motion: Motion) -> tuple[set[int], set[int], set[int]]:
    """Keys of the seats filled on the day, of those recused, and of those present."""
    seats = Seat.objects.filled_on(day_of(motion)).filter(committee=motion.meeting.committee_id)
    return (
        set(seats.values_list("pk", flat=True)),
        set(motion.recusals.values_list("seat", flat=True)),
        set(motion.meeting.attendances.values_list("seat", flat=True)),
    )


def quorum_of(motion: Motion) -> counting.Quorum:
    seats, recused, present = entitled(motion)
    least = motion.meeting.committee.least_present
    return counting.quorum(seats=seats, recused=recused, present=present, least_present=least)


def count_of(motion: Motion) -> counting.Count:
    """The count as it stands. Raises Refused where no voting rule is in force on the day."""
    seats, recused, present = entitled(motion)
    return counting.count(
        seats=seats,
        recused=recused,
        present=present,
        ballots=dict(motion.ballots.values_list("seat", "choice")),
        least_present=motion.meeting.committee.least_present,
        majority_base=VotingRule.objects.at(day_of(motion)).majority_base,
    )
