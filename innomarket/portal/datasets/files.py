"""A dataset as a file, made whole on the disk before it is sent.

The published files end with their last row: a trailer, as our own bulk files have (docs/decisions, "Whole files"),
would be a product to a program that reads them. So the answer says its length and SHA-256 before it begins.
"""

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from innomarket.common.spreadsheets import safe
from innomarket.common.xlsx import workbook

AT_ONCE = 500
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {"csv": f"{CSV}; charset=utf-8", "cp949.csv": f"{CSV}; charset=euc-kr", "xlsx": XLSX}
"""Files of data.go.kr come in CP949 and in UTF-8: programs expect the one or the other."""


class Made(NamedTuple):
    """A file that is complete, at its beginning."""

    file: IO[bytes]
    sha256: str

    @property
    def digest(self) -> str:
        """For Repr-Digest (RFC 9530)."""
        return f"sha-256=:{base64.b64encode(bytes.fromhex(self.sha256)).decode()}:"


def make(kind: str, title: str, names: Iterable[str], rows: Iterable[list[Any]]) -> Made:
    """Write the table, row by row, in constant memory. The caller closes the file."""
    file, digest = TemporaryFile(), hashlib.sha256()  # noqa: SIM115 — the answer closes it
    try:
        for part in _parts(kind, title, list(names), rows):
            digest.update(part)
            file.write(part)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return Made(file, digest.hexdigest())


def _parts(kind: str, title: str, names: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    if kind == "xlsx":
        return workbook([(title, names, rows)])
    return _csv(names, rows, "cp949" if kind == "cp949.csv" else "utf-8")


def _csv(names: list[str], rows: Iterable[list[Any]], encoding: str) -> Iterator[bytes]:
    """No cell begins what a spreadsheet calculates. UTF-8 has its mark; what CP949 lacks becomes a question mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if encoding == "utf-8":
        out.write("\ufeff")
    writer.writerow(names)
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe(cell) for cell in row])
        if number % AT_ONCE == 0:
            yield _taken(out).encode(encoding, "replace")
    yield _taken(out).encode(encoding, "replace")


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
