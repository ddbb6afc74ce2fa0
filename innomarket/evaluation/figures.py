"""What an applicant is told of its round beside its own result: how many were judged, passed and were selected."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q

from .models import Result
from .states import Outcome


@dataclass(frozen=True)
class Figures:
    """Of a round: entries judged, how many passed and were selected (or go on), and where the selection ended."""

    entries: int
    passed: int
    selected: int
    cut: Any
    """The lowest score that was selected; None where nobody was."""
    cut_place: int | None


def with_figures(results: list[Any]) -> list[Any]:
    """Each result with ``figures`` of its round: the applicant is told its place among how many."""
    selected = Q(outcome__in=[Outcome.SELECTED, Outcome.ADVANCES])
    rows = (
        Result.objects.filter(entry__round__in={result.entry.round_id for result in results})
        .order_by()
        .values("entry__round")
        .annotate(
            entries=Count("pk"),
            n_passed=Count("pk", filter=Q(passed=True)),
            n_selected=Count("pk", filter=selected),
            cut=Min("total", filter=selected),
            cut_place=Max("rank", filter=selected),
        )
    )
    figures = {
        row["entry__round"]: Figures(
            row["entries"], row["n_passed"], row["n_selected"], row["cut"], row["cut_place"]
        )
        for row in rows
    }
    for result in results:
        result.figures = figures[result.entry.round_id]
    return results
