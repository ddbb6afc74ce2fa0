"""How long searching takes among many products; run in a deployment's database."""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.search import catalogue

TURNS = 7
TOPICAL = ("누수감지 센서", "맨홀 악취", "산불 감시 드론", "street lights")
BROAD = ("로봇", "감지", "센서", "카메라")


def times(count: int) -> dict[str, list[float]]:
    """What → milliseconds of each turn. "database": the statements alone; the rest is the exact order in Python."""
    from django.db import connection

    from catalog.models import Product
    from catalog.search import facets, finding
    from catalog.services.search import reindex

    catalogue.lay(catalogue.many(count))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_product, designation_designation")
    began = time.perf_counter()
    reindex()
    took: dict[str, list[float]] = {"indexing, all of them": [(time.perf_counter() - began) * 1000]}
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_searchdocument")
    for name, queries in (("topical", TOPICAL), ("broad", BROAD)):
        for text in queries * TURNS:
            answer = finding.answer(text)
            whole = _timed(lambda answer=answer: finding.ranked(Product.objects.all(), answer))
            counting = _timed(lambda answer=answer: facets.counts(answer, {}, None))
            asking = _timed(lambda text=text: finding.answer(text))
            for what, (spent, in_database) in (("hits", whole), ("facets", counting), ("reading", asking)):
                took.setdefault(f"{name}, {what}", []).append(spent)
                took.setdefault(f"{name}, {what}, database", []).append(in_database)
    for _turn in range(TURNS):
        spent, _database = _timed(lambda: finding.answer("누수깜지 쎈서"))
        took.setdefault("mistyped, reading with correction", []).append(spent)
    return took


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
