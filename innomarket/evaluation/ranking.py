"""Scores and places of a round by points, computed in one SQL statement.

The rule, as it is applied here:

* A sheet counts when it is submitted, not set aside and not recused; its latest version is what counts. With
  fewer counting sheets than ``least_sheets`` the entry has no result.
* A sheet's weighted total is the sum of points ÷ highest points × weight. From ``trim_from`` counting sheets
  up, the sheet with the highest and the sheet with the lowest weighted total are dropped; among equals the
  one with the lower place in the panel (two different sheets go, also where all are equal). Where the stage
  names no ``trim_from``, all are kept.
* The total is the mean over the sheets that are left, exact, rounded once, half up, to two decimals. The
  means of groups and criteria are taken over the same sheets, in the same weights, and rounded likewise.
* An entry passes when its rounded total reaches the pass mark and each group reaches its minimum (a percentage
  of the group's weight): with "mean" the group's rounded mean is asked, with "each" the entry fails when more
  than half of the counting sheets, the dropped ones among them, are below it, unrounded.
* Only entries that pass have places: 1, 1, 3. A tie is broken by the groups' means in the order that the
  call names (``tie_order``, then the order of the groups); what is still equal shares the place.

Exact means: all points are brought to one denominator, the least common multiple of the criteria's highest
points, and only whole numbers are added and compared; the one division is an integer division. Points are added
up once for each sheet (to find the two that go) and once for each criterion of an entry; group means and totals
come from those sums.

``inputs_sha256`` is the SHA-256 of a text (UTF-8, lines end with LF) that anybody can write from the round's
papers: first ``innomarket-result-2``, then ``revision <sha256 of the revision>``, ``rule <pass mark> <fewest
sheets> <trim from, or -> <mean|each>``, a line ``group <order> <minimum percent> <tie order>`` for each group, a
line ``criterion <group order>.<order> <weight> <highest points>`` for each criterion, and a line ``sheet <place
in the panel> <version> <points of the criteria in their order>`` for each sheet that counts. (Results of before
the versions carry ``innomarket-result-1``: no last word in the rule, no version.)
"""

import json
from typing import Any

from django.db import connection

from . import fitting
from .models import Round

_COMPUTE = """
WITH RECURSIVE
this AS (
    SELECT round.id, round.pass_mark, round.least_sheets, round.trim_from, stage.id AS stage_id, stage.group_minimum
    FROM evaluation_round round JOIN submissions_callstage stage ON stage.id = round.stage_id
    WHERE round.id = %(round)s
),
asked AS (
    SELECT criterion.id, criterion.weight, criterion.max_points, criterion.group_id,
           row_number() OVER (ORDER BY grouped."order", grouped.id, criterion."order", criterion.id) AS n,
           grouped."order" AS group_order, criterion."order" AS criterion_order
    FROM submissions_criterion criterion
    JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id
    JOIN this ON this.stage_id = grouped.stage_id
),
common (n, denominator) AS (
    SELECT 0::bigint, 1::numeric
    UNION ALL
    SELECT asked.n, lcm(common.denominator, asked.max_points::numeric)
    FROM common JOIN asked ON asked.n = common.n + 1
),
scale AS MATERIALIZED (SELECT denominator FROM common ORDER BY n DESC LIMIT 1),
criteria AS MATERIALIZED (
    SELECT asked.*, div(asked.weight * scale.denominator, asked.max_points) AS factor
    FROM asked CROSS JOIN scale
),
counting AS MATERIALIZED (
    SELECT assignment.entry_id, version.id AS version_id, version.ordinal, version.points, panelist.place
    FROM evaluation_entry entry
    JOIN evaluation_assignment assignment ON assignment.entry_id = entry.id AND assignment.recusal_id IS NULL
    JOIN evaluation_sheet sheet ON sheet.assignment_id = assignment.id AND sheet.state = 'submitted'
    JOIN evaluation_sheetversion version ON version.sheet_id = sheet.id AND version.ordinal = sheet.version
    JOIN evaluation_panelist panelist ON panelist.id = assignment.panelist_id
    WHERE entry.round_id = %(round)s
),
sheets AS (
    SELECT counting.entry_id, counting.version_id, counting.place, sum(given.points * criteria.factor) AS weighted
    FROM counting
    CROSS JOIN LATERAL unnest(counting.points) WITH ORDINALITY AS given (points, n)
    JOIN criteria ON criteria.n = given.n
    GROUP BY counting.entry_id, counting.version_id, counting.place
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
    SELECT lowest.entry_id, lowest.version_id
    FROM lowest CROSS JOIN this
    WHERE lowest.sheets_of_entry >= this.least_sheets
      AND (this.trim_from IS NULL OR lowest.sheets_of_entry < this.trim_from OR NOT (is_highest OR is_lowest))
),
sums AS (
    SELECT kept.entry_id, given.n, count(*) AS sheets, sum(given.points) AS points
    FROM kept
    JOIN counting ON counting.version_id = kept.version_id
    CROSS JOIN LATERAL unnest(counting.points) WITH ORDINALITY AS given (points, n)
    GROUP BY kept.entry_id, given.n
),
weighed AS MATERIALIZED (
    SELECT sums.entry_id, criteria.id AS criterion_id, criteria.group_id, sums.points * criteria.factor AS points,
           sums.sheets * scale.denominator AS whole
    FROM sums JOIN criteria ON criteria.n = sums.n CROSS JOIN scale
),
of_criteria AS (
    SELECT entry_id, jsonb_object_agg(
               criterion_id::text, (div(200 * points + whole, 2 * whole) / 100)::numeric(6, 2)::text) AS means
    FROM weighed GROUP BY entry_id
),
of_groups AS (
    SELECT entry_id, group_id, sum(points) AS points, whole, div(200 * sum(points) + whole, 2 * whole) / 100 AS mean
    FROM weighed GROUP BY entry_id, group_id, whole
),
groups AS (
    SELECT grouped.id, grouped."order", grouped.minimum_percent, grouped.tie_order, sum(criteria.weight) AS weight
    FROM submissions_criteriongroup grouped JOIN criteria ON criteria.group_id = grouped.id
    GROUP BY grouped.id
),
below AS (
    SELECT DISTINCT low.entry_id
    FROM (
        SELECT counting.entry_id, counting.version_id, groups.id AS group_id,
               sum(given.points * criteria.factor) * 100
                   < groups.minimum_percent * groups.weight * scale.denominator AS is_below
        FROM this CROSS JOIN scale CROSS JOIN counting
        CROSS JOIN LATERAL unnest(counting.points) WITH ORDINALITY AS given (points, n)
        JOIN criteria ON criteria.n = given.n
        JOIN groups ON groups.id = criteria.group_id
        WHERE this.group_minimum = 'each'
        GROUP BY counting.entry_id, counting.version_id, groups.id, groups.minimum_percent, groups.weight,
                 scale.denominator
    ) low
    GROUP BY low.entry_id, low.group_id
    HAVING 2 * count(*) FILTER (WHERE low.is_below) > count(*)
),
means AS (
    SELECT of_groups.entry_id,
           div(200 * sum(of_groups.points) + of_groups.whole, 2 * of_groups.whole) / 100 AS total,
           jsonb_object_agg(groups.id::text, of_groups.mean::numeric(6, 2)::text) AS means,
           array_agg(of_groups.mean ORDER BY groups.tie_order, groups."order", groups.id) AS in_tie_order,
           bool_and(of_groups.mean * 100 >= groups.minimum_percent * groups.weight) AS means_reach
    FROM of_groups JOIN groups ON groups.id = of_groups.group_id
    GROUP BY of_groups.entry_id, of_groups.whole
),
judged AS (
    SELECT means.*, means.total >= this.pass_mark
               AND CASE this.group_minimum WHEN 'each' THEN below.entry_id IS NULL ELSE means.means_reach END AS passed
    FROM means CROSS JOIN this LEFT JOIN below ON below.entry_id = means.entry_id
),
places AS (
    SELECT entry_id, rank() OVER (ORDER BY total DESC, in_tie_order DESC) AS place FROM judged WHERE passed
),
rule_text AS (
    SELECT format(E'rule %%s %%s %%s %%s\\n', this.pass_mark, this.least_sheets,
                  coalesce(this.trim_from::text, '-'), this.group_minimum)
        || (SELECT coalesce(string_agg(format(E'group %%s %%s %%s\\n', groups."order",
                groups.minimum_percent, groups.tie_order), '' ORDER BY groups."order", groups.id), '') FROM groups)
        || (SELECT coalesce(string_agg(format(E'criterion %%s.%%s %%s %%s\\n', group_order, criterion_order,
                weight, max_points), '' ORDER BY n), '') FROM criteria) AS text
    FROM this
),
inputs AS (
    SELECT entry.id AS entry_id, count(counting.version_id) AS sheets,
           coalesce(array_agg(counting.version_id ORDER BY counting.place)
                    FILTER (WHERE counting.version_id IS NOT NULL), '{{}}') AS versions,
           encode(sha256(convert_to(
               format(E'innomarket-result-2\\nrevision %%s\\n', revision.sha256) || rule_text.text
               || coalesce(string_agg(format(E'sheet %%s %%s %%s\\n', counting.place, counting.ordinal,
                      array_to_string(counting.points, ' ')), ''
                    ORDER BY counting.place) FILTER (WHERE counting.version_id IS NOT NULL), ''),
               'UTF8')), 'hex') AS sha256
    FROM evaluation_entry entry
    JOIN submissions_revision revision ON revision.id = entry.revision_id
    CROSS JOIN rule_text
    LEFT JOIN counting ON counting.entry_id = entry.id
    WHERE entry.round_id = %(round)s
    GROUP BY entry.id, revision.sha256, rule_text.text
),
found AS (
    SELECT inputs.entry_id, inputs.sheets, inputs.versions, judged.total::numeric(6, 2) AS total,
           coalesce(judged.means, '{{}}'::jsonb) AS group_means,
           coalesce(of_criteria.means, '{{}}'::jsonb) AS criterion_means,
           coalesce(judged.passed, false) AS passed, places.place AS rank,
           CASE WHEN judged.entry_id IS NULL THEN 'no_result'
                WHEN judged.passed THEN 'open' ELSE 'below_pass' END AS outcome,
           inputs.sha256 AS inputs_sha256
    FROM inputs
    LEFT JOIN judged ON judged.entry_id = inputs.entry_id
    LEFT JOIN of_criteria ON of_criteria.entry_id = inputs.entry_id
    LEFT JOIN places ON places.entry_id = inputs.entry_id
)
{use}
"""

_STORE = """
INSERT INTO evaluation_result (entry_id, sheets, versions, total, group_means, criterion_means, checks, passed, rank,
                               outcome, outcome_reason, inputs_sha256, computed_at)
SELECT entry_id, sheets, versions, total, group_means, criterion_means, '{}', passed, rank, outcome, '', inputs_sha256,
       innomarket_now()
FROM found
"""

_SHOW = """
SELECT entry_id, sheets, versions, total, group_means, criterion_means, passed, rank, outcome, inputs_sha256
FROM found ORDER BY rank NULLS LAST, total DESC NULLS LAST, entry_id
"""


def compute_results(round: Round) -> int:
    """Write the result of every entry of the round; returns how many. The caller holds the round's lock."""
    if not round.stage.by_points:
        return fitting.compute_results(round)
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTE.format(use=_STORE), {"round": round.pk})
        return cursor.rowcount


def provisional_results(round: Round) -> list[dict[str, Any]]:
    """The same computation over the sheets that stand now, written nowhere: staff see it while scoring runs."""
    if not round.stage.by_points:
        return fitting.provisional_results(round)
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
