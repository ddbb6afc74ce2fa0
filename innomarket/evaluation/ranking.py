"""Scores and places of a round, computed in one SQL statement.

The rule, as it is applied here:

* A sheet counts when it is submitted, not set aside and not recused. With fewer counting sheets than
  ``least_sheets`` the entry has no result.
* A sheet's weighted total is the sum of points ÷ highest points × weight. From ``trim_from`` counting sheets
  up, the sheet with the highest and the sheet with the lowest weighted total are dropped; among equals the
  one with the lower place in the panel (two different sheets go, also where all are equal).
* The total is the mean over the sheets that are left, exact, rounded once, half up, to two decimals. The
  means of groups and criteria are taken over the same sheets, in the same weights, and rounded likewise.
* An entry passes when its rounded total reaches the pass mark and the rounded mean of each group reaches the
  group's minimum (a percentage of the group's weight).
* Only entries that pass have places: 1, 1, 3. A tie is broken by the groups' means in the order that the
  call names (``tie_order``, then the order of the groups); what is still equal shares the place.

Exact means: all points are brought to one denominator, the least common multiple of the criteria's highest
points, and only whole numbers are added and compared; the one division is an integer division.

``inputs_sha256`` is the SHA-256 of a text (UTF-8, lines end with LF) that anybody can write from the round's
papers: first ``innomarket-result-1``, then ``revision <sha256 of the revision>``,
``rule <pass mark> <fewest sheets> <trim from>``, a line ``group <order> <minimum percent> <tie order>`` for
each group, a line ``criterion <group order>.<order> <weight> <highest points>`` for each criterion, and a
line ``sheet <place in the panel> <points of the criteria in their order>`` for each sheet that counts.
"""

import json
from typing import Any

from django.db import connection

from .models import Round

_COMPUTE = """
WITH RECURSIVE
this AS (
    SELECT round.id, round.pass_mark, round.least_sheets, round.trim_from, lot.call_id
    FROM evaluation_round round JOIN submissions_lot lot ON lot.id = round.lot_id
    WHERE round.id = %(round)s
),
criteria AS (
    SELECT criterion.id, criterion.weight, criterion.max_points, criterion.group_id,
           row_number() OVER (ORDER BY grouped."order", grouped.id, criterion."order", criterion.id) AS n,
           grouped."order" AS group_order, criterion."order" AS criterion_order
    FROM submissions_criterion criterion
    JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id
    JOIN this ON this.call_id = grouped.call_id
),
common (n, denominator) AS (
    SELECT 0::bigint, 1::numeric
    UNION ALL
    SELECT criteria.n, lcm(common.denominator, criteria.max_points::numeric)
    FROM common JOIN criteria ON criteria.n = common.n + 1
),
scale AS (SELECT denominator FROM common ORDER BY n DESC LIMIT 1),
counting AS (
    SELECT assignment.entry_id, sheet.id AS sheet_id, panelist.place
    FROM evaluation_sheet sheet
    JOIN evaluation_assignment assignment ON assignment.id = sheet.assignment_id
    JOIN evaluation_panelist panelist ON panelist.id = assignment.panelist_id
    JOIN evaluation_entry entry ON entry.id = assignment.entry_id
    WHERE entry.round_id = %(round)s AND sheet.state = 'submitted' AND assignment.recusal_id IS NULL
),
points AS (
    SELECT counting.entry_id, counting.sheet_id, counting.place, criteria.id AS criterion_id,
           criteria.group_id, criteria.n, score.points,
           score.points::numeric * criteria.weight * (scale.denominator / criteria.max_points) AS weighted
    FROM counting
    JOIN evaluation_score score ON score.sheet_id = counting.sheet_id
    JOIN criteria ON criteria.id = score.criterion_id
    CROSS JOIN scale
),
sheets AS (
    SELECT entry_id, sheet_id, place, sum(weighted) AS weighted,
           string_agg(points::text, ' ' ORDER BY n) AS line
    FROM points GROUP BY entry_id, sheet_id, place
),
highest AS (
    SELECT sheets.*, count(*) OVER (PARTITION BY entry_id) AS sheets_of_entry,
           row_number() OVER (PARTITION BY entry_id ORDER BY weighted DESC, place) = 1 AS is_highest
    FROM sheets
),
lowest AS (
    SELECT highest.*,
           row_number() OVER (PARTITION BY entry_id ORDER BY is_highest, weighted, place) = 1 AS is_lowest
    FROM highest
),
kept AS (
    SELECT lowest.entry_id, lowest.sheet_id, lowest.weighted,
           count(*) OVER (PARTITION BY lowest.entry_id) AS n
    FROM lowest CROSS JOIN this
    WHERE lowest.sheets_of_entry >= this.least_sheets
      AND (lowest.sheets_of_entry < this.trim_from OR NOT (is_highest OR is_lowest))
),
totals AS (
    SELECT kept.entry_id,
           div(200 * sum(kept.weighted) + kept.n * scale.denominator, 2 * kept.n * scale.denominator) / 100
               AS total
    FROM kept CROSS JOIN scale GROUP BY kept.entry_id, kept.n, scale.denominator
),
criterion_means AS (
    SELECT kept.entry_id, points.criterion_id,
           div(200 * sum(points.weighted) + kept.n * scale.denominator, 2 * kept.n * scale.denominator) / 100
               AS mean
    FROM kept JOIN points ON points.sheet_id = kept.sheet_id CROSS JOIN scale
    GROUP BY kept.entry_id, points.criterion_id, kept.n, scale.denominator
),
group_means AS (
    SELECT kept.entry_id, points.group_id,
           div(200 * sum(points.weighted) + kept.n * scale.denominator, 2 * kept.n * scale.denominator) / 100
               AS mean
    FROM kept JOIN points ON points.sheet_id = kept.sheet_id CROSS JOIN scale
    GROUP BY kept.entry_id, points.group_id, kept.n, scale.denominator
),
group_weights AS (SELECT group_id, sum(weight) AS weight FROM criteria GROUP BY group_id),
groups AS (
    SELECT group_means.entry_id,
           jsonb_object_agg(group_means.group_id::text, group_means.mean::numeric(6, 2)::text) AS means,
           array_agg(group_means.mean ORDER BY grouped.tie_order, grouped."order", grouped.id) AS in_tie_order,
           bool_and(group_means.mean * 100 >= grouped.minimum_percent * group_weights.weight) AS minima_reached
    FROM group_means
    JOIN submissions_criteriongroup grouped ON grouped.id = group_means.group_id
    JOIN group_weights ON group_weights.group_id = group_means.group_id
    GROUP BY group_means.entry_id
),
means_of_criteria AS (
    SELECT entry_id, jsonb_object_agg(criterion_id::text, mean::numeric(6, 2)::text) AS means
    FROM criterion_means GROUP BY entry_id
),
judged AS (
    SELECT totals.entry_id, totals.total, groups.means, groups.in_tie_order,
           totals.total >= this.pass_mark AND groups.minima_reached AS passed
    FROM totals JOIN groups ON groups.entry_id = totals.entry_id CROSS JOIN this
),
places AS (
    SELECT entry_id, rank() OVER (ORDER BY total DESC, in_tie_order DESC) AS place FROM judged WHERE passed
),
rule_text AS (
    SELECT format(E'rule %%s %%s %%s\\n', this.pass_mark, this.least_sheets, this.trim_from)
        || (SELECT coalesce(string_agg(format(E'group %%s %%s %%s\\n', grouped."order",
                grouped.minimum_percent, grouped.tie_order), '' ORDER BY grouped."order", grouped.id), '')
            FROM submissions_criteriongroup grouped WHERE grouped.call_id = this.call_id)
        || (SELECT coalesce(string_agg(format(E'criterion %%s.%%s %%s %%s\\n', group_order, criterion_order,
                weight, max_points), '' ORDER BY n), '') FROM criteria) AS text
    FROM this
),
inputs AS (
    SELECT entry.id AS entry_id, count(sheets.sheet_id) AS sheets,
           encode(sha256(convert_to(
               format(E'innomarket-result-1\\nrevision %%s\\n', revision.sha256) || rule_text.text
               || coalesce(string_agg(format(E'sheet %%s %%s\\n', sheets.place, sheets.line), ''
                    ORDER BY sheets.place) FILTER (WHERE sheets.sheet_id IS NOT NULL), ''), 'UTF8')), 'hex') AS sha256
    FROM evaluation_entry entry
    JOIN submissions_revision revision ON revision.id = entry.revision_id
    CROSS JOIN rule_text
    LEFT JOIN sheets ON sheets.entry_id = entry.id
    WHERE entry.round_id = %(round)s
    GROUP BY entry.id, revision.sha256, rule_text.text
),
found AS (
    SELECT inputs.entry_id, inputs.sheets, judged.total::numeric(6, 2) AS total,
           coalesce(judged.means, '{{}}'::jsonb) AS group_means,
           coalesce(means_of_criteria.means, '{{}}'::jsonb) AS criterion_means,
           coalesce(judged.passed, false) AS passed, places.place AS rank,
           CASE WHEN judged.entry_id IS NULL THEN 'no_result'
                WHEN judged.passed THEN 'open' ELSE 'below_pass' END AS outcome,
           inputs.sha256 AS inputs_sha256
    FROM inputs
    LEFT JOIN judged ON judged.entry_id = inputs.entry_id
    LEFT JOIN means_of_criteria ON means_of_criteria.entry_id = inputs.entry_id
    LEFT JOIN places ON places.entry_id = inputs.entry_id
)
{use}
"""

_STORE = """
INSERT INTO evaluation_result (entry_id, sheets, total, group_means, criterion_means, passed, rank, outcome,
                               outcome_reason, inputs_sha256, computed_at)
SELECT entry_id, sheets, total, group_means, criterion_means, passed, rank, outcome, '', inputs_sha256,
       innomarket_now()
FROM found
"""

_SHOW = """
SELECT entry_id, sheets, total, group_means, criterion_means, passed, rank, outcome, inputs_sha256
FROM found ORDER BY rank NULLS LAST, total DESC NULLS LAST, entry_id
"""


def compute_results(round: Round) -> int:
    """Write the result of every entry of the round; returns how many. The caller holds the round's lock."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTE.format(use=_STORE), {"round": round.pk})
        return cursor.rowcount


def provisional_results(round: Round) -> list[dict[str, Any]]:
    """The same computation over the sheets that stand now, written nowhere: staff see it while scoring runs."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTE.format(use=_SHOW), {"round": round.pk})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:  # Django leaves jsonb to its fields: here it comes as text
        row["group_means"], row["criterion_means"] = (
            json.loads(row["group_means"]),
            json.loads(row["criterion_means"]),
        )
    return rows
