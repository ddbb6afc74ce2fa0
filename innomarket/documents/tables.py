"""Tables that people upload (CSV or XLSX), read as rows of plain text with their numbers in the file.

CSV may be UTF-8 (with or without its mark) or CP949, as spreadsheets in Korea write it. A spreadsheet is looked into
before it is opened: what unpacks to far more than its size is refused. Formulas are never calculated.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.common.refusals import Refused
from innomarket.common.texts import tidy

from .containers import look_into
from .errors import WrongContent

MOST_COLUMNS = 200
MOST_LETTERS = 32_000  # of one cell: a spreadsheet's own limit
MOST_UNPACKED = 20 << 20  # bytes; what people fill in by hand is far smaller
MOST_EMPTY = 10_000  # rows of a spreadsheet without a value
EXTENSIONS = ("csv", "xlsx")
MARKED = re.compile(r"'+[=+\-@]")
"""A cell with the mark that we put before what a spreadsheet would calculate; one mark is taken off again."""


@dataclass(frozen=True)
class Row:
    """``number`` as the spreadsheet counts: the heading is row 1. ``cells`` by heading; what is empty is ""."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Wrong:
    """What is wrong at a row (as a spreadsheet counts) and column of the file."""

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        return f"{self.row} / {self.column}: {self.text}"


class WrongRows(Refused):
    """Nothing was written; ``wrong`` lists every cell that is wrong."""

    def __init__(self, wrong: list[Wrong]) -> None:
        text = ngettext(
            "%(n)s cell is wrong. Nothing was written.",
            "%(n)s cells are wrong. Nothing was written.",
            len(wrong),
        )
        super().__init__("wrong_rows", text % {"n": len(wrong)}, field="file", status=422)
        self.wrong = sorted(wrong, key=lambda one: one.row)


def read_table(content: bytes, *, name: str, most_rows: int, most_unpacked: int = MOST_UNPACKED) -> Table:
    """The first sheet, or the CSV. Raises Refused at the field "file": no table, too many rows, a heading twice.

    ``most_unpacked``: bytes to which a spreadsheet may unpack.
    """
    if name.lower().endswith(".xlsx") or content.startswith(b"PK\x03\x04"):
        lines = _spreadsheet(content, most_unpacked)
    else:
        lines = _csv(content)
    return _table(lines, most_rows)


def _table(lines: Iterator[tuple[int, list[str]]], most_rows: int) -> Table:
    headings: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, cells in lines:
        if not any(cells):
            continue
        if not headings:
            headings = _headings(cells)
            continue
        if len(rows) >= most_rows:
            raise too_many_rows(most_rows)
        if any(cells[len(headings) :]):
            text = _("Row %(row)s has more cells than there are headings.")
            raise _refused("ragged", text % {"row": number})
        given = [*cells, *[""] * len(headings)][: len(headings)]
        rows.append(Row(number, {key: cell for key, cell in zip(headings, given, strict=True) if key}))
    if not headings or not rows:
        raise _refused("no_rows", _("The file has no rows below its headings."))
    return Table(tuple(key for key in headings if key), tuple(rows))


def too_many_rows(most: int) -> Refused:
    """The refusal of a file that holds more rows than are read."""
    text = _("At most %(most)s rows are read at once. Split the file.")
    return _refused("too_many_rows", text % {"most": f"{most:,}"})


def _headings(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise _too_wide()
    twice = {cell for cell in cells if cell and cells.count(cell) > 1}
    if twice:
        raise _refused(
            "heading_twice", _("The heading “%(name)s” stands twice.") % {"name": sorted(twice)[0]}
        )
    return tuple(cells)


def _too_wide() -> Refused:
    text = _("The file has more than %(most)s columns. Delete what stands to the right of the table.")
    return _refused("too_many_columns", text % {"most": MOST_COLUMNS})


# ── CSV ──


def decoded(content: bytes) -> str:
    """UTF-8, else CP949. Raises Refused where it is neither."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused("encoding", _("The file cannot be read as text. Save it as CSV UTF-8 or as XLSX."))


def _csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            yield number, [_cell(cell, number) for cell in cells]
    except csv.Error as error:
        words = _("The table cannot be read at row %(row)s: a quotation mark is missing or misplaced.")
        raise _refused("csv", words % {"row": reader.line_num}) from error


# ── XLSX ──


def _spreadsheet(content: bytes, most_unpacked: int) -> Iterator[tuple[int, list[str]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _ask_container(content, most_unpacked)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size is not believed
        yield from _filled(sheet.iter_rows(values_only=True))
    except Refused:
        raise
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        OSError,
        zipfile.BadZipFile,
    ) as error:
        raise _refused("damaged", _("The spreadsheet cannot be opened. Save it again as XLSX.")) from error
    except Exception as error:  # defusedxml's and the parser's own refusals share no base
        raise _refused("damaged", _("The spreadsheet cannot be opened. Save it again as XLSX.")) from error


def _filled(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something. A row in the far distance makes the reader give as many empty ones before it."""
    empty = 0
    for number, cells in enumerate(rows, start=1):
        if all(cell is None for cell in cells):
            empty += 1
            if empty > MOST_EMPTY:
                text = _("There are more than %(most)s empty rows. Delete what stands far below the table.")
                raise _refused("too_many_empty_rows", text % {"most": f"{MOST_EMPTY:,}"})
        elif any(cell is not None for cell in cells[MOST_COLUMNS:]):
            raise _too_wide()
        else:
            yield number, [_cell(cell, number) for cell in cells[:MOST_COLUMNS]]


def _ask_container(content: bytes, most_unpacked: int) -> None:
    stream = io.BytesIO(content)
    try:
        kind, _type = look_into(stream, len(content))
    except WrongContent as wrong:
        raise _refused(wrong.code, wrong.reason) from wrong
    if kind != "xlsx":
        raise _refused(
            "wrong_extension", _("This is no spreadsheet. Choose a file that ends in .csv or .xlsx.")
        )
    with zipfile.ZipFile(stream) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > most_unpacked:
            raise _refused("zip_bomb", WrongContent.bomb().reason)


def _cell(value: Any, row: int) -> str:
    text = _as_text(value)
    if len(text) > MOST_LETTERS:
        raise _refused("cell_too_long", _("A cell of row %(row)s is too long.") % {"row": row})
    return text[1:] if MARKED.match(text) else text


def _as_text(value: Any) -> str:
    """A value as people read it: a whole number without a point, a day as 2026-01-02."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    text = value.isoformat() if isinstance(value, date) else str(value)
    return tidy(text).strip()


# ── handed out, so that it comes back as it was ──


def as_read(value: Any) -> str:
    """What a cell with this value says when the file that we hand out is read again."""
    return _as_text(value)[:MOST_LETTERS].strip()


def handed_out(value: Any) -> Any:
    """A value for a cell of ``spreadsheets.as_csv`` or ``xlsx.workbook``: read again it gives ``as_read``."""
    if value is None or isinstance(value, int):
        return value
    text = as_read(value)
    return f"'{text}" if MARKED.match(text) else text


def _refused(code: str, reason: Any) -> Refused:
    return Refused(code, reason, field="file", status=422)
