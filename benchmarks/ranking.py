"""Ranking a round: the one statement beside the bare rule, a Decimal reference and ORM instances, in one run.

Run in a deployment's database as `python -m benchmarks.ground ranking N` (N entries × 7 sheets × 10 criteria).
"""

import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.deployments import deployment, lay
from benchmarks.table import Table

if TYPE_CHECKING:
    from innomarket.evaluation.models import Round

SHEETS = 7
# name, minimum percent, place in breaking ties, [(weight, highest points), …]
GROUPS = [
    ("Publicness", 60, 1, [(10, 10)] * 4),
    ("Innovation", 60, 2, [(10, 10)] * 3),
    ("Growth", 60, 3, [(10, 10)] * 3),
]

# The rule alone with its upsert: totals without the two that are dropped, minima, places. No hash of the
# inputs, no means of criteria, no versions.
BARE = """
WITH weighed AS (
    SELECT assignment.entry_id, sheet.id, panelist.place, grouped.id AS group_id, grouped.minimum_percent,
           grouped.tie_order, sum(score.points * criterion.weight::numeric / score.max_points) AS points,
           sum(criterion.weight) AS weight
    FROM evaluation_score score
    JOIN submissions_criterion criterion ON criterion.id = score.criterion_id
    JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id
    JOIN evaluation_sheet sheet ON sheet.id = score.sheet_id AND sheet.state = 'submitted'
    JOIN evaluation_assignment assignment ON assignment.id = sheet.assignment_id AND assignment.recusal_id IS NULL
    JOIN evaluation_panelist panelist ON panelist.id = assignment.panelist_id
    JOIN evaluation_entry entry ON entry.id = assignment.entry_id
    WHERE entry.round_id = %(round)s
    GROUP BY 1, 2, 3, 4
), sheets AS (
    SELECT entry_id, id, place, sum(points) AS points FROM weighed GROUP BY 1, 2, 3
), highest AS (
    SELECT *, count(*) OVER (PARTITION BY entry_id) AS n,
           row_number() OVER (PARTITION BY entry_id ORDER BY points DESC, place) = 1 AS is_highest FROM sheets
), lowest AS (
    SELECT *, row_number() OVER (PARTITION BY entry_id ORDER BY is_highest, points, place) = 1 AS is_lowest FROM highest
), means AS (
    SELECT weighed.entry_id, group_id, tie_order, round(sum(weighed.points) / count(*), 2) AS mean,
           sum(weighed.points) / count(*) AS exact, weight * minimum_percent / 100.0 AS least
    FROM weighed JOIN lowest ON lowest.id = weighed.id WHERE NOT (is_highest OR is_lowest)
    GROUP BY weighed.entry_id, group_id, tie_order, weight, minimum_percent
), judged AS (
    SELECT entry_id, round(sum(exact), 2) AS total, bool_and(mean >= least) AS reached,
           array_agg(mean ORDER BY tie_order) AS ties
    FROM means GROUP BY entry_id
), placed AS (
    SELECT entry_id, total, reached AND total >= 70 AS passed,
           CASE WHEN reached AND total >= 70
                THEN rank() OVER (PARTITION BY reached AND total >= 70 ORDER BY total DESC, ties DESC) END AS rank
    FROM judged
)
INSERT INTO evaluation_result (entry_id, sheets, total, group_means, criterion_means, checks, versions, passed, rank,
                               outcome, outcome_reason, inputs_sha256, computed_at)
SELECT entry_id, 7, total, '{}', '{}', '{}', '{}', passed, rank, CASE WHEN passed THEN 'open' ELSE 'below_pass' END,
       '', '', innomarket_now()
FROM placed
ON CONFLICT (entry_id) DO UPDATE SET total = excluded.total, passed = excluded.passed, rank = excluded.rank,
                                     outcome = excluded.outcome
"""


def lay_round(entries: int, number: str = "BENCH") -> "Round":
    """A round with every sheet submitted; the rows are written by SQL, past the triggers that ask each of them."""
    from django.db import connection

    from innomarket.evaluation.models import Panelist, Round
    from tests.accounts.factories import company, person
    from tests.evaluation.factories import opened_lot, submitted

    lot = opened_lot(groups=GROUPS)
    stage = lot.call.stages.get()
    round_ = Round.objects.create(
        number=number, lot=lot, stage=stage, chief=person(), state="scoring", started_at=lot.call.opened_at,
        pass_mark=70, least_sheets=3, trim_from=5,
    )  # fmt: skip
    for place in range(1, SHEETS + 1):
        Panelist.objects.create(round=round_, user=person(), place=place, reason="A measurement.")
    first = submitted(lot, organisation=company())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            _FILL, {"round": round_.pk, "entries": entries, "first": first.pk, "call": lot.call_id}
        )
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("ANALYZE")
    return round_


# Points from a hash: the same in every run, with ties and entries below the mark.
_FILL = """
WITH entry AS (
    INSERT INTO evaluation_entry (round_id, submission_id, revision_id, "order")
    SELECT %(round)s, -n, submission.current_id, n
    FROM generate_series(1, %(entries)s) n CROSS JOIN submissions_submission submission
    WHERE submission.id = %(first)s
    RETURNING id, "order"
), assignment AS (
    INSERT INTO evaluation_assignment (entry_id, panelist_id, assigned_at)
    SELECT entry.id, panelist.id, innomarket_now()
    FROM entry CROSS JOIN evaluation_panelist panelist WHERE panelist.round_id = %(round)s
    RETURNING id, entry_id
), sheet AS (
    INSERT INTO evaluation_sheet (assignment_id, state, comment, saved_at, submitted_at, edition, version)
    SELECT id, 'submitted', 'x', innomarket_now(), innomarket_now(), 1, 1 FROM assignment
    RETURNING id, assignment_id
), score AS (
    INSERT INTO evaluation_score (sheet_id, criterion_id, points, max_points, comment)
    SELECT sheet.id, criterion.id, 5 + abs(hashtext(sheet.id::text || '/' || criterion.id)) %% 6, 10, ''
    FROM sheet CROSS JOIN submissions_criterion criterion
    JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id AND grouped.call_id = %(call)s
    RETURNING sheet_id, criterion_id, points
)
INSERT INTO evaluation_sheetversion (sheet_id, ordinal, points, comments, comment, word, sha256, submitted_at)
SELECT sheet_id, 1, array_agg(points ORDER BY grouped."order", criterion."order"), '{}', 'x', '', '', innomarket_now()
FROM score JOIN submissions_criterion criterion ON criterion.id = score.criterion_id
JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id
GROUP BY sheet_id
"""

Ranked = dict[int, tuple[Any, Any]]


def _ranked(sheets: dict[int, list[tuple[int, list[int]]]]) -> Ranked:
    """Total and place of each entry from (place, points) of its sheets, in Decimal: every weight equals its points."""
    strength = {}
    for entry, given in sheets.items():
        totals = sorted(given, key=lambda sheet: (-sum(sheet[1]), sheet[0]))
        kept = totals[1:]
        lowest = min(kept, key=lambda sheet: (sum(sheet[1]), sheet[0]))
        kept = [points for sheet in kept if sheet is not lowest for points in [sheet[1]]]
        means, start = [], 0
        for _name, _least, _tie, criteria in GROUPS:
            end = start + len(criteria)
            means.append(_two(Fraction(sum(sum(points[start:end]) for points in kept), len(kept))))
            start = end
        total = _two(Fraction(sum(sum(points) for points in kept), len(kept)))
        reached = all(
            mean >= Decimal(least) * sum(weight for weight, _most in criteria) / 100
            for mean, (_n, least, _t, criteria) in zip(means, GROUPS, strict=True)
        )
        strength[entry] = (total, means, reached and total >= 70)
    order = sorted((s for s in strength.values() if s[2]), key=lambda s: (s[0], s[1]), reverse=True)
    first: dict[Any, int] = {}
    for place, (total, means, _passed) in enumerate(order, start=1):
        first.setdefault((total, *means), place)
    return {
        entry: (total, first[total, *means] if passed else None)
        for entry, (total, means, passed) in strength.items()
    }


def _two(value: Fraction) -> Decimal:
    return Decimal((200 * value.numerator + value.denominator) // (2 * value.denominator)) / 100


def by_decimal(round_: "Round") -> Ranked:
    from innomarket.evaluation.models import Score

    rows = Score.objects.filter(
        sheet__assignment__entry__round=round_, sheet__state="submitted", sheet__assignment__recusal=None
    ).order_by("sheet", "criterion__group__order", "criterion__order")
    found: dict[int, dict[tuple[int, int], list[int]]] = {}
    for entry, sheet, place, points in rows.values_list(
        "sheet__assignment__entry", "sheet", "sheet__assignment__panelist__place", "points"
    ):
        found.setdefault(entry, {}).setdefault((sheet, place), []).append(points or 0)
    return _ranked({e: [(place, p) for (_s, place), p in given.items()] for e, given in found.items()})


def by_instances(round_: "Round") -> Ranked:
    from innomarket.evaluation.models import Assignment

    rows = Assignment.objects.filter(entry__round=round_, sheet__state="submitted", recusal=None)
    found: dict[int, list[tuple[int, list[int]]]] = {}
    for one in rows.select_related("panelist", "sheet").prefetch_related("sheet__scores__criterion__group"):
        scores = sorted(one.sheet.scores.all(), key=lambda s: (s.criterion.group.order, s.criterion.order))
        found.setdefault(one.entry_id, []).append((one.panelist.place, [s.points or 0 for s in scores]))
    return _ranked(found)


def by_statement(round_: "Round") -> Ranked:
    from innomarket.evaluation.ranking import compute_results

    compute_results(round_)
    return {}


def by_bare_statement(round_: "Round") -> Ranked:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(BARE, {"round": round_.pk})
    return {}


WAYS: dict[str, Callable[["Round"], Ranked]] = {
    "statement": by_statement,
    "bare": by_bare_statement,
    "decimal": by_decimal,
    "instances": by_instances,
}


def times(entries: int, rounds: int = 5) -> dict[str, list[float]]:
    """Seconds of each way, interleaved; raises AssertionError where two ways find different totals or places."""
    from django.db import transaction

    from innomarket.evaluation.models import Result

    round_ = lay_round(entries)
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        answers = {}
        for name, way in WAYS.items():
            with transaction.atomic():
                began = time.perf_counter()
                found = way(round_)
                taken[name].append(time.perf_counter() - began)
                rows = Result.objects.filter(entry__round=round_).values_list("entry", "total", "rank")
                answers[name] = found or {entry: (total, rank) for entry, total, rank in rows}
                transaction.set_rollback(True)
        for name, answer in answers.items():
            assert answer == answers["statement"], f"{name} finds other places than the statement"
    return taken


def measure(table: Table, *, entries: int, rounds: int) -> None:
    with deployment() as made:
        taken = lay(made, "ranking", entries)
    what = f"ranking {entries:,} × {SHEETS} × 10"
    for name, text in (
        ("statement", "our statement, with hash and means"),
        ("bare", "the bare rule over score rows, with the upsert"),
        ("decimal", "Decimal over values_list"),
        ("instances", "ORM instances"),
    ):
        table.add(f"{what}: {text}", [seconds * 1000 for seconds in taken[name]], "ms")
    ours = median(taken["statement"])
    table.add("ours ÷ the bare rule", [ours / median(taken["bare"])], "×", "≤ 1.3")
    table.add("ORM instances ÷ ours", [median(taken["instances"]) / ours], "×", "≥ 8")
