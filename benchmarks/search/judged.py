"""The judged queries asked of the judged catalogue; run in a deployment's database."""

import time
from dataclasses import replace
from math import log2
from typing import Any

from benchmarks.search import catalogue

DEEP = 10


def ndcg(found: list[str], judged: dict[str, int], deep: int = DEEP) -> float:
    """Gain 2^grade − 1, discounted by the place, against the best order that is possible."""
    best = sum(_gain(grade, at) for at, grade in enumerate(sorted(judged.values(), reverse=True)[:deep]))
    got = sum(_gain(judged.get(key, 0), at) for at, key in enumerate(found[:deep]))
    return got / best if best else 0.0


def reciprocal(found: list[str], judged: dict[str, int]) -> float:
    """One over the place of the first product that was meant (3) or good (2)."""
    return next((1 / at for at, key in enumerate(found, start=1) if judged.get(key, 0) >= 2), 0.0)


def measured(only: str = "") -> dict[str, dict[str, Any]]:
    """Way → part → (NDCG@10, MRR, milliseconds of each query, queries). Each way leaves one piece out."""
    from catalog.search.pieces import EVERY, Pieces
    from catalog.services.search import reindex

    names = catalogue.lay_judged()
    ways = {"every piece": EVERY} | {
        f"without {piece}": replace(EVERY, **{piece: False}) for piece in Pieces.__dataclass_fields__
    }
    found = {}
    for way, pieces in ways.items():
        if only and way != only:
            continue
        reindex(pieces=pieces)
        found[way] = _parts([(row, *asked(row["query"], names, pieces)) for row in catalogue.queries()])
    return found


def asked(text: str, names: dict[int, str], pieces: Any) -> tuple[list[str], float]:
    """The keys that a query finds, in order, and its milliseconds."""
    from catalog.models import Product
    from catalog.search import finding

    began = time.perf_counter()
    answer = finding.answer(text, pieces)
    ranks = finding.ranked(Product.objects.all(), answer, pieces).ranks if answer.lexemes else {}
    if len(ranks) < DEEP:  # the page shows them below, as what has some of the words
        ranks |= finding.nearby(Product.objects.all(), answer, DEEP - len(ranks), pieces).ranks
    return [names[key] for key in ranks], (time.perf_counter() - began) * 1000


def _parts(results: list[tuple[dict[str, Any], list[str], float]]) -> dict[str, Any]:
    parts = {}
    for part in ("tuned", "held"):
        of = [(row, keys, took) for row, keys, took in results if row["part"] == part]
        parts[part] = (
            sum(ndcg(keys, row["judged"]) for row, keys, _took in of) / len(of),
            sum(reciprocal(keys, row["judged"]) for row, keys, _took in of) / len(of),
            sorted(took for _row, _keys, took in of),
            len(of),
        )
    return parts


def _gain(grade: int, at: int) -> float:
    return float(2**grade - 1) / log2(at + 2)
