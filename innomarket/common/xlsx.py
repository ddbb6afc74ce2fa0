"""A workbook (XLSX) written row by row into a stream: no row is kept, however many there are.

Texts are inline strings, which no program calculates; numbers are numbers.
"""

import zipfile
from collections.abc import Generator, Iterable, Iterator
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from .texts import UNSEEN

MOST_ROWS = 1_048_576  # what a sheet holds
# Beyond 2 GiB a part of the archive needs the form of ZIP that not every reader knows: a further sheet begins before.
MOST_BYTES = 1_000_000_000
A_CHUNK = 64 * 1024
A_WRITE = 200  # rows that are compressed at once
A_CELL = 32_767  # characters that a cell holds

TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>{sheets}</Types>'
)
A_TYPE = (
    '<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{sheets}</Relationships>'
)
A_RELATION = f'<Relationship Id="rId{{n}}" Type="{RELATION}/worksheet" Target="worksheets/sheet{{n}}.xml"/>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATION}"><sheets>{{sheets}}</sheets></workbook>'
)
SHEET = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}"><sheetData>'
SHEET_END = "</sheetData></worksheet>"

Sheet = tuple[str, list[str], Iterable[list[Any]]]


class _Pipe:
    """Where the archive is written to, and read from at once; it cannot be rewound."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        data, self.parts = b"".join(self.parts), []
        return data


def workbook(sheets: Iterable[Sheet]) -> Iterator[bytes]:
    """The file, piece by piece. A sheet is its name, the titles of its columns and its rows.

    The sheets are written in their order, so the rows of a later one may say what the earlier ones held.
    """
    pipe = _Pipe()
    names: list[str] = []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:  # type: ignore[call-overload]
        for name, titles, rows in sheets:
            left, part = iter(rows), 0
            while True:
                part += 1
                names.append(name if part == 1 else f"{name} {part}")
                full = yield from _write_sheet(archive, pipe, len(names), titles, left)
                if not full:
                    break
        archive.writestr("[Content_Types].xml", _filled(TYPES, A_TYPE, len(names)))
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/_rels/workbook.xml.rels", _filled(RELATIONS, A_RELATION, len(names)))
        listed = "".join(
            f'<sheet name={quoteattr(name[:31])} sheetId="{n}" r:id="rId{n}"/>'
            for n, name in enumerate(names, start=1)
        )
        archive.writestr("xl/workbook.xml", BOOK.format(sheets=listed))
    yield pipe.take()


def _write_sheet(
    archive: zipfile.ZipFile, pipe: _Pipe, number: int, titles: list[str], rows: Iterator[list[Any]]
) -> Generator[bytes, None, bool]:
    """Write rows until the sheet is full, in rows or in bytes; returns whether it is."""
    with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as sheet:
        size = sheet.write(f"{SHEET}{_row(titles)}".encode())
        written, full, waiting = 1, False, list[str]()
        for row in rows:
            waiting.append(_row(row))
            written += 1
            if len(waiting) == A_WRITE or written == MOST_ROWS:
                size += sheet.write("".join(waiting).encode())
                waiting.clear()
                if sum(map(len, pipe.parts)) > A_CHUNK:
                    yield pipe.take()
                if full := written == MOST_ROWS or size >= MOST_BYTES:
                    break
        sheet.write(("".join(waiting) + SHEET_END).encode())
    return full


def _row(cells: Iterable[Any]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{value:d}</v></c>'
    if isinstance(value, int) or (isinstance(value, Decimal) and value.is_finite()):
        return f"<c><v>{value}</v></c>"
    text = escape(UNSEEN.sub("", str(value))[:A_CELL])
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _filled(whole: str, each: str, count: int) -> str:
    return whole.format(sheets="".join(each.format(n=n) for n in range(1, count + 1)))
