"""The staff's page of one round with thousands of entries: queries and milliseconds, beside a round of ten.

Run in a deployment's database as `python -m benchmarks.ground console N`.
"""

import time
from statistics import median
from typing import Any

from benchmarks.deployments import deployment, lay
from benchmarks.table import Table

FEW = 10
# The laid entries stand for submissions that are copies of one another but for key and number.
_COPIES = """
INSERT INTO submissions_submission
SELECT (jsonb_populate_record(one, jsonb_build_object('id', -n, 'number', 'BENCH-' || n, 'exclusive', false))).*
FROM generate_series(1, %(entries)s) n CROSS JOIN submissions_submission one
WHERE one.id = %(first)s
ON CONFLICT (id) DO NOTHING
"""


def times(entries: int, rounds: int = 5) -> dict[str, list[float]]:
    """Milliseconds and queries of the page, for ``entries`` and for a few, interleaved."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from benchmarks.ranking import lay_round
    from tests.accounts.factories import staff
    from tests.accounts.test_admin import signed_in

    client = signed_in(Client(SERVER_NAME="localhost"), staff("run_rounds"))
    taken: dict[str, list[float]] = {}
    pages = {}
    for count, name in ((entries, "all"), (FEW, "few")):
        round_ = lay_round(count, f"BENCH-{name}")
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            first = {"entries": count, "first": round_.lot.submissions.get().pk}
            cursor.execute(_COPIES, first)
            cursor.execute("SET session_replication_role = DEFAULT")
            cursor.execute("ANALYZE")
        pages[name] = f"/admin/evaluation/round/{round_.pk}/change/"
    for _ in range(rounds + 1):
        for name, path in pages.items():
            with CaptureQueriesContext(connection) as asked:
                began = time.perf_counter()
                answer: Any = client.get(path)
                seconds = time.perf_counter() - began
            assert answer.status_code == 200 and b"heat-cell" in answer.content
            taken.setdefault(name, []).append(seconds * 1000)
            taken.setdefault(f"{name} queries", []).append(len(asked))
    return {name: values[1:] for name, values in taken.items()}


def measure(table: Table, *, entries: int) -> None:
    with deployment() as made:
        taken = lay(made, "console", entries)
    table.add(f"console of a round of {entries:,}", taken["all"], "ms")
    table.add(f"console of a round of {FEW}", taken["few"], "ms")
    table.add(f"queries, {entries:,} entries", taken["all queries"], "queries")
    table.add(f"{entries:,} entries ÷ {FEW}", [median(taken["all"]) / median(taken["few"])], "×")
