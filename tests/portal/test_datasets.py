"""The agency's published datasets from our data: names and order, manners of the pages, nothing that is not public."""

import base64
import csv
import hashlib
import io
import tracemalloc
from datetime import timedelta
from urllib.parse import urlencode
from xml.etree import ElementTree

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.api import limits
from catalog.services.product import edit_product
from designation.models import Designation
from innomarket.accounts.models import ApiRule, Organisation
from innomarket.common.clock import KST, moved_to, now, today
from innomarket.portal.datasets import designations, files, products, published
from innomarket.settings.logs import without_keys
from tests.accounts.factories import company, staff
from tests.catalog.factories import item_class, product, rules

pytestmark = pytest.mark.django_db

RECORDS = "/api/15154028/v1/uddi:343426a8-607a-404c-8dd1-b4bbc3ffeee6"
PRODUCTS = "/api/15117944/v1/products."
# As https://www.data.go.kr/catalog/15117944/fileData.json names them (보고서항목목록).
PUBLISHED = [
    *("거래단위명", "물품분류", "물품식별", "세부품명", "업체", "업체사업자등록번호", "업체인증유형목록"),
    *(
        "업체제시가격",
        "지정기관통합번호값",
        "카테고리",
        "혁신대분류카테고리",
        "혁신상품구분",
        "혁신상품모델명",
    ),
    *("혁신상품지정기관명", "혁신업체인증목록", "혁신제품인증목록", "혁신중분류카테고리"),
]
RECORD = [
    *("혁신제품지정생성번호", "혁신상품구분명", "항목명", "지정기관명", "지정일자", "유효시작일자"),
    *("유효종료일자", "사용여부", "여성기업여부", "청년기업여부", "상품식별번호"),
]
FORMULA = '=HYPERLINK("https://evil.example")'


@pytest.fixture(autouse=True)
def _no_limit(monkeypatch):
    rule = ApiRule(
        **dict.fromkeys(
            ("anonymous_per_minute", "token_per_minute", "anonymous_files_per_hour", "token_files_per_hour"),
            10**6,
        )
    )
    monkeypatch.setattr(limits, "current_rule", lambda: rule)


def body(answer) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def table(client, address: str, encoding: str = "utf-8-sig") -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(client.get(address)).decode(encoding))))


def read(client, **parameters) -> dict:
    answer = client.get(f"{RECORDS}?{urlencode(parameters)}")
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def numbers(client, **parameters) -> list[str]:
    return [row["혁신제품지정생성번호"] for row in read(client, **parameters)["data"]]


def rich(**fields):
    """A product in which every published field has a value."""
    rules()
    listed = product(
        supplier=company(name_ko="물길로봇", is_women_owned=True, is_youth_led=True),
        price_won=80_000_000,
        unit="대",
    )
    content = {
        "category": "environment",
        "item_class": item_class().code,
        "models": [
            {"name": "M-1", "identification_number": "12345678"},
            {"name": "M-2", "identification_number": "12345679"},
        ],
        "certificates": [
            {"kind": "nep", "number": "NEP-7", "issuer": "x"},
            {"kind": "direct_production", "number": "D-9", "issuer": "y"},
        ],
        **fields,
    }
    edit_product(product=listed, by=staff("keep_catalogue"), **content)
    return listed


# ── 15117944 ──


def test_product_file_has_the_published_names_in_their_order(client):
    listed = rich()
    head, row = table(client, f"{PRODUCTS}csv")
    assert head == PUBLISHED
    cells = dict(zip(head, row, strict=True))
    assert cells == {
        "거래단위명": "대",
        "물품분류": "46171624",
        "물품식별": "12345678; 12345679",
        "세부품명": "물품 4617162401",
        "업체": "물길로봇",
        "업체사업자등록번호": "",
        "업체인증유형목록": "여성기업; 청년기업; 직접생산확인",
        "업체제시가격": "80000000",
        "지정기관통합번호값": listed.designation.number,
        "카테고리": listed.category.name_ko if listed.category else cells["카테고리"],
        "혁신대분류카테고리": cells["카테고리"],
        "혁신상품구분": "혁신시제품",
        "혁신상품모델명": "M-1; M-2",
        "혁신상품지정기관명": "위원회",
        "혁신업체인증목록": "직접생산확인 D-9",
        "혁신제품인증목록": "NEP NEP-7",
        "혁신중분류카테고리": "",
    }
    assert cells["카테고리"]


def test_what_has_no_value_is_an_empty_cell(client):
    product(price_won=None)
    head, row = table(client, f"{PRODUCTS}csv")
    empty = {name for name, cell in zip(head, row, strict=True) if cell == ""}
    assert {"업체제시가격", "물품식별", "카테고리", "혁신제품인증목록"} <= empty
    assert "None" not in row


def test_only_what_is_in_force_today_is_in_the_product_file(client):
    listed, _ended, _later = product(), product(days=(-900, -1)), product(days=(5, 900))
    found = [row[8] for row in table(client, f"{PRODUCTS}csv")[1:]]
    assert found == [listed.designation.number]
    with moved_to((now() + timedelta(days=10)).astimezone(KST)):
        assert len(table(client, f"{PRODUCTS}csv")) == 3


def test_file_is_read_by_programs_that_expect_cp949_and_by_spreadsheets(client):
    rich()
    expected = table(client, f"{PRODUCTS}csv")
    assert table(client, f"{PRODUCTS}cp949.csv", "cp949") == expected
    book = openpyxl.load_workbook(io.BytesIO(body(client.get(f"{PRODUCTS}xlsx"))), read_only=True)
    rows = [
        ["" if cell is None else str(cell) for cell in row] for row in book.active.iter_rows(values_only=True)
    ]
    assert rows == expected


def test_letter_that_cp949_lacks_is_a_question_mark_and_ends_nothing(client):
    rich(unit="대🚀")
    assert table(client, f"{PRODUCTS}cp949.csv", "cp949")[1][0] == "대?"


@pytest.mark.parametrize("kind", ["csv", "cp949.csv"])
def test_no_cell_of_a_file_is_a_formula(client, kind):
    listed = rich(unit=FORMULA[:30])
    Organisation.objects.filter(pk=listed.supplier_id).update(name_ko=FORMULA)
    edit_product(product=listed, by=staff("keep_catalogue"), summary="다시")
    for address in (f"{PRODUCTS}{kind}", f"/api/15154028/v1/designations.{kind}"):
        cells = [
            cell for row in table(client, address, "cp949" if "949" in kind else "utf-8-sig") for cell in row
        ]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert any(cell.startswith("'=") for cell in table(client, f"{PRODUCTS}csv")[1])


def test_file_says_its_length_and_hash_and_is_not_sent_twice(client):
    rich()
    answer = client.get(f"{PRODUCTS}csv")
    data = body(answer)
    assert int(answer["Content-Length"]) == len(data)
    digest = hashlib.sha256(data).digest()
    assert answer["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    again = client.get(f"{PRODUCTS}csv", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert 'filename="15117944-' in answer["Content-Disposition"]


def test_files_count_as_whole_files_and_refuse_other_parameters(client):
    answer = client.get(f"{PRODUCTS}csv?serviceKey=abc")
    assert body(answer) and answer["RateLimit-Policy"].endswith(";w=3600")
    assert client.get(f"{PRODUCTS}csv?unit=x").status_code == 400
    assert client.get(f"{PRODUCTS}pdf").status_code == 404


def test_making_a_file_takes_no_more_memory_for_ten_times_the_rows():
    def peak(count: int) -> int:
        tracemalloc.start()
        with files.make("csv", "x", ["a", "b"], (["가" * 50, n] for n in range(count))).file:
            found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(100)
    assert peak(20_000) < 1.5 * peak(2_000)


def test_products_come_batch_by_batch_and_none_twice():
    listed = [product() for _ in range(5)]
    rows = list(products.rows(today(), size=2))
    assert [row[8] for row in rows] == [one.designation.number for one in listed]


# ── 15154028 ──


def test_every_type_of_designation_has_its_published_name():
    assert set(published.TYPES) == set(Designation.Type.values)
    assert set(published.TYPES.values()) <= {"우수연구개발혁신제품", "혁신시제품", "기타혁신제품"}


def test_record_has_the_published_fields_and_values(client):
    listed = rich()
    found = read(client)
    counts = ("page", "perPage", "totalCount", "currentCount", "matchCount")
    assert list(found) == [*counts, "data"] and [found[name] for name in counts] == [1, 10, 1, 1, 1]
    (record,) = found["data"]
    designation = listed.designation
    assert list(record) == RECORD
    assert list(record.values()) == [
        *(
            designation.number,
            "혁신시제품",
            "물길 점검 로봇",
            "위원회",
            designation.designated_on.isoformat(),
        ),
        *(designation.valid.lower.isoformat(), designation.last_day.isoformat(), "Y", "Y", "Y"),
        "12345678; 12345679",
    ]


def test_what_ended_stays_a_record_and_is_no_longer_in_use(client):
    product(days=(-900, -1))
    (record,) = read(client)["data"]
    assert record["사용여부"] == "N" and record["상품식별번호"] is None
    assert record["유효종료일자"] == (today() - timedelta(days=2)).isoformat()


def test_program_written_for_the_source_reads_all_pages(client):
    """As programs do it: page after page until as many have come as there are (and one that takes XML)."""
    wanted = {product().designation.number for _ in range(5)}
    found, page = [], 1
    while True:
        data = read(client, serviceKey="abc==", page=page, perPage=2, returnType="JSON")
        if not data.get("data", []):
            break
        found.extend(data["data"])
        if len(found) >= data.get("totalCount", 0):
            break
        page += 1
    assert {item.get("혁신제품지정생성번호", "") for item in found} == wanted and page == 3
    text = client.get(f"{RECORDS}?page=1&perPage=10&returnType=XML&serviceKey=abc")
    root = ElementTree.fromstring(text.content)
    assert text["Content-Type"] == "application/xml; charset=utf-8" and root.tag == "results"
    assert (root.findtext("totalCount"), root.findtext("currentCount")) == ("5", "5")
    names = [item.findtext("col[@name='혁신제품지정생성번호']") for item in root.iter("item")]
    assert set(names) == wanted
    assert [col.get("name") for col in root.find("data/item")] == RECORD


def test_pages_are_bounded_and_do_not_shift(client):
    first, second = product(), product()
    assert numbers(client, perPage=1) == [first.designation.number]
    product()
    assert numbers(client, perPage=1, page=2) == [second.designation.number]
    assert read(client, page=4, perPage=1)["data"] == []
    assert read(client, perPage=10_000)["perPage"] == 10_000


def test_long_page_is_read_in_batches_and_is_the_same(client, monkeypatch):
    wanted = [product().designation.number for _ in range(5)]
    monkeypatch.setattr(designations, "BATCH", 2)
    assert numbers(client, perPage=10) == wanted
    assert numbers(client, perPage=4) == wanted[:4] and numbers(client, perPage=3, page=2) == wanted[3:]
    assert numbers(client, perPage=2, page=3) == wanted[4:] and numbers(client, perPage=5, page=2) == []


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"perPage": 10_001}, "perPage"),
        ({"perPage": 0}, "perPage"),
        ({"page": "x"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "٣"}, "page"),
        ({"page": "9" * 30}, "page"),
        ({"returnType": "YAML"}, "returnType"),
        ({"perpage": 5}, "perpage"),
        ({"cond[없는것::EQ]": "x"}, "없는것"),
        ({"cond[사용여부::LIKE]": "Y"}, "사용여부"),
        ({"cond[사용여부::EQ]": "예"}, "사용여부"),
        ({"cond[지정일자::GTE]": "어제"}, "지정일자"),
        ({"cond[지정일자::GTE]": "2020-02-31"}, "지정일자"),
        ({"cond[유효종료일자::EQ]": "9999-12-31"}, "유효종료일자"),
        ({"cond[항목명::EQ": "x"}, "항목명"),
        ({"cond[항목명::EQ]": "\0"}, "항목명"),
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_cannot_be_asked_is_told_as_the_source_tells_errors(client, asked, parameter, language):
    answer = client.get(f"{RECORDS}?{urlencode(asked)}", headers={"accept-language": language})
    told = answer.json()
    assert answer.status_code == 400 and set(told) == {"code", "msg"} and told["code"] == -400
    assert parameter in told["msg"] and answer["Content-Type"] == "application/json"
    words = told["msg"].replace(parameter, "")
    for name in RECORD:
        words = words.replace(name, "")
    assert any("가" <= sign <= "힣" for sign in words) is (language == "ko")


def test_error_comes_as_xml_where_xml_was_asked_for(client):
    answer = client.get(f"{RECORDS}?returnType=xml&page=0")
    root = ElementTree.fromstring(answer.content)
    assert answer.status_code == 400 and root.findtext("code") == "-400" and "page" in root.findtext("msg")


def test_wrong_token_too_many_and_writing_are_told_in_the_same_way(client, monkeypatch):
    wrong = client.get(RECORDS, headers={"authorization": "Bearer imk_nonsense"})
    assert wrong.status_code == 401 and wrong.json()["code"] == -401 and "WWW-Authenticate" in wrong
    # A key of the source in the header is not ours: nobody is refused for it.
    assert client.get(RECORDS, headers={"authorization": "Infuser abc=="}).status_code == 200
    assert client.post(RECORDS).json()["code"] == -405
    monkeypatch.setattr(limits, "_most", lambda scope, token: (0, 60))
    much = client.get(RECORDS)
    assert much.status_code == 429 and much.json()["code"] == -429 and int(much["Retry-After"]) > 0


def test_conditions_narrow_down_by_every_field(client):
    listed, ended = rich(), product(days=(-900, -1))
    one, other = listed.designation, ended.designation
    for condition, value, expected in [
        ("혁신제품지정생성번호::EQ", one.number, [one]),
        ("혁신상품구분명::EQ", "혁신시제품", [one, other]),
        ("혁신상품구분명::LIKE", "우수", []),
        ("항목명::LIKE", "점검", [one, other]),
        ("항목명::EQ", "점검", []),
        ("지정기관명::EQ", "위원회", [one, other]),
        ("지정일자::GTE", one.designated_on.isoformat(), [one]),
        ("지정일자::LT", one.designated_on.isoformat(), [other]),
        ("유효시작일자::EQ", one.valid.lower.isoformat(), [one]),
        ("유효종료일자::EQ", other.last_day.isoformat(), [other]),
        ("유효종료일자::GT", other.last_day.isoformat(), [one]),
        ("사용여부::EQ", "Y", [one]),
        ("사용여부::EQ", "N", [other]),
        ("여성기업여부::EQ", "Y", [one]),
        ("청년기업여부::EQ", "N", [other]),
        ("상품식별번호::EQ", "12345679", [one]),
        ("상품식별번호::LIKE", "99999", []),
    ]:
        found = read(client, **{f"cond[{condition}]": value})
        assert [row["혁신제품지정생성번호"] for row in found["data"]] == [row.number for row in expected], (
            condition
        )
        assert (found["totalCount"], found["matchCount"]) == (2, len(expected)), condition
    both = {"cond[사용여부::EQ]": "Y", "cond[여성기업여부::EQ]": "N"}
    assert read(client, **both)["data"] == []


def test_record_follows_company_and_clock_at_once_and_is_kept_until_then(client):
    listed = rich()
    first = client.get(RECORDS)
    assert client.get(RECORDS, headers={"if-none-match": first["ETag"]}).status_code == 304
    Organisation.objects.filter(pk=listed.supplier_id).update(is_women_owned=False)
    changed = client.get(RECORDS, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200 and changed.json()["data"][0]["여성기업여부"] == "N"
    assert first["Access-Control-Allow-Origin"] == "*" and first["Cache-Control"] == "public, no-cache"


def test_designation_file_holds_the_same_records(client):
    rich()
    product(days=(-900, -1))
    head, *rows = table(client, "/api/15154028/v1/designations.csv")
    assert head == RECORD
    assert rows == [
        ["" if value is None else str(value) for value in record.values()] for record in read(client)["data"]
    ]


def test_characters_that_xml_cannot_hold_and_markup_do_no_harm(client):
    listed = product()
    Designation.objects.filter(pk=listed.designation_id).none()
    Organisation.objects.filter(pk=listed.supplier_id).update(name_ko="<b>&\x01")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE designation_committee SET name_ko = %s", ["<b>&\x01 위원회"])
    root = ElementTree.fromstring(client.get(f"{RECORDS}?returnType=XML").content)
    assert root.findtext("data/item/col[@name='지정기관명']") == "<b>& 위원회"


@pytest.mark.parametrize(
    "address", [RECORDS, f"{RECORDS}?returnType=XML", f"{PRODUCTS}csv", "/api/15154028/v1/designations.csv"]
)
def test_query_count_does_not_grow(client, address):
    counts = []
    for _ in range(2):
        rich(models=[{"name": "M-1"}]) if not counts else [rich(models=[{"name": "M-1"}]) for _ in range(2)]
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
            assert b"".join(answer) if answer.streaming else answer.content
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_nothing_of_an_undecided_proposal_is_in_a_dataset(client):
    from tests.designation.factories import selected_proposal

    submission = selected_proposal()
    assert read(client)["data"] == [] and len(table(client, f"{PRODUCTS}csv")) == 1
    assert submission.number not in client.get(RECORDS).content.decode()


def test_key_in_an_address_is_not_logged():
    event = without_keys(None, "info", {"request": "GET /api/x?page=1&serviceKey=a%2Fb==&perPage=2"})
    assert event["request"] == "GET /api/x?page=1&serviceKey=…&perPage=2"
    assert without_keys(None, "info", {"event": "started"}) == {"event": "started"}
