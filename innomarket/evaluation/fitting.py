"""Results of a stage that says fit or unfit, computed in one SQL statement.

* A sheet counts as in a stage by points: submitted, not set aside, not recused, in its latest version. With
  fewer than ``least_sheets`` the entry has no result.
* A check fails when more than half of the counting sheets call it unfit, and one failed check fails the entry.
  (Our default: a source says only that any unfit fails, not how a panel comes to it.)
* Who passes goes on to the next stage; of the last stage, it is selected. There is no total and no place.

``inputs_sha256``: as in ``ranking``, over the lines ``innomarket-fit-1``, ``revision <sha256>``, ``rule <fewest
sheets>``, ``check <order>`` for each check, and ``sheet <place> <version> <1 or 0 in the order of the checks>``.
"""

import json
from typing import Any

from django.db import connection

from .models import Round

_COMPUTE = """
WITH
this AS (
    SELECT round.id, round.least_sheets, round.stage_id, EXISTS (
               SELECT 1 FROM submissions_callstage later
               WHERE later.call_id = stage.call_id AND later."order" > stage."order") AS goes_on
    FROM evaluation_round round JOIN submissions_callstage stage ON stage.id = round.stage_id
    WHERE round.id = %(round)s
),
checks AS (
    SELECT asked.id, asked."order", row_number() OVER (ORDER BY asked."order", asked.id) AS n
    FROM submissions_stagecheck asked JOIN this ON this.stage_id = asked.stage_id
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
said AS (
    SELECT counting.entry_id, checks.id AS check_id, count(*) FILTER (WHERE given.fit = 1) AS fit,
           count(*) FILTER (WHERE given.fit = 0) AS unfit
    FROM counting
    CROSS JOIN LATERAL unnest(counting.points) WITH ORDINALITY AS given (fit, n)
    JOIN checks ON checks.n = given.n
    GROUP BY counting.entry_id, checks.id
),
judged AS (
    SELECT entry_id, jsonb_object_agg(check_id::text, jsonb_build_array(fit, unfit)) AS checks,
           bool_and(unfit <= fit) AS fits
    FROM said GROUP BY entry_id
),
rule_text AS (
    SELECT format(E'rule %%s\\n', this.least_sheets)
        || (SELECT coalesce(string_agg(format(E'check %%s\\n', checks."order"), '' ORDER BY n), '') FROM checks) AS text
    FROM this
),
inputs AS (
    SELECT entry.id AS entry_id, count(counting.version_id) AS sheets,
           coalesce(array_agg(counting.version_id ORDER BY counting.place)
                    FILTER (WHERE counting.version_id IS NOT NULL), '{{}}') AS versions,
           encode(sha256(convert_to(
               format(E'innomarket-fit-1\\nrevision %%s\\n', revision.sha256) || rule_text.text
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
    SELECT inputs.entry_id, inputs.sheets, inputs.versions, coalesce(judged.checks, '{{}}'::jsonb) AS checks,
           inputs.sheets >= this.least_sheets AND coalesce(judged.fits, false) AS passed,
           CASE WHEN inputs.sheets < this.least_sheets OR judged.entry_id IS NULL THEN 'no_result'
                WHEN NOT judged.fits THEN 'unfit'
                WHEN this.goes_on THEN 'advances' ELSE 'selected' END AS outcome,
           inputs.sha256 AS inputs_sha256
    FROM inputs CROSS JOIN this LEFT JOIN judged ON judged.entry_id = inputs.entry_id
)
{use}
"""

_STORE = """
INSERT INTO evaluation_result (entry_id, sheets, versions, total, group_means, criterion_means, checks, passed, rank,
                               outcome, outcome_reason, inputs_sha256, computed_at)
SELECT entry_id, sheets, versions, NULL, '{}', '{}', checks, passed, NULL, outcome, '', inputs_sha256,
       innomarket_now()
FROM found
"""

_SHOW = """
SELECT found.entry_id, found.sheets, found.checks, found.passed, found.outcome, found.inputs_sha256
FROM found JOIN evaluation_entry entry ON entry.id = found.entry_id
ORDER BY found.passed DESC, entry."order"
"""


def compute_results(round: Round) -> int:
    """Write the result of every entry of the round; returns how many. The caller holds the round's lock."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTE.format(use=_STORE), {"round": round.pk})
        return cursor.rowcount


def provisional_results(round: Round) -> list[dict[str, Any]]:
    """The same over the sheets that stand now, with the columns that a ranking by points has."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPUTE.format(use=_SHOW), {"round": round.pk})
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for row in rows:  # Django leaves jsonb to its fields: here it comes as text
        row["checks"] = json.loads(row["checks"])
    return [{**row, "total": None, "group_means": {}, "rank": None} for row in rows]
