"""Pages by key: page 5,000 costs what page 1 costs, and a row that is inserted meanwhile shifts no other one.

A cursor names the ordering, the last row's value and key, and the direction. It is signed, so that nobody hands the
database a position of their own making.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, QuerySet, Value

SIGNATURE = 12
SALT = "innomarket.common.keyset"


class BadCursor(ValueError):
    """What was given is no cursor of ours, or one of another ordering."""


class RowComparison(Func):
    """``(column, key) < (value, key)`` as one comparison of rows: the index leads straight to the place."""

    output_field = BooleanField()
    arity = 4

    def __init__(self, *expressions: Any, operator: str) -> None:
        super().__init__(*expressions)
        self.operator = operator

    def as_sql(
        self, compiler: Any, connection: Any, *_options: Any, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        texts = [sql for sql, _params in parts]
        params = [param for _sql, given in parts for param in given]
        return f"({texts[0]}, {texts[1]}) {self.operator} ({texts[2]}, {texts[3]})", tuple(params)


@dataclass(frozen=True)
class Place:
    """Where a page begins: behind (or, backward, before) the row with this value and key."""

    ordering: str
    value: Any
    key: int
    backward: bool = False

    def cursor(self) -> str:
        value = self.value.isoformat() if isinstance(self.value, date) else self.value
        body = orjson.dumps([self.ordering, value, self.key, self.backward])
        return base64.urlsafe_b64encode(_signature(body) + body).decode().rstrip("=")


def place_of(cursor: str, ordering: str) -> Place:
    """The place that a cursor of ours names. Raises BadCursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadCursor from error
    signature, body = raw[:SIGNATURE], raw[SIGNATURE:]
    if not hmac.compare_digest(signature, _signature(body)):
        raise BadCursor
    place = Place(*orjson.loads(body))
    if place.ordering != ordering:
        raise BadCursor
    return place


@dataclass(frozen=True)
class Page:
    """Rows in their order, with the cursors of the pages beside this one ("" where there is none)."""

    rows: list[Any]
    next: str
    previous: str


def page(
    queryset: QuerySet[Any],
    *,
    ordering: str,
    columns: tuple[str, ...],
    size: int,
    place: Place | None,
    key: str = "pk",
) -> Page:
    """The page of ``values_list(*columns, <ordering>, <key>)`` behind a place; ``ordering`` as "-listed_at"."""
    column, down = ordering.lstrip("-"), goes_down(ordering, place)
    sign = "-" if down else ""
    rows = beyond(queryset, ordering, place, key=key).order_by(f"{sign}{column}", f"{sign}{key}")
    found = list(rows.values_list(*columns, column, key)[: size + 1])
    return beside(found, ordering=ordering, size=size, place=place)


def goes_down(ordering: str, place: Place | None) -> bool:
    """Whether the rows are looked for from high to low: backward the other way round than they are shown."""
    return ordering.startswith("-") != (place is not None and place.backward)


def beyond(queryset: QuerySet[Any], ordering: str, place: Place | None, *, key: str = "pk") -> QuerySet[Any]:
    """The rows behind the place. Raises BadCursor."""
    if place is None:
        return queryset
    column = ordering.lstrip("-")
    field = queryset.model._meta.get_field(column)
    operator = "<" if goes_down(ordering, place) else ">"
    value = Value(value_at(field, place), output_field=field)
    return queryset.filter(RowComparison(F(column), F(key), value, Value(place.key), operator=operator))


def value_at(field: Any, place: Place) -> Any:
    """The place's value as the field has it. Raises BadCursor."""
    try:
        return field.to_python(place.value)
    except ValidationError as error:
        raise BadCursor from error


def beside(
    found: list[Any],
    *,
    ordering: str,
    size: int,
    place: Place | None,
    stands_at: Callable[[Any], tuple[Any, int]] = itemgetter(-2, -1),
) -> Page:
    """The page of rows that were looked for, one more than its size; ``stands_at``: a row's value and key."""
    more, rows = len(found) > size, found[:size]
    backward = place is not None and place.backward
    if backward:
        rows.reverse()
    following = Place(ordering, *stands_at(rows[-1])).cursor() if rows and (more or backward) else ""
    before = (
        Place(ordering, *stands_at(rows[0]), True).cursor()
        if rows and place is not None and (more or not backward)
        else ""
    )
    return Page(rows, following, before)


def _signature(body: bytes) -> bytes:
    return hmac.digest(_key(settings.SECRET_KEY), body, "sha256")[:SIGNATURE]


@cache
def _key(secret: str) -> bytes:
    """As Django's salted_hmac makes it of the server's key; made once."""
    return hashlib.sha256((SALT + secret).encode()).digest()
