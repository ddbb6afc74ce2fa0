"""The ranking of a round: its stored results, or the provisional ones while it is scored."""

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from innomarket.submissions.models import CriterionGroup

from ..models import Entry, Result, Round
from ..ranking import provisional_results
from ..states import RoundState
from .progress import spread


@dataclass
class Ranked:
    """One line of a ranking: the stored result, or the provisional one while the round is scored."""

    entry_id: int
    sheets: int
    total: Decimal | None
    group_means: list[str]
    passed: bool
    rank: int | None
    outcome: str
    spread: Decimal | None
    entry: Any = None


def ranking(round: Round) -> list[Ranked]:
    """Every entry by place; while the round is scored, over the sheets that stand now."""
    return with_entries(places(round))


def places(round: Round) -> list[Ranked]:
    """The same without the entries themselves: to decipher thousands of titles takes longer than all the rest."""
    groups = [
        str(pk) for pk in CriterionGroup.objects.filter(stage=round.stage_id).values_list("pk", flat=True)
    ]
    if round.state == RoundState.SCORING:
        rows: list[Any] = provisional_results(round)
    else:
        rows = list(
            Result.objects.filter(entry__round=round)
            .order_by(F("rank").asc(nulls_last=True), F("total").desc(nulls_last=True), "entry__order")
            .values("entry_id", "sheets", "total", "group_means", "passed", "rank", "outcome")
        )
    apart = spread(round)
    return [
        Ranked(
            row["entry_id"],
            row["sheets"],
            row["total"],
            [row["group_means"].get(pk, "–") for pk in groups],
            row["passed"],
            row["rank"],
            row["outcome"],
            apart.get(row["entry_id"]),
        )
        for row in rows
    ]


def with_entries(rows: list[Ranked]) -> list[Ranked]:
    """The same lines, each with its entry, submission and revision."""
    found = Entry.objects.filter(pk__in=[row.entry_id for row in rows])
    found = found.select_related("submission", "revision").defer("submission__title", "revision__sections")
    entries = {entry.pk: entry for entry in found}
    for row in rows:
        row.entry = entries[row.entry_id]
    return rows


def first_places(ranked: list[Ranked], most: int) -> set[int]:
    """The entries of the first ``most`` places. Where a tie lies across the line, it stands before the tied."""
    placed = [(row.rank, row.entry_id) for row in ranked if row.rank is not None]
    ranks = sorted(rank for rank, _ in placed)
    return {pk for rank, pk in placed if bisect_right(ranks, rank) <= most}
