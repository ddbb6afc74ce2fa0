"""How far a round is: the sheets that count, that are awaited, that were given back, and how far they lie apart."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from ..models import Entry, Recusal, Result, Round, Sheet
from ..states import Outcome, SheetState


def entries_with_sheets(round: Round) -> QuerySet[Any]:
    """Entries with ``counted`` (sheets that count) and ``expected`` (who is still to judge or has judged)."""
    counting = Q(assignments__sheet__state=SheetState.SUBMITTED, assignments__recusal=None)
    awaited = Q(assignments__recusal=None, assignments__panelist__left_at=None) & (
        Q(assignments__sheet=None) | ~Q(assignments__sheet__state=SheetState.SET_ASIDE)
    )
    return round.entries.annotate(
        counted=Count("assignments", filter=counting, distinct=True),
        expected=Count("assignments", filter=awaited | counting, distinct=True),
    ).order_by("order")


def too_few_sheets(round: Round) -> list[Entry]:
    """Entries that would have no result now."""
    short = entries_with_sheets(round).filter(counted__lt=round.least_sheets)
    return list(short.select_related("submission"))


def returned_sheets(round: Round) -> list[Sheet]:
    """Sheets that the chief gave back and that are not submitted again, of who still judges."""
    waiting = Sheet.objects.filter(
        assignment__entry__round=round,
        state=SheetState.RETURNED,
        assignment__recusal=None,
        assignment__panelist__left_at=None,
    )
    return list(
        waiting.select_related("assignment__entry__submission", "assignment__panelist").order_by(
            "assignment__entry__order", "assignment__panelist__place"
        )
    )


def without_a_record(round: Round) -> list[Entry]:
    """Entries of a survey or interview that is not yet on record; none in other stages."""
    if not round.stage.has_record:
        return []
    return list(round.entries.filter(visit=None).select_related("submission").order_by("order"))


def undecided(round: Round) -> int:
    """How many entries have passed and are neither selected nor not."""
    return Result.objects.filter(entry__round=round, outcome=Outcome.OPEN).count()


def counts(round: Round) -> dict[str, int]:
    """How many entries, sheets that count, sheets that are awaited, recusals, members of the panel."""
    found = {"entries": 0, "counted": 0, "expected": 0, "short": 0}
    for counted, expected in entries_with_sheets(round).values_list("counted", "expected"):
        found["entries"] += 1
        found["counted"] += counted
        found["expected"] += expected
        found["short"] += counted < round.least_sheets
    found["recusals"] = Recusal.objects.filter(entry__round=round).count()
    found["panel"] = round.panelists.filter(left_at=None).count()
    return found


def spread(round: Round) -> dict[int, Decimal]:
    """The distance in points between the highest and the lowest sheet that counts, by entry."""
    apart = f"SELECT entry_id, max(total) - min(total) FROM ({_TOTALS}) totals GROUP BY entry_id"  # noqa: S608 – both are ours
    return dict(_asked(apart, round))


def sheet_totals(round: Round) -> list[tuple[int, int, Decimal]]:
    """(entry, place in the panel, weighted total) of each sheet that counts; nothing where no points are given."""
    return _asked(f"{_TOTALS} ORDER BY entry_id, place", round)


def _asked(statement: str, round: Round) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"round": round.pk, "stage": round.stage_id})
        return cursor.fetchall()


_TOTALS = """
WITH criteria AS (
    SELECT criterion.weight::numeric / criterion.max_points AS factor,
           row_number() OVER (ORDER BY grouped."order", grouped.id, criterion."order", criterion.id) AS n
    FROM submissions_criterion criterion
    JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id
    WHERE grouped.stage_id = %(stage)s
)
SELECT assignment.entry_id, panelist.place, round(sum(given.points * criteria.factor), 2) AS total
FROM evaluation_entry entry
JOIN evaluation_assignment assignment
  ON assignment.entry_id = entry.id AND assignment.recusal_id IS NULL
JOIN evaluation_sheet sheet ON sheet.assignment_id = assignment.id AND sheet.state = 'submitted'
JOIN evaluation_sheetversion version ON version.sheet_id = sheet.id AND version.ordinal = sheet.version
JOIN evaluation_panelist panelist ON panelist.id = assignment.panelist_id
CROSS JOIN LATERAL unnest(version.points) WITH ORDINALITY AS given (points, n)
JOIN criteria ON criteria.n = given.n
WHERE entry.round_id = %(round)s
GROUP BY assignment.entry_id, sheet.id, panelist.place
"""
