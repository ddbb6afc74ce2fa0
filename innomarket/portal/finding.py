"""Describe a problem, find what answers it: products that exist, and tasks in which others put the same problem."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from catalog.filters import ProductFilter
from catalog.models import Product
from catalog.search import document, finding, query, ranking
from challenges.models import Challenge

LONGEST = 500
LONGEST_WORDS = ProductFilter.base_filters["q"].extra["max_length"]
MOST_PRODUCTS = 8
MOST_TASKS = 6
TASKS_LOOKED_AT = 200
_TASK_TEXTS = ("title", "problem", "needed_performance", "who_suffers")


@dataclass(frozen=True)
class Found:
    """What was found for a description, the best first, each kind apart."""

    reading: query.Reading | None
    products: list[Product]
    tasks: list[Challenge]

    @property
    def words(self) -> str:
        """The words that were looked for, as many as the box of the list takes."""
        kept: list[str] = []
        for word in self.reading.words if self.reading else ():
            if len(" ".join([*kept, word.text])) <= LONGEST_WORDS:
                kept.append(word.text)
        return " ".join(kept)


def find(text: str, user: Any) -> Found:
    """Public products and public tasks for a description in whole sentences; a constant number of queries."""
    answer = finding.answer(text[:LONGEST].replace("\0", ""))
    if not answer.lexemes or answer.reading is None:
        return Found(answer.reading, [], _tasks(answer.reading) if answer.reading else [])
    products = Product.objects.visible_to(user)
    ranks = finding.ranked(products, answer).ranks
    if len(ranks) < MOST_PRODUCTS:
        ranks |= finding.nearby(products, answer, MOST_PRODUCTS - len(ranks)).ranks
    keys = list(ranks)[:MOST_PRODUCTS]
    rows = {row.pk: row for row in products.filter(pk__in=keys).select_related("supplier", "designation")}
    return Found(answer.reading, [rows[key] for key in keys if key in rows], _tasks(answer.reading))


def _tasks(reading: query.Reading) -> list[Challenge]:
    """Public tasks with any of the words, in the order of the same comparison as products."""
    words = [part for word in reading.required for one in word.ways for part in one.parts if len(part) > 1]
    if not words:
        return []
    asked = reduce(
        or_, (Q(title__icontains=word) | Q(problem__icontains=word) for word in dict.fromkeys(words))
    )
    candidates = (
        Challenge.objects.public()
        .filter(asked)
        .select_related("submission__applicant_organisation")
        .order_by("-published_at", "-pk")[:TASKS_LOOKED_AT]
    )
    scored = [(ranking.rank(reading, _texts(task)).score, task) for task in candidates]
    best = sorted(scored, key=lambda one: -one[0])[:MOST_TASKS]
    return [task for score, task in best if score > 0]


def _texts(task: Challenge) -> list[str]:
    title, problem, performance, who = (getattr(task, name) for name in _TASK_TEXTS)
    return document.document({"name": [title], "summary": [problem], "body": [performance, who]}).texts
