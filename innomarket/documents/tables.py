"""Tables that people upload (CSV or XLSX), read as rows of plain text with their numbers in the file.

CSV may be UTF-8 (with or without its mark) or CP949, as spreadsheets in Korea write it. A spreadsheet is looked into
before it is opened: what unpacks to far more than its size is refused. Formulas are never calculated.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.common.refusals import Refused

from .containers import look_into
from .errors import WrongContent

MOST_COLUMNS = 200
MOST_LETTERS = 32_000  # of one cell: a spreadsheet's own limit
MOST_UNPACKED = 200 << 20  # bytes
EXTENSIONS = ("csv", "xlsx")


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


def read_table(content: bytes, *, name: str, most_rows: int) -> Table:
    """The first sheet, or the CSV. Raises Refused at the field "file": no table, too many rows, a heading twice."""
    if name.lower().endswith(".xlsx") or content.startswith(b"PK\x03\x04"):
        lines = _spreadsheet(content)
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
            text = _("At most %(most)s rows are read at once. Split the file.")
            raise _refused("too_many_rows", text % {"most": f"{most_rows:,}"})
        if any(cells[len(headings) :]):
            text = _("Row %(row)s has more cells than there are headings.")
            raise _refused("ragged", text % {"row": number})
        given = [*cells, *[""] * len(headings)][: len(headings)]
        rows.append(Row(number, {key: cell for key, cell in zip(headings, given, strict=True) if key}))
    if not headings or not rows:
        raise _refused("no_rows", _("The file has no rows below its headings."))
    return Table(tuple(key for key in headings if key), tuple(rows))


def _headings(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells = cells[:-1]
    if len(cells) > MOST_COLUMNS:
        raise _refused("too_many_columns", _("The file has too many columns."))
    twice = {cell for cell in cells if cell and cells.count(cell) > 1}
    if twice:
        raise _refused(
            "heading_twice", _("The heading “%(name)s” stands twice.") % {"name": sorted(twice)[0]}
        )
    return tuple(cells)


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


def _spreadsheet(content: bytes) -> Iterator[tuple[int, list[str]]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    _ask_container(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1), start=1):
            yield number, [_cell(cell, number) for cell in cells]
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


def _ask_container(content: bytes) -> None:
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
        if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
            raise _refused("zip_bomb", WrongContent.bomb().reason)


def _cell(value: Any, row: int) -> str:
    """A cell as people read it: a whole number without a point, a day as 2026-01-02."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    text = value.isoformat() if isinstance(value, date) else str(value)
    text = text.strip()
    if len(text) > MOST_LETTERS:
        raise _refused("cell_too_long", _("A cell of row %(row)s is too long.") % {"row": row})
    if text.startswith("'") and text[1:2] in ("=", "+", "-", "@"):
        return text[1:]  # as we hand such a cell out, so that no spreadsheet calculates it
    return text


# ── written ──


def as_spreadsheet(sheets: Iterable[tuple[str, Iterable[Iterable[Any]]]]) -> bytes:
    """An XLSX of texts and numbers; a cell that begins like a formula is written as text."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_written(sheet, cell) for cell in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _written(sheet: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    if value is None or isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, value=str(value))
    cell.data_type = "s"  # never "f"
    cell.number_format = "@"
    return cell


def _refused(code: str, reason: Any) -> Refused:
    return Refused(code, reason, field="file", status=422)
