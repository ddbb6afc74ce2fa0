"""From what was typed to the documents that answer it, asked of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL

from ..models import Product, SearchDocument, SearchWord
from . import korean, normalise, query, ranking, spelling
from .document import BODY
from .pieces import EVERY, Pieces
from .query import Reading

MOST_CANDIDATES = 2_000
"""Documents that are looked at to be ranked: of a broader query an arbitrary part, and the page says "more than"."""
MOST_RANKED = 100
"""Of these the exact order is found; who wants more sorts or filters."""
# The weights of D, C, B, A.
_RANK = "ts_rank('{0.1,0.4,0.5,1.0}', COALESCE(head, vector), %s::tsquery)"
_NEAR = 12


@dataclass(frozen=True)
class Answer:
    """How a query is answered: the reading that was taken, and of its words every one, most, some, or nothing.

    ``keys`` are the documents that answer, at most MOST_CANDIDATES, in the order of the database's ranking; there are
    more where it ``is_broad``.
    """

    text: str
    reading: Reading | None = None
    scope: str = "all"
    lexemes: tuple[str, ...] = ()
    keys: Sequence[int] = field(default=(), repr=False)
    is_broad: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether there are words to look for at all."""
        return self.scope != "all"

    @property
    def instead(self) -> str:
        """What was looked for instead of what was typed; "" where it was taken as typed."""
        return self.reading.text if self.reading and self.reading.how in ("keyboard", "corrected") else ""

    def condition(self) -> Any:
        """Of search documents: those that answer, by their keys where all are known: nothing is found twice."""
        if not self.is_asked:
            return Q()
        if not self.is_broad:
            return among(self.keys)
        return Q(*(Q(vector__asked=each) for each in self.lexemes))

    def of(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Those of the products that answer."""
        if not self.is_asked:
            return products
        if not self.is_broad:
            return products.filter(among(self.keys))
        return products.filter(pk__in=SearchDocument.objects.filter(self.condition()).values("pk"))

    def none_of(self, products: QuerySet[Product]) -> QuerySet[Product]:
        """Those of the products that do not answer."""
        if not self.is_broad:
            return products.exclude(among(self.keys))
        return products.exclude(pk__in=SearchDocument.objects.filter(self.condition()).values("pk"))


@dataclass(frozen=True)
class Ranked:
    """The products' keys in the order of their rank, each with why; ``is_cut``: there may be more."""

    ranks: dict[int, ranking.Rank]
    is_cut: bool


def among(keys: Sequence[int]) -> Func:
    """Rows with one of these keys, as one array: thousands of parameters would take longer than the search.

    In a subquery: a planner that sees the keys weighs each of them, which takes longer than reading the rows.
    """
    # As text: an ARRAY[…] of as many numbers is parsed and folded one by one.
    array = Value(f"{{{','.join(map(str, keys))}}}", output_field=TextField())
    return Func(
        F("pk"),
        array,
        template="%(expressions)s::bigint[])::bigint[])",
        arg_joiner=" = ANY((SELECT ",
        output_field=BooleanField(),
    )


def answer(text: str, pieces: Pieces = EVERY, *, as_typed: bool = False) -> Answer:
    """Look how the query can be answered: in one statement, in some more where nothing has every word as typed.

    In this order: every word, every word of the other keyboard layout, every corrected word, most words, some.
    ``as_typed`` keeps to what stands there.
    """
    typed = query.read(text, pieces, known=_known)
    if not typed.words:
        return Answer(text, scope="none" if normalise.fold(text) else "all")
    other = None if as_typed else query.other_layout(text, pieces)
    for reading in (typed, other):
        found = _answered(text, reading, "every") if reading and reading.words else None
        if found:
            return found
    corrected = None if as_typed or not pieces.spelling else _corrected(typed, pieces)
    return (
        corrected
        or _answered(text, typed, "most")
        or _answered(text, typed, "some")
        or Answer(text, typed, "none")
    )


def typed(text: str) -> Q:
    """Of search documents: those with every word as it stands there; nothing is guessed at, and nothing ranked."""
    reading = query.read(text, known=_known)
    if not reading.words:
        return Q(pk__in=[]) if normalise.fold(text) else Q()
    return Q(*(Q(vector__asked=each) for each in reading.asked("every")))


def ranked(products: QuerySet[Product], given: Answer, pieces: Pieces = EVERY) -> Ranked:
    """Put what answers in order: the best by the database's ranking are compared exactly. One to three statements."""
    assert given.reading is not None
    best = list(_under(products, given)[: MOST_RANKED + 1])
    ranks = _compared(given.reading, best[:MOST_RANKED])
    if pieces.ranking:
        # Stable: what is alike keeps the database's order, the newest first.
        ranks = dict(sorted(ranks.items(), key=lambda one: -one[1].score))
    return Ranked(ranks, len(best) > MOST_RANKED)


def _compared(reading: Reading, keys: Sequence[int]) -> dict[int, ranking.Rank]:
    """Each document's rank; the long texts are read of those alone that have not every word in the others."""
    if not keys:
        return {}
    texts = dict(SearchDocument.objects.filter(among(keys)).values_list("pk", "texts"))
    ranks = {pk: ranking.rank(reading, texts[pk]) for pk in keys if pk in texts}
    lacking = [pk for pk, rank in ranks.items() if len(rank.matches) < len(reading.words)]
    if lacking:
        bodies = SearchDocument.objects.filter(among(lacking)).values_list("pk", "body")
        # A row of an earlier version has its body among its texts.
        ranks |= {
            pk: ranking.rank(reading, [*texts[pk][:BODY], body or "".join(texts[pk][BODY:])])
            for pk, body in bodies
        }
    return ranks


def _under(products: QuerySet[Product], given: Answer) -> Sequence[int]:
    """Keys of those of the products that answer, in the order of the database's ranking."""
    if not products.query.where:
        return given.keys
    rows = given.of(products).order_by()
    if not given.is_broad:
        kept = set(rows.values_list("pk", flat=True))
        return [key for key in given.keys if key in kept]
    assert given.reading is not None
    return list(
        SearchDocument.objects.filter(pk__in=rows.values("pk")[:MOST_CANDIDATES])
        .annotate(rank=RawSQL(_RANK, (given.reading.rank(),)))  # noqa: S611 — a fixed text with a parameter
        .order_by("-rank", "-pk")
        .values_list("pk", flat=True)[: MOST_RANKED + 1]
    )


def counted(products: QuerySet[Product], given: Answer, most: int) -> int:
    """How many of the products answer, counted no further than ``most`` + 1; ``most`` is below MOST_CANDIDATES."""
    if not products.query.where:
        return min(len(given.keys), most + 1)
    return given.of(products).order_by()[: most + 1].count()


def nearby(products: QuerySet[Product], given: Answer, most: int, pieces: Pieces = EVERY) -> Ranked:
    """What does not answer but has some of the words, the best first: shown apart where little answers."""
    reading = given.reading
    if reading is None or given.scope not in ("every", "most"):
        return Ranked({}, is_cut=False)
    tried = {given.lexemes}
    for scope in ("most", "some") if given.scope == "every" else ("some",):
        lexemes = reading.asked(scope)
        wider = None if lexemes in tried else _answered(given.text, reading, scope)
        tried.add(lexemes)
        if wider is None:
            continue
        found = ranked(given.none_of(products), wider, pieces)
        if found.ranks:
            return Ranked(dict(list(found.ranks.items())[:most]), is_cut=True)
    return Ranked({}, is_cut=False)


def _answered(text: str, reading: Reading, scope: str) -> Answer | None:
    """The answer of this reading in this scope; None where no document has so much."""
    lexemes = reading.asked(scope)
    # In subqueries: a planner that knows the query reads the whole table where it expects many rows.
    where = " AND ".join("vector @@ (SELECT %s::tsquery)" for _each in lexemes)
    found = f"SELECT product_id, {_RANK} AS rank FROM catalog_searchdocument WHERE {where} LIMIT %s"  # noqa: S608 — fixed texts
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT ARRAY(SELECT product_id FROM ({found}) found ORDER BY rank DESC, product_id DESC)",  # noqa: S608
            [reading.rank(), *lexemes, MOST_CANDIDATES + 1],
        )
        (keys,) = cursor.fetchone()
    if not keys:
        return None
    return Answer(text, reading, scope, lexemes, keys[:MOST_CANDIDATES], len(keys) > MOST_CANDIDATES)


def _single(reading: Reading, pieces: Pieces) -> dict[str, str]:
    """Each word that could be mistyped, with its own query."""
    return {
        word.text: query.word_query(word, pieces)
        for word in reading.required
        if word.text.replace(" ", "").isalpha()  # the number that somebody typed is the one that they mean
        and spelling.allowed(korean.jamo(word.text))
        and not korean.is_initials(word.text)
    }


def _known(words: Sequence[str]) -> set[str]:
    """Which of these words names, sentences and companies of the catalogue say."""
    return set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))


def _exist(queries: Sequence[str]) -> list[bool]:
    """Which of these are answered by any document. Not by EXISTS: for one row the planner reads the whole table."""
    if not queries:
        return []
    with connection.cursor() as cursor:
        # A fixed text: what is asked for goes as parameters.
        found = "SELECT FROM catalog_searchdocument WHERE vector @@ (SELECT %s::tsquery) LIMIT %s"
        asked = ", ".join(f"(SELECT count(*) > 0 FROM ({found}) found)" for _ in queries)  # noqa: S608
        cursor.execute(f"SELECT {asked}", [value for each in queries for value in (each, MOST_CANDIDATES)])
        return list(cursor.fetchone())


def _corrected(typed: Reading, pieces: Pieces) -> Answer | None:
    """The query with each unknown word as the known one that is nearest, where a document then has every word."""
    known = _single(typed, pieces)
    unknown = [
        word for word, is_known in zip(known, _exist(list(known.values())), strict=True) if not is_known
    ]
    nearest = _nearest(unknown) if unknown else {}
    if not nearest:
        return None
    words = [nearest.get(word.text, word.text) for word in typed.words]
    reading = query.read(" ".join(words), pieces, how="corrected")
    return _answered(typed.text, reading, "every") or _answered(typed.text, reading, "most")


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
