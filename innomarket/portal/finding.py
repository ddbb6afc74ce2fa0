"""Describe a problem, find what answers it: products, and tasks and ideas in which others put the same problem."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from catalog.filters import ProductFilter
from catalog.models import Product
from catalog.search import document, finding, query, ranking
from catalog.words import found_in
from challenges.models import Challenge, Idea

LONGEST = 500
LONGEST_WORDS = ProductFilter.base_filters["q"].extra["max_length"]
MOST_PRODUCTS = 8
MOST_NEEDS = 6
NEEDS_LOOKED_AT = 200
# By the fields of a search document.
TASK_TEXTS = {"name": ("title",), "summary": ("problem",), "body": ("needed_performance", "who_suffers")}
IDEA_TEXTS = {"name": ("title",), "summary": ("problem", "wish"), "body": ("place",)}


@dataclass(frozen=True)
class Found:
    """What was found for a description, the best first, each kind apart; a product says where (``found_in``)."""

    reading: query.Reading | None
    products: list[Product]
    tasks: list[Challenge]
    ideas: list[Idea]

    @property
    def words(self) -> str:
        """The words that were looked for, as many as the box of the list takes."""
        kept: list[str] = []
        for word in self.reading.words if self.reading else ():
            if len(" ".join([*kept, word.text])) <= LONGEST_WORDS:
                kept.append(word.text)
        return " ".join(kept)


def find(text: str, user: Any) -> Found:
    """Public products, tasks and ideas for a description in whole sentences; a constant number of queries."""
    answer = finding.answer(text[:LONGEST].replace("\0", ""))
    reading = answer.reading
    if reading is None:
        return Found(None, [], [], [])
    products = _products(answer, user) if answer.lexemes else []
    tasks = Challenge.objects.public().select_related("submission__applicant_organisation")
    ideas = Idea.objects.public().select_related("submission")
    return Found(reading, products, _needs(tasks, reading, TASK_TEXTS), _needs(ideas, reading, IDEA_TEXTS))


def _products(answer: finding.Answer, user: Any) -> list[Product]:
    products = Product.objects.visible_to(user)
    ranks = finding.ranked(products, answer).ranks
    if len(ranks) < MOST_PRODUCTS:
        ranks |= finding.nearby(products, answer, MOST_PRODUCTS - len(ranks)).ranks
    keys = list(ranks)[:MOST_PRODUCTS]
    rows: dict[int, Any] = {
        row.pk: row for row in products.filter(pk__in=keys).select_related("supplier", "designation")
    }
    for key, product in rows.items():
        product.found_in = found_in(ranks[key])
    return [rows[key] for key in keys if key in rows]


Texts = dict[str, tuple[str, ...]]


def _needs(public: QuerySet[Any], reading: query.Reading, texts: Texts) -> list[Any]:
    """Public tasks or ideas with any of the words, in the order of the same comparison as products."""
    words = [part for word in reading.required for one in word.ways for part in one.parts if len(part) > 1]
    if not words:
        return []
    names = [*texts["name"], *texts["summary"]]
    asked = reduce(
        or_, (Q(**{f"{name}__icontains": word}) for word in dict.fromkeys(words) for name in names)
    )
    candidates = public.filter(asked).order_by("-published_at", "-pk")[:NEEDS_LOOKED_AT]
    scored = [(ranking.rank(reading, _texts(need, texts)).score, need) for need in candidates]
    best = sorted(scored, key=lambda one: -one[0])[:MOST_NEEDS]
    return [need for score, need in best if score > 0]


def _texts(need: Any, texts: Texts) -> list[str]:
    said = {field: [getattr(need, name) for name in names] for field, names in texts.items()}
    return document.texts_of(said)
