"""How long searching takes among many products; run in a deployment's database."""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.search import catalogue

TURNS = 7
MOST_WRITTEN = 20_000
"""Products that the catalogue's own code indexes; of more the database copies the rest."""
TOPICAL = ("누수감지 센서", "맨홀 악취", "산불 감시 드론", "street lights")
BROAD = ("로봇", "감지", "센서", "카메라")
# What stock PostgreSQL can do at best with these lexemes: one statement that ranks at most so many by the short vector,
# and no facets. By the whole vector: what it costs to unpack descriptions.
LIMIT = """
    SELECT product_id FROM (
        SELECT product_id, {0} FROM catalog_searchdocument WHERE vector @@ %s::tsquery LIMIT 2000
    ) found ORDER BY ts_rank({0}, %s::tsquery) DESC LIMIT 100
"""
PLAIN = "SELECT product_id FROM catalog_searchdocument WHERE texts::text LIKE ALL (%s) LIMIT 100"


def times(count: int) -> dict[str, list[float]]:
    """What → milliseconds of each turn. "database": the statements alone; the rest is Python's.

    "search" is reading the query and ranking what answers it; "page" is that with the facets, as the list shows it.
    What reads the whole table comes last: it leaves nothing of the index in memory, and whoever is asked next would
    pay for it.
    """
    from catalog.search import finding

    took = {"indexing a product": [_lay(count)]}
    for name, queries in (("topical", TOPICAL), ("broad", BROAD)):
        for text in queries * TURNS:
            for what, milliseconds in _asked(text).items():
                took.setdefault(f"{name}, {what}", []).append(milliseconds)
    for name, queries in (("topical", TOPICAL), ("broad", BROAD)):
        for text in queries * TURNS:
            for what, milliseconds in _asked_otherwise(text).items():
                took.setdefault(f"{name}, {what}", []).append(milliseconds)
    for _turn in range(TURNS):
        spent, _database = _timed(lambda: finding.answer("누수깜지 쎈서"))
        took.setdefault("mistyped, reading with correction", []).append(spent)
    return took


def _lay(count: int) -> float:
    """The catalogue; milliseconds of indexing one product."""
    from django.db import connection

    from catalog.services.search import reindex

    written = min(count, MOST_WRITTEN)
    catalogue.lay(catalogue.many(written))
    began = time.perf_counter()
    reindex()
    spent = (time.perf_counter() - began) * 1000 / written
    if count > written:
        catalogue.multiply(count // written)
    with connection.cursor() as cursor:
        for table in ("catalog_product", "designation_designation", "catalog_searchdocument"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    return spent


def _asked(text: str) -> dict[str, float]:
    from catalog.models import Product
    from catalog.search import facets, finding

    found: list[finding.Answer] = []
    reading, read = _timed(lambda: found.append(finding.answer(text)))
    answer = found[0]
    order, ranked = _timed(lambda: finding.ranked(Product.objects.all(), answer))
    _count, counted = _timed(lambda: facets.counts(answer, {}, None))
    limit = _stated(LIMIT.format("head"), _limit_of(answer))
    return {
        "search, database": read + ranked,
        "facets, database": counted,
        "page, database": read + ranked + counted,
        "search with its order in Python": reading + order,
        "limit: one statement": limit,
        "search, database, of the limit": (read + ranked) / limit,
    }


def _asked_otherwise(text: str) -> dict[str, float]:
    from catalog.search import finding

    answer = finding.answer(text)
    assert answer.reading is not None
    return {
        "limit, by the whole vector": _stated(LIMIT.format("vector"), _limit_of(answer)),
        "plain: LIKE over the texts": _stated(PLAIN, [[f"%{word.text}%" for word in answer.reading.words]]),
    }


def _limit_of(answer: Any) -> list[str]:
    return [getattr(answer.reading, answer.scope)(), answer.reading.rank()]


def _stated(statement: str, values: list[Any]) -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(statement, values)
        cursor.fetchall()
        return (time.perf_counter() - began) * 1000


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds of the work, and of its statements in the database."""
    from django.db import connection

    spent = 0.0

    def counted(execute: Any, *args: Any) -> Any:
        nonlocal spent
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent += time.perf_counter() - began

    began = time.perf_counter()
    with connection.execute_wrapper(counted):
        work()
    return (time.perf_counter() - began) * 1000, spent * 1000
