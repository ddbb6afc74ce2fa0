"""Many listings by one file: every wrong cell is named, all or nothing is applied, and repeating it does nothing."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import BulkImport, ListingChange, ListingVersion
from catalog.services import bulk as services
from catalog.services import change as changes
from catalog.services.content import content_of
from catalog.services.product import edit_product
from innomarket.common.refusals import Refused
from innomarket.documents.tables import WrongRows, as_spreadsheet, read_table
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import attribute, product, rules
from tests.documents.factories import upload
from tests.support.staff import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier():
    rules()
    return company()


@pytest.fixture
def editor(supplier):
    return member(person(), supplier, role="editor").user


@pytest.fixture
def listed(supplier):
    return [product(supplier=supplier) for _ in range(3)]


def file(rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def checked(by, rows, *, table="products", by_staff=False, name="a.csv") -> BulkImport:
    content = rows if isinstance(rows, bytes) else file(rows)
    return services.check_bulk(table=table, content=content, name=name, by=by, by_staff=by_staff)


def wrong_cells(by, rows, **more) -> list[tuple[int, str]]:
    with pytest.raises(WrongRows) as caught:
        checked(by, rows, **more)
    assert all(one.text for one in caught.value.wrong)
    return [(one.row, one.column) for one in caught.value.wrong]


def test_company_file_becomes_one_change_for_each_product_and_again_does_nothing(editor, listed):
    keeper = staff("keep_catalogue")
    rows = [["number", "unit", "price_won", "regions"]]
    rows += [[one.number, "대", "1,000,000", "서울특별시; 경기도"] for one in listed]
    bulk = checked(editor, rows)
    assert [row["fate"] for row in bulk.rows] == ["change"] * 3
    assert (
        not ListingChange.objects.exists()
        and not Message.objects.filter(kind__startswith="catalog.").exists()
    )  # tried out, and undone
    services.apply_bulk(bulk=bulk, by=editor)
    assert ListingChange.objects.filter(state="proposed").count() == 3
    assert Message.objects.filter(kind="catalog.bulk_proposed", recipient=keeper).count() == 1
    assert not Message.objects.filter(kind="catalog.change_proposed").exists()
    for change in ListingChange.objects.all():
        changes.take_change(change=change, by=keeper)
    listed[0].refresh_from_db()
    assert (listed[0].unit, listed[0].price_won, listed[0].regions) == (
        "대",
        1_000_000,
        ["서울특별시", "경기도"],
    )
    assert [row["fate"] for row in checked(editor, rows).rows] == ["same"] * 3


def test_staff_file_writes_at_once_with_its_reason(listed):
    keeper = staff("keep_catalogue")
    bulk = checked(keeper, [["number", "unit"], [listed[0].number, "식"]], by_staff=True)
    services.apply_bulk(bulk=bulk, by=keeper, reason="단위를 맞춤")
    listed[0].refresh_from_db()
    assert listed[0].unit == "식"
    assert ListingVersion.objects.get(product=listed[0], ordinal=1).note == "단위를 맞춤"


def test_every_wrong_cell_is_named_and_nothing_is_written(editor, listed):
    other = product(supplier=company())
    rows = [
        ["number", "unit", "price_won", "price_includes_vat", "origin", "item_class", "sdgs"],
        [listed[0].number, "대", "공짜", "Y", "KR", "", ""],
        [listed[1].number, "대", "5", "maybe", "KR", "", ""],
        [listed[2].number, "대", "5", "Y", "Korea", "", ""],
        [other.number, "대", "5", "Y", "KR", "", ""],
        [listed[0].number, "대", "5", "Y", "KR", "", ""],
    ]
    assert wrong_cells(editor, rows) == [
        (2, "price_won"),
        (3, "price_includes_vat"),
        (4, "origin"),
        (5, "number"),
        (6, "number"),
    ]
    rows = [
        ["number", "item_class", "sdgs"],
        [listed[0].number, "99999999", "3"],
        [listed[1].number, "", "18"],
    ]
    assert wrong_cells(editor, rows) == [(2, "item_class"), (3, "sdgs")]
    assert not ListingChange.objects.exists() and not BulkImport.objects.exists()


def test_open_change_of_a_product_is_said_at_its_row(editor, listed):
    changes.begin_change(product=listed[1], by=editor)
    rows = [["number", "unit"], *([one.number, "대"] for one in listed)]
    assert wrong_cells(editor, rows) == [(3, "number")]


def test_tables_of_parts_replace_the_whole_part_and_name_the_row(editor, listed):
    attribute()
    head = ["product number", "name", "price_won", "attribute", "name_ko", "value", "unit"]
    for one in listed:
        edit_product(product=one, by=staff("keep_catalogue"), category="environment")
    number = listed[0].number
    rows = [
        head,
        [number, "A", "100", "무게", "", "28", ""],
        [number, "A", "100", "", "방수", "IP68", ""],
        [number, "B", "200", "weight", "", "많이", ""],
    ]
    assert wrong_cells(editor, rows, table="models") == [(4, "value")]
    rows[3][5] = "30"
    bulk = checked(editor, rows, table="models")
    services.apply_bulk(bulk=bulk, by=editor)
    content = listed[0].changes.get().content
    assert [model["name"] for model in content["models"]] == ["A", "B"]
    assert [spec["value"] for spec in content["models"][0]["specifications"]] == ["28", "IP68"]
    rows = [
        ["product number", "kind", "certificate number", "issuer", "issued_on", "valid_until"],
        [listed[1].number, "없는 인증", "1", "국가기술표준원", "2026-01-02", ""],
    ]
    assert wrong_cells(editor, rows, table="certificates") == [(2, "kind")]
    rows[1][1] = "NEP"
    rows.append([listed[1].number, "gs", "", "TTA", "2026.01.02", "2025-01-01"])
    assert wrong_cells(editor, rows, table="certificates") == [(3, "certificate number")]


def test_changed_meanwhile_applies_nothing_at_all(editor, listed):
    bulk = checked(editor, [["number", "unit"], *([one.number, "대"] for one in listed)])
    edit_product(product=listed[2], by=staff("keep_catalogue"), unit="식")
    with pytest.raises(Refused) as caught:
        services.apply_bulk(bulk=bulk, by=editor)
    assert caught.value.code == "changed_meanwhile" and listed[2].number in str(caught.value.reason)
    assert not ListingChange.objects.exists()


def test_file_is_applied_once_and_by_who_checked_it(editor, listed, supplier):
    bulk = checked(editor, [["number", "unit"], [listed[0].number, "대"]])
    with pytest.raises(Refused) as caught:
        services.apply_bulk(bulk=bulk, by=member(person(), supplier, role="owner").user)
    assert caught.value.status == 403
    services.apply_bulk(bulk=bulk, by=editor)
    with pytest.raises(Refused):
        services.apply_bulk(bulk=bulk, by=editor)
    for by_staff, by in ((True, editor), (False, person())):
        with pytest.raises(Refused) as caught:
            checked(by, [["number", "unit"], [listed[0].number, "x"]], by_staff=by_staff)
        assert caught.value.status == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("table", ["products", "models", "certificates", "patents"])
def test_file_that_is_handed_out_changes_nothing_when_it_comes_back(client, editor, listed, kind, table):
    content = content_of(listed[0])
    spec = {"attribute": "", "name_ko": "방수", "name_en": "", "value": "=1+1", "unit": ""}
    model = {"name": "A", "identification_number": "", "price_won": None, "specifications": [spec]}
    right = {"kind": "patent", "number": "-10", "title": ""}
    paper = {"kind": "nep", "number": "1", "issuer": "@x", "issued_on": "2026-01-02", "valid_until": None}
    edit_product(
        product=listed[0],
        by=staff("keep_catalogue"),
        **content
        | {"summary": "=HYPERLINK(1)", "models": [model], "patents": [right], "certificates": [paper]},
    )
    client.force_login(editor)
    answer = client.get(f"/catalog/bulk/{table}.{kind}")
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert all(cell.data_type != "f" for row in sheet for cell in row)
    else:
        cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
        assert not any(cell.startswith(("=", "@", "-1")) for cell in cells)
    bulk = checked(editor, answer.content, table=table, name=f"{table}.{kind}")
    assert {row["fate"] for row in bulk.rows} == {"same"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_both_encodings_of_korea_are_read(encoding):
    table = read_table("번호,이름\n1,한글\n".encode(encoding), name="a.csv", most_rows=5)
    assert table.rows[0].cells == {"번호": "1", "이름": "한글"} and table.rows[0].number == 2


def bomb() -> bytes:
    plain = as_spreadsheet([("a", [["number"], ["1"]])])
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/media/x.bin", b"\0" * (64 << 20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe\x00\x01", "encoding"),
        (b'a,b\n"1,2\n', "csv"),
        (b"a,a\n1,2\n", "heading_twice"),
        (b"a,b\n", "no_rows"),
        (b"a,b\n1,2,3\n", "ragged"),
        (b"a\n" + b"1\n" * 6, "too_many_rows"),
        (b"PK\x03\x04nonsense", "damaged"),
        (upload("docx").read(), "wrong_extension"),
        (bomb(), "zip_bomb"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content, code):
    with pytest.raises(Refused) as caught:
        read_table(content, name="a.csv", most_rows=5)
    assert caught.value.code == code and str(caught.value.reason)


def test_pages_show_the_check_and_apply_it(client, editor, listed):
    client.force_login(editor)
    for prefix in ("", "/en"):
        assert client.get(f"{prefix}/catalog/bulk/").status_code == 200
    wrong = upload("csv", name="a.csv", content=file([["number", "price_won"], [listed[0].number, "x"]]))
    answer = client.post("/catalog/bulk/", {"table": "products", "file": wrong})
    assert answer.status_code == 422 and "price_won" in answer.content.decode()
    right = upload("csv", name="a.csv", content=file([["number", "price_won"], [listed[0].number, "700"]]))
    answer = client.post("/catalog/bulk/", {"table": "products", "file": right})
    page = client.get(answer.url).content.decode()
    assert "700" in page and not ListingChange.objects.exists()
    assert client.post(answer.url).status_code == 302
    assert ListingChange.objects.get().content["price_won"] == 700
    assert client.get(answer.url).status_code == 200
    client.force_login(person())
    assert client.get(answer.url).status_code == 404
    assert client.get("/catalog/bulk/staff/").status_code == 404


def test_staff_page_asks_for_a_reason(client, listed):
    sign_in(client, staff("keep_catalogue"))
    content = upload("csv", name="a.csv", content=file([["number", "unit"], [listed[0].number, "식"]]))
    answer = client.post("/catalog/bulk/staff/", {"table": "products", "file": content})
    assert client.post(answer.url).status_code == 422
    assert client.post(answer.url, {"reason": "단위를 맞춤"}).status_code == 302
    assert client.get("/catalog/bulk/staff/products.csv").status_code == 200


def test_queries_of_the_check_page_do_not_grow(client, editor, listed):
    client.force_login(editor)
    counts = []
    for n in (1, 3):
        bulk = checked(editor, [["number", "price_won"], *([one.number, "700"] for one in listed[:n])])
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/catalog/bulk/{bulk.pk}/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
