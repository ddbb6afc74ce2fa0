"""Many listings changed by one file: checked by doing it and undoing it, then applied as a whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from innomarket.accounts.models import User
from innomarket.accounts.reads import editable_organisations_of, staff_of
from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.common.shown import name_of
from innomarket.documents.tables import Row, Wrong, WrongRows, read_table, too_many_rows
from innomarket.notifications.services import tell

from .. import permissions
from ..bulk_tables import (
    TABLES,
    VALUE,
    Table,
    WrongCell,
    as_it_stands,
    attributes_by_word,
    categories_by_word,
    category_of,
    column_names,
    missing_columns,
    model_of_rows,
)
from ..models import BulkImport, ListingRule, Product
from ..states import BULK_MOVES, BulkState
from . import change as changes
from .comparing import changed_parts
from .content import contents_of
from .product import edit_product

MOST_ROWS_OF_ONE = 10_000
"""Rows of a file that says one product alone: what the rows of a part say is the whole part, so it cannot be split."""


def products_for(user: Any, *, by_staff: bool) -> Any:
    """The products that a person's file may name."""
    if by_staff:
        return Product.objects.all()
    return Product.objects.filter(supplier__in=editable_organisations_of(user))


def check_bulk(*, table: str, content: bytes, name: str, by: Any, by_staff: bool) -> BulkImport:
    """Read a file and try out all of it; what is kept says each product's fate, and nothing else is written.

    Raises WrongRows with every wrong cell, Refused at the field "file" for a file that is no such table, KeyError
    for an unknown table. A file that was checked before and not applied is forgotten.
    """
    kind = TABLES[table]
    _ask(by, by_staff)
    rule = ListingRule.objects.at()
    if len(content) > rule.max_bulk_bytes:
        raise Refused("file_too_big", _("The file is too big."), field="file", status=422)
    most = rule.most_bulk_rows
    given = read_table(content, name=name, most_rows=max(most, MOST_ROWS_OF_ONE))
    rows = _tried(_Reading(kind, given, most, by, by_staff), by, by_staff)
    with transaction.atomic():
        lock(User, by.pk)  # so that a file that is sent twice is one check
        BulkImport.objects.filter(by=by, state=BulkState.CHECKED).delete()
        sha256 = hashlib.sha256(content).hexdigest()
        return created(
            BulkImport(by=by, by_staff=by_staff, table=table, sha256=sha256, rows=rows, checked_at=now()),
            actor=by,
            verb="catalog.check_bulk",
            sha256=sha256,
            rows=len(rows),
        )


def apply_bulk(*, bulk: BulkImport, by: Any, reason: str = "") -> BulkImport:
    """Do what the check showed, all of it in one transaction: staff write listings, a supplier proposes changes.

    Raises Refused where a listing was changed since the check: then nothing is written, and the file is checked anew.
    """
    with transaction.atomic():
        bulk = lock(BulkImport, bulk.pk)
        if bulk.by_id != by.pk:
            raise Refused("not_yours", _("Somebody else checked this file."), status=403)
        _ask(by, bulk.by_staff)
        state = ask_move(BULK_MOVES, "apply", bulk)
        given = {row["number"]: row for row in bulk.rows if row["fate"] == "change"}
        products = lock_all(products_for(by, by_staff=bulk.by_staff).filter(number__in=given))
        if len(products) < len(given):
            raise Refused("changed_meanwhile", _("A product of the file is no longer yours."))
        for product, live in list(contents_of(_of_keys(products))):
            row = given[product.number]
            if changed_parts(row["before"], {part: live[part] for part in row["before"]}):
                text = _("%(number)s was changed since the check. Check the file again.")
                raise Refused("changed_meanwhile", text % {"number": product.number})
            _write(product, row["after"], by, by_staff=bulk.by_staff, reason=reason)
        changed(bulk, actor=by, verb="catalog.apply_bulk", state=state, applied_at=now())
        if not bulk.by_staff and products:
            _tell_staff(bulk, products)
    return bulk


def _of_keys(products: Iterable[Product]) -> QuerySet[Product]:
    """The same products in one order, to be read together."""
    return Product.objects.filter(pk__in=[product.pk for product in products]).order_by("pk")


def _ask(by: Any, by_staff: bool) -> None:
    if by_staff:
        ask(permissions.may_edit(by))
    elif not editable_organisations_of(by).exists():
        text = _("Only owners and editors of the supplier change its listing.")
        raise Refused("not_the_supplier", text, status=403)


def _write(product: Product, fields: dict[str, Any], by: Any, *, by_staff: bool, reason: str = "") -> None:
    if by_staff:
        edit_product(product=product, by=by, reason=reason, **fields)
        return
    change = changes.begin_change(product=product, by=by)
    changes.save_change(change=change, by=by, fields=fields)
    changes.propose_change(change=change, by=by, tells_staff=False)


def _tell_staff(bulk: BulkImport, products: list[Product]) -> None:
    tell(
        kind="catalog.bulk_proposed",
        people=staff_of("keep_catalogue"),
        about=products[0],
        version=f"bulk-{bulk.pk}",
        values={"supplier": partial(name_of, products[0].supplier), "n": len(products)},
        url="/admin/catalog/listingchange/?state__exact=proposed",
    )


def _tried(reading: _Reading, by: Any, by_staff: bool) -> list[dict[str, Any]]:
    """Each product's fate: what differs is written in a transaction that is always undone."""
    rows: list[dict[str, Any]] = []
    with transaction.atomic():
        whole = [one for number, one in reading.products.items() if number not in reading.spoiled]
        for product, live in list(contents_of(_of_keys(whole))):
            number = product.number
            fields = reading.of(product, live)
            parts = changed_parts(live, live | fields)
            row = {"row": reading.rows[number][0].number, "number": number, "name": product.name_ko}
            if not parts:
                rows.append(row | {"fate": "same"})
                continue
            after = {part: fields[part] for part in sorted(parts)}
            try:
                with transaction.atomic():
                    _write(product, after, by, by_staff=by_staff)
            except Refused as refused:
                reading.wrong.append(reading.place_of(number, refused))
            rows.append(
                row | {"fate": "change", "before": {part: live[part] for part in after}, "after": after}
            )
        transaction.set_rollback(True)
    if reading.wrong:
        raise WrongRows(reading.wrong)
    return sorted(rows, key=lambda row: row["row"])


class _Reading:
    """The rows of a file by product, with the parts of the content that they say.

    ``wrong`` collects what is wrong; a product of which a cell cannot be read is ``spoiled`` and not tried out.
    """

    def __init__(self, table: Table, given: Any, most: int, by: Any, by_staff: bool) -> None:
        self.table = table
        self.wrong: list[Wrong] = []
        self.spoiled: set[str] = set()
        self.number, self.columns, unknown = column_names(table, given.headings)
        if not self.number:
            text = _(
                "There is no column for the number of the product. Begin with the file that we hand out."
            )
            raise Refused("no_number", text, field="file", status=422)
        names = [column.name for column in self.columns.values()]
        if twice := next((heading for heading, one in self.columns.items() if names.count(one.name) > 1), ""):
            text = _("The column “%(name)s” stands twice, under two headings.")
            raise Refused("heading_twice", text % {"name": twice}, field="file", status=422)
        if missing := missing_columns(table, self.columns):
            text = _(
                "The rows of a product are all that it has, so this table needs every column."
                " Missing: %(names)s. Begin with the file that we hand out."
            )
            raise Refused("missing_heading", text % {"names": ", ".join(missing)}, field="file", status=422)
        if unknown:
            text = _("These headings are not known: %(names)s. Begin with the file that we hand out.")
            raise Refused(
                "unknown_heading", text % {"names": ", ".join(unknown[:10])}, field="file", status=422
            )
        self.rows: dict[str, list[Row]] = {}
        for row in given.rows:
            self.rows.setdefault(row.cells[self.number], []).append(row)
        if len(given.rows) > most and len(self.rows) > 1:
            raise too_many_rows(most)
        found = products_for(by, by_staff=by_staff).filter(number__in=self.rows).select_related("category")
        self.products: dict[str, Product] = {product.number: product for product in found}
        self._ask_products()
        self.readers: dict[str, Callable[[str], Any]] = {}
        if any(column.name == "category" for column in self.columns.values()):
            self.readers["category"] = partial(category_of, categories_by_word())
        self.words: dict[int | None, dict[str, str]] = {}
        self.fields = {number: self._fields(product) for number, product in self.products.items()}

    def _ask_products(self) -> None:
        for number, rows in self.rows.items():
            if number not in self.products:
                text = _("No product that you may change has this number.")
                self.wrong += [Wrong(row.number, self.number, text) for row in rows]
            elif not self.table.part and len(rows) > 1:
                self.wrong.append(Wrong(rows[1].number, self.number, _("This product stands twice.")))

    def _fields(self, product: Product) -> dict[str, Any]:
        rows = self.rows[product.number]
        values = [self._values(row) for row in rows]
        if not self.table.part:
            return values[0]
        if self.table.part != "models":
            return {self.table.part: values}
        self._ask_one_model(rows, values)
        words = self.words.get(product.category_id)
        if words is None:
            words = self.words[product.category_id] = attributes_by_word(product.category)
        for row in values:
            word = str(row["attribute"] or "")
            row["attribute"] = words.get(word, word)
        return {"models": model_of_rows(values)}

    def _ask_one_model(self, rows: list[Row], values: list[dict[str, Any]]) -> None:
        """What stands of a model in each of its rows is the same in all."""
        first: dict[Any, dict[str, Any]] = {}
        for row, given in zip(rows, values, strict=True):
            model = first.setdefault(given["name"], given)
            for name in ("identification_number", "price_won"):
                if given[name] != model[name]:
                    text = _("An earlier row of this model says something else here.")
                    self.wrong.append(Wrong(row.number, self._heading(name), text))
                    self.spoiled.add(row.cells[self.number])

    def of(self, product: Product, live: dict[str, Any]) -> dict[str, Any]:
        """What the file says of a product; what it says as we hand it out is the listing's own value."""
        names = {column.name: heading for heading, column in self.columns.items()}
        cells = [
            {name: row.cells.get(heading, "") for name, heading in names.items()}
            for row in self.rows[product.number]
        ]
        return self.fields[product.number] | as_it_stands(self.table, live, cells)

    def _values(self, row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for heading, column in self.columns.items():
            try:
                read = self.readers.get(column.name, column.read)
                found[column.name] = read(row.cells.get(heading, ""))
            except WrongCell as wrong:
                self.wrong.append(Wrong(row.number, heading, str(wrong)))
                self.spoiled.add(row.cells[self.number])
                found[column.name] = None
        return found

    def place_of(self, number: str, refused: Refused) -> Wrong:
        """The row and column of what a service refused, by its field as "certificates.2.number"."""
        rows, steps = self.rows[number], (refused.field or "").split(".")
        row, heading = rows[0], self._heading(steps[-1])
        if self.table.part and len(steps) > 2:
            if self.table.part == "models":
                rows = self._rows_of_model(rows, int(steps[1]), values=len(steps) > 4)
            line = int(steps[3]) if len(steps) > 4 else 0 if self.table.part == "models" else int(steps[1])
            row = rows[min(line, len(rows) - 1)]
        return Wrong(row.number, heading or self.number, str(refused.reason))

    def _heading(self, name: str) -> str:
        return next((heading for heading, column in self.columns.items() if column.name == name), "")

    def _rows_of_model(self, rows: list[Row], place: int, *, values: bool) -> list[Row]:
        """The rows of a product's model by its place; with ``values`` those that say one."""
        heading = self._heading("name")
        names = list(dict.fromkeys(row.cells[heading] for row in rows))
        found = [row for row in rows if row.cells[heading] == names[min(place, len(names) - 1)]]
        said = [self._heading(name) for name in VALUE]
        return [row for row in found if not values or any(row.cells[each] for each in said)]
