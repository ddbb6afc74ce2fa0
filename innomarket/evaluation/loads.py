"""How many panels people have sat on in a calendar year (rules.md, "The draw"): asked, never stored."""

from collections.abc import Iterable
from datetime import date

from django.db import connection

from innomarket.common.clock import today
from innomarket.common.locks import lock

from .models import DrawRule

# A seat given up, or a round cancelled, before the round started was no work.
_SQL = """
SELECT seat.user_id, count(DISTINCT seat.round_id)
  FROM evaluation_panelist seat JOIN evaluation_round round ON round.id = seat.round_id
 WHERE seat.user_id = ANY(%(users)s::bigint[])
   AND extract(year FROM seat.seated_at AT TIME ZONE 'Asia/Seoul') = %(year)s
   AND (seat.left_at IS NULL OR seat.left_at > round.started_at)
   AND (round.state <> 'cancelled' OR round.started_at IS NOT NULL)
 GROUP BY seat.user_id
"""


def loads_of(users: Iterable[int], *, year: int | None = None) -> dict[int, int]:
    """Panels in the year (of Seoul, this one by default), by person; who sat on none is not in it."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, {"users": sorted(set(users)), "year": year or today().year})
        return dict(cursor.fetchall())


def hold_loads(day: date | None = None) -> DrawRule:
    """The rule of the day FOR UPDATE: who seats holds it, so that two rounds cannot both give the last panel.

    Always after the round's lock. Raises Refused where no rule is in force.
    """
    return lock(DrawRule, DrawRule.objects.at(day).pk)
