"""How an evaluator has scored: against the panel's mean, over published rounds alone. For staff, never stored."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from .models import Evaluator


@dataclass(frozen=True)
class History:
    """``deviation``: mean of (own total − mean of the entry's sheets that count), in points of 100."""

    sheets: int
    deviation: Decimal | None


def history_of(evaluator: Evaluator) -> History:
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [evaluator.user_id])
        sheets, deviation = cursor.fetchone()
    return History(sheets, deviation)


_SQL = """
SELECT count(*), round(avg(total - mean), 2) FROM (
    SELECT seat.user_id, total, avg(total) OVER (PARTITION BY entry_id) AS mean FROM (
        SELECT assignment.entry_id, assignment.panelist_id,
               sum(score.points * criterion.weight::numeric / score.max_points) AS total
          FROM evaluation_score score
          JOIN submissions_criterion criterion ON criterion.id = score.criterion_id
          JOIN evaluation_sheet sheet ON sheet.id = score.sheet_id AND sheet.state = 'submitted'
          JOIN evaluation_assignment assignment ON assignment.id = sheet.assignment_id
               AND assignment.recusal_id IS NULL
          JOIN evaluation_entry entry ON entry.id = assignment.entry_id
          JOIN evaluation_round round ON round.id = entry.round_id AND round.state = 'published'
         GROUP BY assignment.entry_id, assignment.panelist_id, sheet.id
    ) totals JOIN evaluation_panelist seat ON seat.id = totals.panelist_id
) deviations WHERE user_id = %s
"""
