"""What is known of one process, each fact with the instant at which it became public. No question is asked here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from challenges.models import Challenge
from designation.models import Decision, Designation
from innomarket.evaluation.models import Result, Round
from innomarket.evaluation.states import Outcome
from innomarket.submissions.models import Amendment, DeadlineMove, Lot, Submission
from pilots.models import Contract, Inspection, LedgerEntry, Pilot, TestMeasure, TestResult, UseNote


@dataclass
class Purchase:
    """A pilot purchase. ``item_class``: how its product was classified when it was matched."""

    pilot: Pilot
    contract: Contract | None = None
    inspection: Inspection | None = None
    inspected_at: datetime | None = None
    cancelled_at: datetime | None = None
    payments: list[LedgerEntry] = field(default_factory=list)
    measures: list[TestMeasure] = field(default_factory=list)
    result: TestResult | None = None
    uses: list[UseNote] = field(default_factory=list)
    item_class: str = ""

    def instants(self) -> Iterator[datetime | None]:
        yield from (self.pilot.matched_at, self.pilot.committed_at, self.cancelled_at, self.inspected_at)
        yield self.contract.recorded_at if self.contract else None
        yield self.result.given_at if self.result else None
        yield from (entry.at for entry in self.payments)
        yield from (note.said_at for note in self.uses)


@dataclass
class Answer:
    """A proposal that was selected or designated at some time: the portal's other proposals are not public.

    ``issued_last``: the last day of the designation as it was issued, before the committee ended it.
    """

    submission: Submission
    results: list[Result] = field(default_factory=list)
    rejected: list[Decision] = field(default_factory=list)
    designation: Designation | None = None
    issued_last: date | None = None
    ended_at: datetime | None = None
    purchases: list[Purchase] = field(default_factory=list)

    def selected_at(self, at: datetime) -> bool:
        """Whether its results, as they stood then, select it: none of an earlier stage ends its way."""
        standing = [one for one in self.results if stood(one, at)]
        chosen = [one for one in standing if one.outcome == Outcome.SELECTED]
        return any(
            all(
                other.outcome == Outcome.ADVANCES
                for other in standing
                if other.entry.round.stage.order < one.entry.round.stage.order
            )
            for one in chosen
        )

    def was_chosen_at(self, at: datetime) -> bool:
        """Selected then, or designated before."""
        designated = self.designation is not None and self.designation.designated_at <= at
        return designated or self.selected_at(at)

    def first_selected_at(self) -> datetime | None:
        """When it was first published as selected."""
        at = [one.published_at for one in self.results if one.outcome == Outcome.SELECTED]
        return min((instant for instant in at if instant), default=None)

    def instants(self) -> Iterator[datetime | None]:
        yield from (self.first_selected_at(), self.ended_at)
        yield from (one.superseded_at for one in self.results)
        yield from (one.published_at for one in self.results)
        yield from (decision.decided_at for decision in self.rejected)
        yield self.designation.designated_at if self.designation else None


@dataclass
class Process:
    """A need and its way (0033). ``local`` is the ocid without its prefix; ``earlier`` is that of the call before."""

    local: str
    task: Challenge | None = None
    lot: Lot | None = None
    base: str = ""
    earlier: str = ""
    amendments: list[Amendment] = field(default_factory=list)
    moves: list[DeadlineMove] = field(default_factory=list)
    cancelled_at: datetime | None = None
    last_stage: int = 0
    rounds: list[Round] = field(default_factory=list)
    outcomes: list[Result] = field(default_factory=list)
    received: int = 0
    answers: list[Answer] = field(default_factory=list)

    @property
    def plans(self) -> bool:
        """Whether the task's planning is told here: once, in the process of its first call."""
        return self.task is not None and not self.earlier

    def concluded_at(self, at: datetime) -> bool:
        """Whether the lot had its result: its last stage was published, or a stage that nobody passed."""
        return any(
            one.stage.order == self.last_stage or not self._advancing(one, at)
            for one in self.rounds
            if one.published_at and one.published_at <= at
        )

    def _advancing(self, round: Round, at: datetime) -> bool:
        return any(
            one.outcome == Outcome.ADVANCES
            and one.entry.round.stage.order == round.stage.order
            and stood(one, at)
            for one in self.outcomes
        )

    def planning_instants(self) -> Iterator[datetime | None]:
        yield self.task.published_at if self.task and self.plans else None

    def tender_instants(self) -> Iterator[datetime | None]:
        """Its state follows from the results and designations too."""
        yield from self.planning_instants()
        yield from (self.cancelled_at, self.lot.call.announced_at if self.lot else None)
        yield from (move.decided_at for move in self.moves)
        yield from (one.made_at for one in self.amendments)
        yield from (one.published_at for one in self.rounds)
        for one in self.outcomes:
            yield from (one.published_at, one.superseded_at)
        for answer in self.answers:
            yield from answer.instants()


def stood(result: Result, at: datetime) -> bool:
    """Published, and superseded by none, at that instant."""
    published = result.published_at is not None and result.published_at <= at
    return published and (result.superseded_at is None or result.superseded_at > at)
