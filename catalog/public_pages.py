"""A page of the catalogue as ready texts: one statement, whose answer is taken as the bytes that are sent on."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet

from innomarket.common.copying import copied
from innomarket.common.keyset import Place, beside, goes_down, value_at

from .models import PublicListing
from .models.public import PublicListingQuerySet

# The documents of a page and their places, each joined by what no JSON contains: one row is taken quicker than fifty.
# The order is by the table's columns, as the names that are selected are those of texts.
SEPARATOR = b"\x02"
PAGE = """
    SELECT string_agg(document, E'\\x02'), string_agg(place, E'\\x02') FROM (
        SELECT {document} AS document, {column} || ' ' || product_id AS place
        FROM catalog_publiclisting WHERE {where}
        ORDER BY catalog_publiclisting.{column} {way}, catalog_publiclisting.product_id {way} LIMIT {limit}
    ) page
"""
# By dates and in the order of listing: an index that knows both (GiST) finds what is nearest to a far instant. Without
# it everything newer than what was in force on an earlier day is looked at, and left. The index tells distances in
# seconds, exact to the microsecond as long as the instant is no farther than a century.
NEAREST = """
    SELECT string_agg(document, E'\\x02'), string_agg(place, E'\\x02') FROM (
        SELECT document, place FROM ({parts}) parts ORDER BY listed_at {way}, product_id {way} LIMIT {limit}
    ) page
"""
PART = """(
    SELECT {document} AS document, listed_at || ' ' || product_id AS place, listed_at, product_id
    FROM catalog_publiclisting WHERE {where}
    ORDER BY catalog_publiclisting.listed_at <-> timestamptz '{far}', catalog_publiclisting.product_id {way}
    LIMIT {limit}
)"""
FAR = {"DESC": "2100-01-01", "ASC": "1970-01-01"}
AS_FAR = " AND catalog_publiclisting.listed_at {operator}= %s"
BEYOND = " AND (catalog_publiclisting.{column}, catalog_publiclisting.product_id) {operator} (%s, %s)"
VALUES: dict[str, Callable[[str], Any]] = {"price_won": int, "designated_on": date.fromisoformat}
"""How the other columns than instants are read."""


@dataclass(frozen=True)
class PublicPage:
    """``documents`` are JSON; ``next`` and ``previous`` cursors, "" where there is none."""

    documents: list[bytes]
    next: str
    previous: str


def public_page(
    listings: PublicListingQuerySet | None,
    parts: tuple[Q, ...] = (),
    *,
    language: str,
    ordering: str,
    size: int,
    place: Place | None,
) -> PublicPage:
    """The page behind a place, of listings that are filtered and not ordered (None: all). Raises BadCursor.

    ``parts``: conditions on dates that part the listings, so that each part is found by the index over its dates.
    """
    column, way = ordering.lstrip("-"), "DESC" if goes_down(ordering, place) else "ASC"
    rows: list[tuple[bytes, bytes]] = []
    with contextlib.suppress(EmptyResultSet):  # filters that nothing can pass
        told = {"document": f"document_{language}", "column": column, "way": way, "limit": int(size) + 1}
        if parts and listings is not None and column == "listed_at":
            found = [
                _behind(*_condition(listings.filter(part)), column, way, place, near=True) for part in parts
            ]
            statements = [PART.format(where=where, far=FAR[way], **told) for where, _params in found]
            statement = NEAREST.format(parts=" UNION ALL ".join(statements), **told)
            params = tuple(value for _where, values in found for value in values)
        else:
            bare, given = _of_all() if listings is None else _condition(listings)
            where, params = _behind(bare, given, column, way, place)
            statement = PAGE.format(where=where, **told)
        ((documents, places),) = copied(statement, params)
        if documents:
            rows = list(zip(_split(documents), _split(places), strict=True))
    read = VALUES.get(column, datetime.fromisoformat)

    def stands_at(row: tuple[bytes, bytes]) -> tuple[Any, int]:
        value, _space, key = row[1].decode().rpartition(" ")
        return read(value), int(key)

    page = beside(rows, ordering=ordering, size=size, place=place, stands_at=stands_at)
    return PublicPage([row[0] for row in page.rows], page.next, page.previous)


def _behind(
    where: str, params: Any, column: str, way: str, place: Place | None, *, near: bool = False
) -> tuple[str, tuple[Any, ...]]:
    """The condition with what stands behind the place; ``near``: said to the index over dates as well."""
    if place is None:
        return where, tuple(params)
    operator, value = "<" if way == "DESC" else ">", value_at(PublicListing._meta.get_field(column), place)
    where += BEYOND.format(column=column, operator=operator)
    params = (*params, value, place.key)
    return (where + AS_FAR.format(operator=operator), (*params, value)) if near else (where, params)


def _condition(listings: QuerySet[PublicListing]) -> tuple[str, Any]:
    """The WHERE of a queryset over this one table."""
    query = listings.query
    return query.get_compiler(DEFAULT_DB_ALIAS).compile(query.where)


@cache
def _of_all() -> tuple[str, Any]:
    return _condition(PublicListing.objects.standing())


def _split(joined: memoryview) -> list[bytes]:
    return bytes(joined).split(SEPARATOR)
