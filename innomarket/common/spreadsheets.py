"""Cells of files that people open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a cell."""


def safe(cell: Any) -> str:
    """The cell as a text that no spreadsheet calculates; None is empty."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """UTF-8 with its mark, so that Korean opens as it should; no cell begins what a spreadsheet calculates."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
    return out.getvalue()
