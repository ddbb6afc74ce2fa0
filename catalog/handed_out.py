"""The files with which a change of many begins: the listings as they stand, in pieces that can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from innomarket.documents.tables import handed_out

from .bulk_tables import Table, rows_of
from .models import Product, ProductModel
from .services.content import PARTS, contents_of


@dataclass(frozen=True)
class Piece:
    """The products of one file by their numbers; ``after`` is the number behind which the next one begins, or ""."""

    numbers: tuple[str, ...]
    after: str


def piece_of(table: Table, products: QuerySet[Product], *, after: str, most: int) -> Piece:
    """As many products behind ``after`` as a file of ``most`` rows holds whole, and at least one."""
    found = list(products.filter(number__gt=after).order_by("number").values_list("pk", "number")[: most + 1])
    rows = _rows_by_product(table, [pk for pk, _number in found])
    numbers: list[str] = []
    filled = 0
    for pk, number in found:
        filled += rows.get(pk, 0) if table.part else 1
        if len(numbers) == most or (numbers and filled > most):
            return Piece(tuple(numbers), numbers[-1])
        numbers.append(number)
    return Piece(tuple(numbers), "")


def cells_of(table: Table, piece: Piece) -> Iterator[list[Any]]:
    """The rows of the file below its headings."""
    products = Product.objects.filter(number__in=piece.numbers).order_by("number")
    for product, content in contents_of(products):
        for row in rows_of(table, product.number, content):
            yield [handed_out(cell) for cell in row]


def _rows_by_product(table: Table, keys: list[int]) -> dict[int, int]:
    """How many rows of a part's table each product has."""
    found: dict[int, int] = {}
    if table.part == "models":
        models = ProductModel.objects.filter(product__in=keys).annotate(values_=Count("specifications"))
        for product, values in models.values_list("product", "values_"):
            found[product] = found.get(product, 0) + max(values, 1)
    elif table.part:
        rows = PARTS[table.part][0]._default_manager.filter(product__in=keys).order_by()
        found = dict(rows.values_list("product").annotate(n=Count("pk")))
    return found
