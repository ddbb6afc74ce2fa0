"""What a spreadsheet would take for a formula reaches none of our files."""

import csv
import io
import re
from pathlib import Path

import pytest
from django.conf import settings

from innomarket.common.spreadsheets import as_csv, safe

APPS = ("innomarket", "challenges", "designation", "catalog", "pilots")


@pytest.mark.parametrize("cell", ["=1+1", "+82 2", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_cell_that_begins_a_formula_is_a_text(cell):
    assert safe(cell) == f"'{cell}"
    (row,) = csv.reader(io.StringIO(as_csv([["a", cell]]).removeprefix("\ufeff"), newline=""))
    assert row == ["a", f"'{cell}"]


def test_other_cells_stay_as_they_are():
    assert [safe(cell) for cell in (None, 7, "a=b", "가 + 나")] == ["", "7", "a=b", "가 + 나"]


def test_whoever_writes_rows_makes_their_cells_safe():
    """An export that is added takes the one function, or asks ``safe`` of its cells."""
    writers = {
        path.relative_to(settings.BASE_DIR).as_posix(): text
        for app in APPS
        for path in Path(settings.BASE_DIR, app).rglob("*.py")
        if re.search(r"csv\.(writer|DictWriter)\(", text := path.read_text())
    }
    assert len(writers) > 2
    assert {name for name, text in writers.items() if "safe(" not in text} == set()
