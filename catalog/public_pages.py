"""A page of the catalogue as ready texts: one statement, whose answer is taken as the bytes that are sent on."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet

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
    *,
    language: str,
    ordering: str,
    size: int,
    place: Place | None,
) -> PublicPage:
    """The page behind a place, of listings that are filtered and not ordered (None: all). Raises BadCursor."""
    column, way = ordering.lstrip("-"), "DESC" if goes_down(ordering, place) else "ASC"
    rows: list[tuple[bytes, bytes]] = []
    with contextlib.suppress(EmptyResultSet):  # filters that nothing can pass
        where, params = _of_all() if listings is None else _condition(listings)
        if place is not None:
            where += BEYOND.format(column=column, operator="<" if way == "DESC" else ">")
            params = (*params, value_at(PublicListing._meta.get_field(column), place), place.key)
        statement = PAGE.format(
            document=f"document_{language}",
            column=column,
            where=where,
            way=way,
            limit=int(size) + 1,
        )
        ((documents, places),) = copied(statement, params)
        if documents:
            rows = list(zip(_split(documents), _split(places), strict=True))
    read = VALUES.get(column, datetime.fromisoformat)

    def stands_at(row: tuple[bytes, bytes]) -> tuple[Any, int]:
        value, _space, key = row[1].decode().rpartition(" ")
        return read(value), int(key)

    page = beside(rows, ordering=ordering, size=size, place=place, stands_at=stands_at)
    return PublicPage([row[0] for row in page.rows], page.next, page.previous)


def _condition(listings: QuerySet[PublicListing]) -> tuple[str, Any]:
    """The WHERE of a queryset over this one table."""
    query = listings.query
    return query.get_compiler(DEFAULT_DB_ALIAS).compile(query.where)


@cache
def _of_all() -> tuple[str, Any]:
    return _condition(PublicListing.objects.standing())


def _split(joined: memoryview) -> list[bytes]:
    return bytes(joined).split(SEPARATOR)
