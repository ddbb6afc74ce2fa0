"""Spreadsheets that say more than they hold are refused in words, before anybody waits for them."""

import io
import zipfile

import pytest

from innomarket.common.refusals import Refused
from innomarket.documents import tables
from innomarket.documents.tables import read_table
from tests.documents.factories import workbook_of

ROW = '<row r="1"><c t="inlineStr"><is><t>number</t></is></c></row><row r="2"><c><v>7</v></c></row>'

SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def spreadsheet(rows: str = ROW, *, before: str = "", strings: str = "") -> bytes:
    """An XLSX whose sheet holds these rows as they stand in the file."""
    plain = workbook_of([["number"], ["1"]])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
                sheet = f'<worksheet xmlns="{main}">{before}<sheetData>{rows}</sheetData></worksheet>'
                content = sheet.encode()
            if name == "[Content_Types].xml" and strings:
                content = content.replace(b"</Types>", SHARED + b"</Types>")
                new.writestr("xl/sharedStrings.xml", strings)
            new.writestr(name, content)
    return made.getvalue()


def refused(content: bytes, **more) -> str:
    with pytest.raises(Refused) as caught:
        read_table(content, name="a.xlsx", most_rows=500, **more)
    assert caught.value.field == "file" and str(caught.value.reason)
    return caught.value.code


def test_spreadsheet_is_read():
    table = read_table(spreadsheet(), name="a.xlsx", most_rows=5)
    assert [row.cells for row in table.rows] == [{"number": "7"}] and table.rows[0].number == 2


def test_row_in_the_far_distance_is_refused_without_walking_there():
    rows = ROW + '<row r="2000000000"><c><v>8</v></c></row>'
    assert refused(spreadsheet(rows)) == "too_many_empty_rows"


def test_size_that_the_sheet_says_of_itself_is_not_believed():
    table = read_table(spreadsheet(before='<dimension ref="A1:XFD1048576"/>'), name="a.xlsx", most_rows=5)
    assert len(table.rows) == 1


def test_column_in_the_far_distance_is_refused_and_not_left_out():
    rows = ROW + '<row r="3"><c><v>8</v></c><c r="XFD3"><v>9</v></c></row>'
    assert refused(spreadsheet(rows)) == "too_many_columns"


def test_empty_cells_far_to_the_right_are_nothing():
    rows = ROW + '<row r="3"><c r="A3"><v>8</v></c><c r="XFD3" s="1"/></row>'
    assert len(read_table(spreadsheet(rows), name="a.xlsx", most_rows=5).rows) == 2


def test_spreadsheet_that_unpacks_to_much_is_refused():
    filled = "".join(f"<si><t>{n:060d}</t></si>" for n in range(300_000))
    strings = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{filled}</sst>'
    content = spreadsheet(strings=strings)
    assert tables.MOST_UNPACKED < len(strings) < 100 * len(content)  # the ratio alone does not find it
    assert refused(content) == "zip_bomb"
    assert len(read_table(content, name="a.xlsx", most_rows=5, most_unpacked=200 << 20).rows) == 1
