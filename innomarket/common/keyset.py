"""Pages by key: page 5,000 costs what page 1 costs, and a row that is inserted meanwhile shifts no other one.

A cursor names the ordering, the last row's value and key, and the direction. It is signed, so that nobody hands the
database a position of their own making.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.utils.crypto import salted_hmac

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
    column, descending = ordering.lstrip("-"), ordering.startswith("-")
    backward = place is not None and place.backward
    down = descending != backward
    if place is not None:
        queryset = queryset.filter(_beyond(queryset, column, key, place, down))
    sign = "-" if down else ""
    found = list(
        queryset.order_by(f"{sign}{column}", f"{sign}{key}").values_list(*columns, column, key)[: size + 1]
    )
    more, rows = len(found) > size, found[:size]
    if backward:
        rows.reverse()
    following = Place(ordering, rows[-1][-2], rows[-1][-1]).cursor() if rows and (more or backward) else ""
    before = (
        Place(ordering, rows[0][-2], rows[0][-1], True).cursor()
        if rows and place is not None and (more or not backward)
        else ""
    )
    return Page(rows, following, before)


def _beyond(queryset: QuerySet[Any], column: str, key: str, place: Place, down: bool) -> RowComparison:
    field = queryset.model._meta.get_field(column)
    try:
        value = field.to_python(place.value)
    except ValidationError as error:
        raise BadCursor from error
    return RowComparison(
        F(column), F(key), Value(value, output_field=field), Value(place.key), operator="<" if down else ">"
    )


def _signature(body: bytes) -> bytes:
    return salted_hmac(SALT, body, algorithm="sha256").digest()[:SIGNATURE]
