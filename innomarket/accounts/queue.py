"""The order of the verification queue: whose call closes first.

Organisations are verified before the opening of the calls that they answer, so the queue shows the
nearest closing first. Calls stand above this app: they add here, in ``AppConfig.ready()``, how to
find the nearest closing of an organisation, as an expression over ``OuterRef("pk")``.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Least

Hint = Callable[[], Any]
_hints: list[Hint] = []


def register(hint: Hint) -> Hint:
    """Add a function that gives an expression: the instant by which an organisation is waited for, or null."""
    if hint not in _hints:
        _hints.append(hint)
    return hint


def nearest_first(organisations: QuerySet) -> QuerySet:
    """Annotate ``needed_by`` and order by it; who waits for no call comes after, longest waiting first."""
    found = [hint() for hint in _hints]
    if not found:
        needed_by: Any = Value(None, output_field=DateTimeField())
    elif len(found) == 1:
        needed_by = found[0]
    else:
        needed_by = Least(*found)  # PostgreSQL's LEAST passes over nulls
    return organisations.annotate(needed_by=needed_by).order_by(
        F("needed_by").asc(nulls_last=True), "applied_at", "pk"
    )
