"""The whole catalogue as one file: NDJSON, CSV or XLSX, made in batches, in constant memory.

Each file ends with a trailer: the number of rows, the SHA-256 over every byte before it, and ``since``, the place in
the feed of changes from which to follow. A file without its trailer was cut off. No transaction is held open
while a slow reader takes the file: what changes meanwhile may be in it or not, and comes in the feed from ``since``.
"""

import csv
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from innomarket.common.copying import taken_by, texts_in
from innomarket.common.spreadsheets import safe
from innomarket.common.xlsx import workbook

from .models import PublicListing

BATCH = 1_000
"""Documents, two megabytes: each batch costs the database a millisecond of its own."""
READ = 250  # of them taken apart at once
TRAILER = "trailer"

END_OF_BATCH = """
    SELECT product_id FROM catalog_publiclisting WHERE product_id > %s ORDER BY product_id OFFSET %s LIMIT 1
"""
LINES = """
    SELECT {column} FROM catalog_publiclisting
    WHERE removed_at IS NULL AND product_id > %s AND product_id <= %s ORDER BY product_id
"""
LAST = 9_223_372_036_854_775_807


class Ending:
    """What the trailer says, known when every row has passed."""

    def __init__(self) -> None:
        self.since = PublicListing.objects.state()[0]
        self.rows = 0
        self._hash = hashlib.sha256()

    def pass_on(self, data: bytes, rows: int = 0) -> bytes:
        self.rows += rows
        self._hash.update(data)
        return data

    def values(self) -> dict[str, Any]:
        return {"rows": self.rows, "sha256": self._hash.hexdigest(), "since": self.since}


def batches(language: str, *, size: int = BATCH) -> Iterator[tuple[bytes, int]]:
    """The documents, one a line, some hundred at a time, with their number.

    While one batch is hashed and sent, the database makes the next one ready; no further one, however slow the
    reader is. Nothing else asks this connection meanwhile.
    """

    select = LINES.format(column=f"document_{language}")

    def batch(cursor: Any, after: int) -> tuple[memoryview, int]:
        cursor.execute(END_OF_BATCH, [after, size - 1])
        (last,) = cursor.fetchone() or (LAST,)
        return taken_by(cursor, select, [after, last]), last

    with connection.cursor() as cursor, ThreadPoolExecutor(max_workers=1) as beside:
        last, coming = 0, beside.submit(batch, cursor, 0)
        while last < LAST:
            taken, last = coming.result()
            if last < LAST:
                coming = beside.submit(batch, cursor, last)
            if documents := texts_in(taken):
                yield b"\n".join([*documents, b""]), len(documents)


def ndjson(language: str, ending: Ending) -> Iterator[bytes]:
    """One document a line; the last line is ``{"trailer": {"rows": …, "sha256": …, "since": …}}``."""
    for lines, rows in batches(language):
        yield ending.pass_on(lines, rows)
    yield orjson.dumps({TRAILER: ending.values()}) + b"\n"


def as_csv(language: str, ending: Ending) -> Iterator[bytes]:
    """UTF-8 with its mark; no cell begins what a spreadsheet calculates. Last line: ``trailer,rows,sha256,since``."""
    yield ending.pass_on(_lines([COLUMNS], mark="\ufeff"))
    for documents in _documents(language):
        rows = [[safe(cell) for cell in _row(document)] for document in documents]
        yield ending.pass_on(_lines(rows), len(rows))
    yield _lines([[TRAILER, *ending.values().values()]])


def xlsx(language: str, ending: Ending) -> Iterator[bytes]:
    """A sheet of rows (a further one beyond what a sheet holds) and one with the trailer, over the CSV of the rows.

    Every cell is text or a number by its type: none is ever calculated.
    """

    def rows() -> Iterator[list[Any]]:
        ending.pass_on(_lines([COLUMNS]))
        for documents in _documents(language):
            for document in documents:
                row = _row(document)
                ending.pass_on(_lines([row]), 1)
                yield row

    def trailer() -> Iterator[list[Any]]:
        yield from ([name, value] for name, value in ending.values().items())

    with translation.override(language):
        names = _("products"), TRAILER
    return workbook(((names[0], list(COLUMNS), rows()), (names[1], [TRAILER, ""], trailer())))


FORMATS: dict[str, tuple[str, Callable[[str, Ending], Iterator[bytes]]]] = {
    "ndjson": ("application/x-ndjson", ndjson),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
}


def gzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same, compressed on the way."""
    press = zlib.compressobj(level=3, wbits=31)
    for part in parts:
        if pressed := press.compress(part):
            yield pressed
    yield press.flush()


# ── rows of a table ──

Document = dict[str, Any]


def _at(*path: str) -> Callable[[Document], Any]:
    """What stands under these names; nothing where a part is missing."""

    def found(document: Document) -> Any:
        value: Any = document
        for name in path:
            value = (value or {}).get(name)
        return value

    return found


def _joined(part: str, of: Callable[[Any], Any]) -> Callable[[Document], str]:
    """The rows of a part in one cell."""

    def found(document: Document) -> str:
        return "; ".join(str(text) for row in document[part] if (text := of(row)))

    return found


CELLS: dict[str, Callable[[Document], Any]] = {
    **{name: _at(name) for name in ("number", "name_ko", "name_en", "summary")},
    "category": _at("category", "code"),
    "category_name": _at("category", "name"),
    "item_class": _at("item_class", "code"),
    "item_class_name": _at("item_class", "name"),
    "supplier": _at("supplier", "name"),
    "supplier_size": _at("supplier", "size_class"),
    "women_owned": _at("supplier", "is_women_owned"),
    "youth_led": _at("supplier", "is_youth_led"),
    "supplier_region": _at("supplier", "region"),
    "designation_number": _at("designation", "number"),
    "designation_type": _at("designation", "type"),
    "designation_type_label": _at("designation", "type_label"),
    **{name: _at("designation", name) for name in ("designated_on", "valid_from", "valid_until")},
    **{
        name: _at(name)
        for name in (
            *("price_won", "price_includes_vat", "price_basis", "unit", "delivery_days", "origin"),
            *("origin_label", "manufacturer", "trl", "video_url"),
        )
    },
    "regions": _joined("regions", lambda row: row["name"]),
    "models": _joined("models", lambda row: row["name"]),
    "identification_numbers": _joined("models", lambda row: row["identification_number"]),
    "certificates": _joined("certificates", lambda row: f"{row['kind_label']} {row['number']}"),
    "patents": _joined("patents", lambda row: row["number"]),
    "sdgs": _joined("sdgs", str),
    "pilots": _at("pilot", "count"),
    "pilot_verdict": _at("pilot", "verdict"),
    "use_after": _at("pilot", "use_after"),
    **{name: _at(name) for name in ("listed_at", "changed_at", "page")},
}
COLUMNS = tuple(CELLS)


def _documents(language: str) -> Iterator[list[dict[str, Any]]]:
    for lines, _rows in batches(language, size=READ):
        yield [orjson.loads(line) for line in lines.splitlines()]


def _row(document: dict[str, Any]) -> list[Any]:
    return [_cell(cell(document)) for cell in CELLS.values()]


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _lines(rows: Iterable[Iterable[Any]], mark: str = "") -> bytes:
    out = io.StringIO()
    out.write(mark)
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
