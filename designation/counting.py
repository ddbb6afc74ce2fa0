"""How a vote of the committee is counted (rules.md "Votes"). Pure: no clock, no database.

Base = the seats filled on the day of the vote, less those recused. Quorum = more than half of the base
is present, and at least the committee's least number, of those entitled. An abstention counts for the
quorum and not for the majority. The motion is adopted when there are more votes for than against and the
votes for are more than half of the rule's majority base. A tie is not adopted: there is no casting vote
(our default).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .states import Choice, MajorityBase


@dataclass(frozen=True)
class Quorum:
    """Whether enough of those entitled are present: ``needed`` seats of ``base``."""

    base: int
    present: int
    needed: int

    @property
    def reached(self) -> bool:
        """Never with an empty base: if all are recused the motion is not this committee's to decide."""
        return self.base > 0 and self.present >= self.needed


@dataclass(frozen=True)
class Count:
    """A counted vote. ``votes_for + votes_against + votes_abstain <= present <= base``."""

    quorum: Quorum
    votes_for: int
    votes_against: int
    votes_abstain: int
    majority_base: str
    adopted: bool

    @property
    def tied(self) -> bool:
        return self.votes_for == self.votes_against


def quorum(
    *, seats: Collection[int], recused: Collection[int], present: Collection[int], least_present: int
) -> Quorum:
    """``seats``: those filled on the day; the three collections hold keys of seats."""
    entitled = set(seats) - set(recused)
    return Quorum(
        base=len(entitled),
        present=len(entitled & set(present)),
        needed=max(len(entitled) // 2 + 1, least_present),
    )


def count(
    *,
    seats: Collection[int],
    recused: Collection[int],
    present: Collection[int],
    ballots: Mapping[int, str],
    least_present: int,
    majority_base: str = MajorityBase.VOTES,
) -> Count:
    """Count the ballots (seat → choice); those of seats that are not entitled or not present do not count."""
    asked = quorum(seats=seats, recused=recused, present=present, least_present=least_present)
    entitled = (set(seats) - set(recused)) & set(present)
    choices = [choice for seat, choice in ballots.items() if seat in entitled]
    votes_for, against = choices.count(Choice.FOR), choices.count(Choice.AGAINST)
    half_of = {
        MajorityBase.VOTES: votes_for + against,
        MajorityBase.PRESENT: asked.present,
        MajorityBase.SEATS: asked.base,
    }[MajorityBase(majority_base)]
    return Count(
        quorum=asked,
        votes_for=votes_for,
        votes_against=against,
        votes_abstain=choices.count(Choice.ABSTAIN),
        majority_base=str(majority_base),
        adopted=asked.reached and votes_for > against and 2 * votes_for > half_of,
    )
