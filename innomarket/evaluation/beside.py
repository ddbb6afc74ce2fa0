"""Rounds beside the round of a stage: what they judge, who may not sit in them, and where their entries stand.

Two of them. A round **anew** judges an entry again, after an objection was upheld so, by a panel in which nobody of
the former one sits. A **supplementary** round judges who came to a stage after its round had begun, because an
objection held it back or because it goes on only after an evaluation anew. Both judge by the rule of the stage, and
their entries are placed in the list that its round has published: that list stands, nobody's place in it changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from innomarket.submissions.models import CriterionGroup, Submission

from . import reads
from .models import Entry, Panelist, Reevaluation, Result, Round
from .states import SEATING, Outcome, Purpose, RoundState

Strength = tuple[Decimal, ...]
TAKEN = (Outcome.SELECTED, Outcome.ADVANCES)


def anew_of(round: Round) -> QuerySet[Reevaluation]:
    """What a round judges anew, in the order of the submissions' numbers."""
    return round.reevaluations.filter(standing=True).order_by("objection__result__entry__submission__number")


def entries_anew(round: Round) -> list[Entry]:
    """The former entries of what a round judges anew: the new panel reads the same revisions."""
    wanted = anew_of(round).select_related(
        "objection__result__entry__submission", "objection__result__entry__revision"
    )
    return [one.objection.result.entry for one in wanted]


def judges(round: Round) -> QuerySet[Submission]:
    """What a round takes, or has taken: of the stage, of an evaluation anew, or who came late."""
    if round.purpose == Purpose.ANEW:
        return Submission.objects.filter(
            pk__in=anew_of(round).order_by().values("objection__result__entry__submission")
        )
    if round.purpose == Purpose.LATE:
        return late(round)
    return reads.to_be_judged(round.lot, round.stage)


def late(round: Round) -> QuerySet[Submission]:
    """Who may be judged in this stage and is in none of its rounds; a cancelled one is none."""
    taken = Entry.objects.filter(round__lot=round.lot_id, round__stage=round.stage_id).exclude(
        round__state=RoundState.CANCELLED
    )
    return reads.to_be_judged(round.lot, round.stage).exclude(pk__in=taken.order_by().values("submission"))


def rounds_with_late() -> QuerySet[Round]:
    """The published rounds of stages for which somebody waits who came after they had begun, held back or not."""
    judged = Entry.objects.filter(
        submission=OuterRef("entry__submission"), round__stage=OuterRef(OuterRef("stage"))
    ).exclude(round__state=RoundState.CANCELLED)
    went_on = (
        Result.objects.going_on()
        .filter(
            entry__round__lot=OuterRef("lot"),
            entry__round__stage__order=OuterRef("stage__order") - 1,
        )
        .filter(~Exists(judged))
    )
    under_way = Round.objects.filter(
        beside=OuterRef("pk"), purpose=Purpose.LATE, state__in=[*SEATING, RoundState.FINISHED]
    )
    return Round.objects.filter(
        Exists(went_on), ~Exists(under_way), purpose=Purpose.FIRST, state=RoundState.PUBLISHED
    )


def former_panel(round: Round) -> set[int]:
    """The people (by key) who had a seat where the same was judged before; in a round of the stage, nobody.

    Also who left or declined: whoever was asked once is not asked to judge the same again.
    """
    if round.purpose != Purpose.ANEW:
        return set()
    before = (
        Entry.objects.filter(submission__in=judges(round), round__stage=round.stage_id)
        .exclude(round=round)
        .order_by()
        .values("round")
    )
    return set(Panelist.objects.filter(round__in=before).values_list("user", flat=True))


@dataclass(frozen=True)
class Listed:
    """The published list of a stage's round: who passed there, with key and strength, and where its line stands."""

    passed: list[tuple[int, Strength]]
    weakest: Strength | None
    left_out: bool

    def place(self, strength: Strength, *, without: int | None, beside: Iterable[Strength]) -> int:
        """The place that this strength would have had; ``without``: its own old line, which it replaces."""
        others = [theirs for pk, theirs in self.passed if pk != without]
        return 1 + sum(theirs > strength for theirs in [*others, *beside])

    def takes(self, strength: Strength) -> bool:
        """Not weaker than the last who was taken; everybody where nobody who passed was left out."""
        return not self.left_out or (self.weakest is not None and strength >= self.weakest)


def listed(round: Round) -> Listed:
    """The list beside which a round stands, as it was published: later revisions move no place in it."""
    rows = list(Result.objects.filter(entry__round=round.beside_id, passed=True))
    ties = _ties(round)
    passed = [(row.pk, strength_of(row, ties)) for row in rows]
    taken = [strength_of(row, ties) for row in rows if row.outcome in TAKEN]
    return Listed(passed, min(taken, default=None), len(taken) < len(rows))


def strength_of(result: Result, ties: list[str]) -> Strength:
    """Total, then the means of the groups in the order in which they break ties."""
    assert result.total is not None, "only who passed by points has a strength"
    return (result.total, *(Decimal(result.group_means[group]) for group in ties))


def place_results(round: Round) -> None:
    """Give the computed results of a round beside another their places and outcomes. Hold the round's lock.

    The place is the one that the score would have had in the published list: one more than the entries there that
    are stronger (total, then the groups in the order of ties), its own old line left out. An entry is selected, or
    goes on, where the line of that list takes it. (Our default: rules.md is silent on an evaluation anew.)
    """
    results = list(Result.objects.filter(entry__round=round).select_related("entry"))
    if round.purpose == Purpose.ANEW:
        _revise(round, results)
    if round.stage.by_points:
        _place(round, results)
    fields = ["ordinal", "supersedes", "original", "rank", "outcome"]
    Result.objects.bulk_update(results, fields, batch_size=500)


def against_the_line(round: Round, results: Iterable[Result], chosen: set[int]) -> set[int]:
    """The entries (by key) that a choice treats otherwise than the line of the published list."""
    ties, list_ = _ties(round), listed(round)
    return {
        result.entry_id
        for result in results
        if result.passed and list_.takes(strength_of(result, ties)) != (result.entry_id in chosen)
    }


def revisions_of(results: Iterable[Result]) -> dict[int, Result]:
    """By key of those that were superseded: the published revision that follows, with its round."""
    rows = Result.objects.published().filter(supersedes__in=[result.pk for result in results])
    return {row.supersedes_id: row for row in rows.select_related("entry__round") if row.supersedes_id}


# ── what the place is made of ──


def _ties(round: Round) -> list[str]:
    groups = CriterionGroup.objects.filter(stage=round.stage_id).order_by("tie_order", "order", "pk")
    return [str(pk) for pk in groups.values_list("pk", flat=True)]


def _revise(round: Round, results: list[Result]) -> None:
    former = {
        one.objection.result.entry.submission_id: one.objection.result
        for one in anew_of(round).select_related("objection__result__entry")
    }
    for result in results:
        before = former[result.entry.submission_id]
        result.supersedes, result.ordinal = before, before.ordinal + 1
        result.original_id = before.original_id or before.pk


def _place(round: Round, results: list[Result]) -> None:
    ties, list_ = _ties(round), listed(round)
    mine = {result.pk: strength_of(result, ties) for result in results if result.passed}
    taken = Outcome.SELECTED if round.stage.is_last() else Outcome.ADVANCES
    for result in results:
        if not result.passed:
            continue
        strength = mine[result.pk]
        beside = [theirs for pk, theirs in mine.items() if pk != result.pk]
        result.rank = list_.place(strength, without=result.original_id, beside=beside)
        result.outcome = taken if list_.takes(strength) else Outcome.NOT_SELECTED
