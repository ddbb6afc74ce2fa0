"""From what was typed to the documents that answer it, asked of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from ..models import Product, SearchDocument
from . import korean, normalise, query, ranking, spelling
from .pieces import EVERY, Pieces
from .query import Reading

MOST_CANDIDATES = 2_000
"""Ranked by the database; of a broader query an arbitrary part, which the page says."""
MOST_RANKED = 100
"""Of these the exact order is found; who wants more sorts or filters."""
_RANK = "ts_rank('{0.1,0.4,0.5,1.0}', vector, %s::tsquery)"  # the weights of D, C, B, A
_NEAR = 12


@dataclass(frozen=True)
class Answer:
    """How a query is answered: the reading that was taken, and of its words every one, most, some, or nothing."""

    text: str
    reading: Reading | None = None
    scope: str = "all"
    lexemes: str = ""

    @property
    def is_asked(self) -> bool:
        """Whether there are words to look for at all."""
        return self.scope != "all"

    @property
    def instead(self) -> str:
        """What was looked for instead of what was typed; "" where it was taken as typed."""
        return self.reading.text if self.reading and self.reading.how in ("keyboard", "corrected") else ""

    def condition(self) -> Q:
        """Of search documents: those that answer."""
        if not self.is_asked:
            return Q()
        return Q(vector__asked=self.lexemes) if self.lexemes else Q(pk__in=[])

    def of(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Those of the products that answer."""
        if not self.is_asked:
            return products
        return products.filter(pk__in=SearchDocument.objects.filter(self.condition()).values("pk"))


@dataclass(frozen=True)
class Ranked:
    """The products' keys in the order of their rank, each with why; ``is_cut``: there may be more."""

    ranks: dict[int, ranking.Rank]
    is_cut: bool


def answer(text: str, pieces: Pieces = EVERY, *, as_typed: bool = False) -> Answer:
    """Look how the query can be answered: in one statement, in two more where it was mistyped.

    In this order: every word, every word of the other keyboard layout, every corrected word, most words, some.
    ``as_typed`` keeps to what stands there.
    """
    typed = query.read(text, pieces)
    if not typed.words:
        return Answer(text, scope="none" if normalise.fold(text) else "all")
    other = None if as_typed else query.other_layout(text, pieces)
    ways = [(typed, "every"), *([(other, "every")] if other and other.words else [])]
    known = {} if as_typed or not pieces.spelling else _single(typed, pieces)
    asked = [getattr(reading, scope)() for reading, scope in ways]
    found = _exist([*asked, typed.most(), typed.some(), *known.values()])
    for (reading, scope), lexemes, is_found in zip(ways, asked, found, strict=False):
        if is_found:
            return Answer(text, reading, scope, lexemes)
    unknown = [word for word, is_known in zip(known, found[len(asked) + 2 :], strict=True) if not is_known]
    corrected = _corrected(typed, unknown, pieces) if unknown else None
    if corrected is not None:
        return corrected
    for scope, is_found in zip(("most", "some"), found[len(asked) :], strict=False):
        if is_found:
            return Answer(text, typed, scope, getattr(typed, scope)())
    return Answer(text, typed, "none")


def ranked(products: QuerySet[Product], given: Answer, pieces: Pieces = EVERY) -> Ranked:
    """Put what answers in order: one statement, then an exact comparison of the best."""
    assert given.reading is not None
    keys = given.of(products).order_by().values("pk")[: MOST_CANDIDATES + 1]
    documents = (
        SearchDocument.objects.filter(pk__in=keys)
        .annotate(rank=RawSQL(_RANK, (given.reading.rank(),)))  # noqa: S611 — a fixed text with a parameter
        .order_by("-rank", "-pk")
        .values_list("pk", "texts")[: MOST_RANKED + 1]
    )
    rows = list(documents)
    ranks = {pk: ranking.rank(given.reading, texts) for pk, texts in rows[:MOST_RANKED]}
    if pieces.ranking:
        # Stable: what is alike keeps the database's order, the newest first.
        ranks = dict(sorted(ranks.items(), key=lambda one: -one[1].score))
    return Ranked(ranks, len(rows) > MOST_RANKED)


def nearby(products: QuerySet[Product], given: Answer, most: int, pieces: Pieces = EVERY) -> Ranked:
    """What does not answer but has some of the words, the best first: shown apart where little answers."""
    reading = given.reading
    if reading is None or given.scope not in ("every", "most"):
        return Ranked({}, is_cut=False)
    for scope in ("most", "some") if given.scope == "every" else ("some",):
        wider = Answer(given.text, reading, scope, getattr(reading, scope)())
        others = products.exclude(pk__in=SearchDocument.objects.filter(given.condition()).values("pk"))
        found = ranked(others, wider, pieces)
        if found.ranks:
            return Ranked(dict(list(found.ranks.items())[:most]), is_cut=True)
    return Ranked({}, is_cut=False)


def _single(reading: Reading, pieces: Pieces) -> dict[str, str]:
    """Each word that could be mistyped, with its own query."""
    return {
        word.text: query.word_query(word, pieces)
        for word in reading.required
        if spelling.allowed(korean.jamo(word.text)) and not korean.is_initials(word.text)
    }


def _exist(queries: Sequence[str]) -> list[bool]:
    """Which of these are answered by any document."""
    with connection.cursor() as cursor:
        asked = ", ".join(
            "EXISTS (SELECT FROM catalog_searchdocument WHERE vector @@ %s::tsquery)" for _ in queries
        )
        cursor.execute(f"SELECT {asked}", list(queries))
        return list(cursor.fetchone())


def _corrected(typed: Reading, unknown: Sequence[str], pieces: Pieces) -> Answer | None:
    """The query with each unknown word as the known one that is nearest, where a document then has every word."""
    nearest = _nearest(unknown)
    if not nearest:
        return None
    words = [nearest.get(word.text, word.text) for word in typed.words]
    reading = query.read(" ".join(words), pieces, how="corrected")
    for scope in ("every", "most"):
        lexemes = getattr(reading, scope)()
        if _exist([lexemes])[0]:
            return Answer(typed.text, reading, scope, lexemes)
    return None


def _nearest(words: Iterable[str]) -> dict[str, str]:
    """Each word that has a known neighbour, with it: a handful by trigrams of letters, then by distance."""
    letters = {word: korean.jamo(word) for word in words}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.word, near.word FROM unnest(%s::text[], %s::text[]) AS asked (word, letters)"
            " CROSS JOIN LATERAL (SELECT word FROM catalog_searchword WHERE letters %% asked.letters"
            " ORDER BY similarity(letters, asked.letters) DESC, word LIMIT %s) AS near",
            [list(letters), list(letters.values()), _NEAR],
        )
        near: dict[str, list[str]] = {}
        for word, known in cursor.fetchall():
            near.setdefault(word, []).append(known)
    found = {word: spelling.nearest(word, known) for word, known in near.items()}
    return {word: known for word, known in found.items() if known}
