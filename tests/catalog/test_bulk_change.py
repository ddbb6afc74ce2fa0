"""Many listings by one file: every wrong cell is named, all or nothing is applied, and repeating it does nothing."""

import csv
import io
import zipfile

import openpyxl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.bulk_tables import TABLES
from catalog.models import (
    BulkImport,
    ListingChange,
    ListingRule,
    ListingVersion,
    Product,
    ProductModel,
    ProfileAttribute,
    Specification,
)
from catalog.services import bulk as services
from catalog.services import change as changes
from catalog.services.content import content_of
from catalog.services.product import edit_product
from innomarket.common import spreadsheets
from innomarket.common.refusals import Refused
from innomarket.common.xlsx import workbook
from innomarket.documents.tables import WrongRows, as_read, handed_out, read_table
from innomarket.notifications.models import Message
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import attribute, category, product, rules
from tests.documents.factories import upload, workbook_of
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
    head = [
        *("product number", "name", "identification_number", "price_won"),
        *("attribute", "name_ko", "name_en", "value", "unit"),
    ]
    for one in listed:
        edit_product(product=one, by=staff("keep_catalogue"), category="environment")
    number = listed[0].number
    rows = [
        head,
        [number, "A", "", "100", "무게", "", "", "28", ""],
        [number, "A", "", "100", "", "방수", "", "IP68", ""],
        [number, "B", "", "200", "weight", "", "", "많이", ""],
    ]
    assert wrong_cells(editor, rows, table="models") == [(4, "value")]
    rows[3][7] = "30"
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


MODELS = [
    *("product number", "name", "identification_number", "price_won"),
    *("attribute", "name_ko", "name_en", "value", "unit"),
]


@pytest.mark.parametrize(
    ("table", "rows", "cells"),
    [
        ("models", [["A", "", "0", "", "", "", "", ""]], [(2, "price_won")]),
        ("models", [["A", "", "", "", "", "", "5", "kg"]], [(2, "name_ko")]),
        ("models", [["A", "", "", "", "방수", "", "", "mm"]], [(2, "value")]),
        ("models", [["A", "", "", "weight", "", "", "100000000000000", ""]], [(2, "value")]),
        (
            "models",
            [["A", "", "", "weight", "", "", "5", ""], ["A", "", "", "무게", "", "", "6", ""]],
            [(3, "attribute")],
        ),
        (  # a model's own row comes before its values
            "models",
            [["A", "", "", "", "", "", "", ""], ["A", "", "", "weight", "", "", "무거움", ""]],
            [(3, "value")],
        ),
        (
            "models",
            [["A", "", "7", "", "방수", "", "1", ""], ["A", "", "8", "", "방진", "", "2", ""]],
            [(3, "price_won")],
        ),
        (
            "models",
            [["A", "12345678", "", "", "", "", "", ""], ["B", "12345678", "", "", "", "", "", ""]],
            [(3, "identification_number")],
        ),
        ("patents", [["patent", "10-1", ""], ["patent", "10-1", ""]], [(3, "number")]),
        ("certificates", [["nep", "1", "x", "2026-02-01", "2026-01-01"]], [(2, "valid_until")]),
        ("products", [["0"]], [(2, "price_won")]),
        ("products", [["999999999999999"]], [(2, "price_won")]),
    ],
)
@pytest.mark.parametrize("by_staff", [False, True])
def test_value_that_the_database_refuses_is_said_at_its_cell(editor, listed, table, rows, cells, by_staff):
    attribute()
    keeper = staff("keep_catalogue")
    edit_product(product=listed[0], by=keeper, category="environment")
    heads = {
        "models": MODELS,
        "patents": ["product number", "kind", "number", "title"],
        "certificates": ["product number", "kind", "number", "issuer", "issued_on", "valid_until"],
        "products": ["number", "price_won"],
    }
    given = [heads[table], *([listed[0].number, *row] for row in rows)]
    assert wrong_cells(keeper if by_staff else editor, given, table=table, by_staff=by_staff) == cells


def test_rights_without_a_title_are_no_error(editor, listed):
    change = changes.begin_change(product=listed[0], by=editor)
    changes.save_change(change=change, by=editor, fields={"patents": [{"kind": "patent", "number": "10-1"}]})
    changes.propose_change(change=change, by=editor)
    assert ListingChange.objects.get().state == "proposed"


@pytest.mark.parametrize("table", ["models", "certificates", "patents"])
def test_column_that_a_part_leaves_out_is_refused_by_its_name(editor, listed, table):
    columns = [str(column.title) for column in TABLES[table].columns]
    for missing in columns:
        head = ["제품 번호", *(name for name in columns if name != missing)]
        with pytest.raises(Refused) as caught:
            checked(editor, [head, [listed[0].number, *["1"] * (len(head) - 1)]], table=table)
        assert caught.value.code == "missing_heading" and missing in str(caught.value.reason)


def test_column_under_two_headings_is_refused(editor, listed):
    with pytest.raises(Refused) as caught:
        checked(editor, [["number", "unit", "단위"], [listed[0].number, "대", "식"]])
    assert caught.value.code == "heading_twice"


def test_attribute_is_found_by_the_name_that_the_products_own_category_gives_it(editor, listed):
    attribute()
    ProfileAttribute.objects.create(
        category=category("safety"), code="load", name_ko="무게", name_en="Weight", kind="number"
    )
    keeper = staff("keep_catalogue")
    for one, code in ((listed[0], "environment"), (listed[1], "safety")):
        edit_product(product=one, by=keeper, category=code)
    rows = [MODELS, *([one.number, "A", "", "", "무게", "", "", "5", ""] for one in listed[:2])]
    bulk = checked(editor, rows, table="models")
    found = [row["after"]["models"][0]["specifications"][0]["attribute"] for row in bulk.rows]
    assert found == ["weight", "load"]


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


TEXT = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    [
        "'=1",
        "''=1",
        "=1",
        "\t=1",
        "\r\n",
        "a\r\nb",
        "a\rb",
        "\x00",
        "a\x0bb",
        "_x000D_",
        "007",
        "1.0",
        "예",
        " a ",
    ]
)
LEGACY = ("summary", "description", "price_basis", "unit")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_export_that_comes_back_changes_nothing_whatever_the_texts_are(client, editor, listed, kind):
    """Also of rows that were written before texts were tidied."""
    client.force_login(editor)

    @settings(max_examples=40)
    @given(texts=st.lists(TEXT, min_size=8, max_size=8))
    def comes_back(texts):
        with transaction.atomic():
            kept = [text.replace("\0", "") for text in texts]
            Product.objects.filter(pk=listed[0].pk).update(**dict(zip(LEGACY, kept, strict=False)))
            model = ProductModel.objects.create(product=listed[0], order=0, name=kept[4] or "A")
            Specification.objects.create(
                model=model, order=0, name_ko=kept[5] or "값", value=kept[6] or "1", unit=kept[7][:20]
            )
            for table in ("products", "models"):
                content = client.get(f"/catalog/bulk/{table}.{kind}").content
                bulk = checked(editor, content, table=table, name=f"{table}.{kind}")
                assert {row["fate"] for row in bulk.rows} == {"same"}
            transaction.set_rollback(True)

    comes_back()


@given(texts=st.lists(TEXT, min_size=1, max_size=20))
def test_cell_that_is_handed_out_is_read_as_promised(texts):
    rows = [[handed_out(text), "x"] for text in texts]
    for name, content in (
        ("a.csv", spreadsheets.as_csv([["number", "b"], *rows]).encode()),
        ("a.xlsx", b"".join(workbook([("a", ["number", "b"], rows)]))),
    ):
        found = read_table(content, name=name, most_rows=50)
        assert [row.cells["number"] for row in found.rows] == [as_read(text) for text in texts]


def test_text_is_kept_without_what_nobody_sees(editor, listed):
    change = changes.begin_change(product=listed[0], by=editor)
    change = changes.save_change(change=change, by=editor, fields={"description": "한 줄\r\n\x00두\x0b 줄"})
    assert change.content["description"] == "한 줄\n두 줄"


@pytest.mark.parametrize("table", ["products", "models"])
def test_file_holds_no_more_than_comes_back_and_says_where_the_next_begins(client, editor, listed, table):
    ListingRule.objects.update(most_bulk_rows=2)
    for one in listed:
        ProductModel.objects.create(product=one, order=0, name="A")
    client.force_login(editor)
    seen: list[str] = []
    address = "/catalog/bulk/"
    for _piece in range(2):
        page = client.get(address)
        (row,) = (row for row in page.context["tables"] if row["title"] == TABLES[table].title)
        content = client.get(row["files"][0][1]).content
        bulk = checked(editor, content, table=table)
        seen += [each["number"] for each in bulk.rows]
        address = f"/catalog/bulk/{row['next_url']}"
    assert seen == [one.number for one in listed] and not row["next_url"]


def test_product_with_more_rows_than_a_file_holds_comes_back_in_a_file_of_its_own(client, editor, listed):
    """What its rows say is the whole part, so they cannot be split."""
    ListingRule.objects.update(most_bulk_rows=2)
    for one in listed[:2]:
        for order in range(3):
            ProductModel.objects.create(product=one, order=order, name=f"M{order}")
    client.force_login(editor)
    content = client.get("/catalog/bulk/models.csv").content
    assert content.decode().count("\n") == 4
    assert [row["fate"] for row in checked(editor, content, table="models").rows] == ["same"]
    rows = [MODELS, *([one.number, f"M{n}", *[""] * 7] for one in listed[:2] for n in range(2))]
    with pytest.raises(Refused) as caught:
        checked(editor, rows, table="models")
    assert caught.value.code == "too_many_rows"


def test_questions_of_a_check_do_not_grow_with_its_rows(editor, supplier, listed):
    """Categories are asked once, and what stands of all products together."""
    keeper = staff("keep_catalogue")
    category()
    many = [*listed, *(product(supplier=supplier) for _ in range(3))]
    for one in many:
        edit_product(product=one, by=keeper, category="environment")
    counts = []
    for n in (1, 6):
        rows = [["number", "category", "unit"], *([one.number, "환경", one.unit] for one in many[:n])]
        with CaptureQueriesContext(connection) as captured:
            assert {row["fate"] for row in checked(editor, rows).rows} == {"same"}
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_every_row_of_a_check_is_shown_with_its_values(client, editor, listed, monkeypatch):
    monkeypatch.setattr("catalog.views.bulk.SHOWN", 2)
    bulk = checked(editor, [["number", "unit"], *([one.number, f"단위{n}"] for n, one in enumerate(listed))])
    client.force_login(editor)
    first = client.get(f"/catalog/bulk/{bulk.pk}/").content.decode()
    second = client.get(f"/catalog/bulk/{bulk.pk}/?page=2").content.decode()
    assert "단위0" in first and "단위1" in first and "단위2" not in first and "page=2" in first
    assert "단위2" in second and listed[0].number not in second


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_both_encodings_of_korea_are_read(encoding):
    table = read_table("번호,이름\n1,한글\n".encode(encoding), name="a.csv", most_rows=5)
    assert table.rows[0].cells == {"번호": "1", "이름": "한글"} and table.rows[0].number == 2


def bomb() -> bytes:
    plain = workbook_of([["number"], ["1"]])
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
    assert "파일은 다시 선택해 주세요." in answer.content.decode()
    assert "다시 선택해" not in client.post("/catalog/bulk/", {"table": "products"}).content.decode()
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
