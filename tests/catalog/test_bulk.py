"""The whole catalogue as one file: complete, safe, and told to be cut where it is."""

import csv
import gzip
import hashlib
import io
import json
import os
import struct
import zipfile
from decimal import Decimal

import pytest
from django.core.cache import cache

from catalog import bulk
from catalog.models import PublicListing, Snapshot
from catalog.services import snapshot as snapshots
from catalog.services.product import edit_product
from innomarket.common.clock import today
from innomarket.common.xlsx import workbook
from tests.accounts.factories import staff
from tests.catalog.factories import category, product, settle

pytestmark = pytest.mark.django_db

URL = "/api/v1/bulk/products"


def body(client, kind: str, **headers) -> bytes:
    answer = client.get(f"{URL}.{kind}", headers=headers)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def whole_ndjson(data: bytes) -> list[dict]:
    """The rows of a file that is whole; AssertionError for one that was cut."""
    *lines, last = data.splitlines(keepends=True)
    trailer = json.loads(last).get("trailer") or {}
    assert trailer.get("rows") == len(lines), "cut off"
    assert trailer["sha256"] == hashlib.sha256(b"".join(lines)).hexdigest()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("packed", [False, True])
def test_ndjson_holds_every_product_as_its_page_does(client, monkeypatch, packed):
    monkeypatch.setattr(bulk.batches, "__kwdefaults__", {"size": 2})
    listed = [product(summary='"따옴표" \\ 줄\n바꿈') for _ in range(5)]
    data = body(client, "ndjson", **({"accept-encoding": "gzip"} if packed else {}))
    rows = whole_ndjson(gzip.decompress(data) if packed else data)
    assert [row["number"] for row in rows] == [each.number for each in listed]
    assert rows[0] == client.get(f"/api/v1/products/{listed[0].number}/").json()


def test_cut_ndjson_is_recognised(client):
    product(), product()
    data = body(client, "ndjson")
    for cut in (
        data[:-1][: data.rindex(b'{"trailer"')],
        data[: len(data) // 2],
        data.replace(b"PD", b"PX", 1),
    ):
        with pytest.raises((AssertionError, ValueError)):
            whole_ndjson(cut)


def test_file_and_feed_meet(client):
    """What changes after the file began comes in the feed from the file's place."""
    listed, _other = product(), product()
    trailer = json.loads(body(client, "ndjson").splitlines()[-1])["trailer"]
    assert client.get(f"/api/v1/products/changes/?since={trailer['since']}").json()["results"] == []
    edit_product(product=listed, by=staff("keep_catalogue"), unit="대")
    settle()
    later = client.get(f"/api/v1/products/changes/?since={trailer['since']}").json()["results"]
    assert [row["number"] for row in later] == [listed.number]


def test_reader_who_leaves_early_leaves_the_connection_to_the_next_one(client):
    """The batch that is on its way is waited for, and nobody else's statement comes in between."""
    listed = [product() for _ in range(4)]
    parts = bulk.batches("ko", size=1)
    first, rows = next(parts)
    assert rows == 1 and json.loads(first)["number"] == listed[0].number
    parts.close()
    assert PublicListing.objects.count() == 4 and len(whole_ndjson(body(client, "ndjson"))) == 4


def test_removed_products_are_in_no_file(client):
    gone, stays = product(), product()
    PublicListing.objects.filter(pk=gone.pk).update(removed_at=gone.listed_at, document_ko="", document_en="")
    assert [row["number"] for row in whole_ndjson(body(client, "ndjson"))] == [stays.number]


def test_csv_is_safe_and_counts_its_rows(client):
    product(name_ko="=HYPERLINK(1)", name_en="@x", category=category())
    text = body(client, "csv", **{"accept-language": "en"}).decode("utf-8-sig")
    head, row, trailer = csv.reader(io.StringIO(text))
    cells = dict(zip(head, row, strict=True))
    assert (cells["name_ko"], cells["name_en"]) == ("'=HYPERLINK(1)", "'@x")
    assert cells["category_name"] == "Environment" and cells["price_won"] == "80000000"
    assert trailer[:2] == ["trailer", "1"]
    before = body(client, "csv", **{"accept-language": "en"}).rpartition(b"trailer,")[0]
    assert hashlib.sha256(before).hexdigest() == trailer[2]


def test_xlsx_opens_and_calculates_nothing(client):
    product(name_ko="=1+1", summary="가\x0b<&>")
    archive = zipfile.ZipFile(io.BytesIO(body(client, "xlsx")))
    assert archive.testzip() is None
    sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and '<t xml:space="preserve">=1+1</t>' in sheet and "가&lt;&amp;&gt;" in sheet
    assert "<c><v>80000000</v></c>" in sheet
    assert "<v>1</v>" in archive.read("xl/worksheets/sheet2.xml").decode()
    assert 'name="제품"' in archive.read("xl/workbook.xml").decode()


def test_workbook_goes_on_in_a_further_sheet(monkeypatch):
    monkeypatch.setattr("innomarket.common.xlsx.MOST_ROWS", 3)
    data = b"".join(workbook([("Rows", ["n"], ([n] for n in range(5)))]))
    archive = zipfile.ZipFile(io.BytesIO(data))
    sheets = [archive.read(f"xl/worksheets/sheet{n}.xml").decode().count("<row>") for n in (1, 2, 3)]
    assert sheets == [3, 3, 2] and 'name="Rows 3"' in archive.read("xl/workbook.xml").decode()


def test_workbook_goes_on_in_a_further_sheet_before_one_is_too_big(monkeypatch):
    monkeypatch.setattr("innomarket.common.xlsx.MOST_BYTES", 1000)
    monkeypatch.setattr("innomarket.common.xlsx.A_WRITE", 2)
    archive = zipfile.ZipFile(
        io.BytesIO(b"".join(workbook([("Rows", ["n"], (["x" * 400] for _ in range(5)))])))
    )
    counts = [archive.read(name).decode().count("<row>") for name in archive.namelist() if "sheet" in name]
    assert counts == [3, 3, 2]


def test_workbook_is_a_plain_archive():
    """Not every reader knows the form of ZIP for more than 4 GiB: no part asks for it."""
    data = b"".join(workbook([("Rows", ["n"], [[1]])]))
    for part in zipfile.ZipFile(io.BytesIO(data)).infolist():
        version, extra = struct.unpack_from("<H", data, part.header_offset + 4), part.header_offset + 28
        assert version == (20,) and struct.unpack_from("<H", data, extra) == (0,)


def test_workbook_holds_numbers_and_truths_as_such():
    data = b"".join(workbook([("Rows", ["n"], [[Decimal("1.50"), True, False, Decimal("NaN"), 7]])]))
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert '<c><v>1.50</v></c><c t="b"><v>1</v></c><c t="b"><v>0</v></c>' in sheet
    assert '<t xml:space="preserve">NaN</t></is></c><c><v>7</v></c>' in sheet


@pytest.mark.parametrize("path", ["products.pdf", "products.", "products.ndjson/"])
def test_other_formats_are_not_found(client, path):
    answer = client.get(f"/api/v1/bulk/{path}")
    assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"


# ── nightly files ──


@pytest.fixture
def store(settings, tmp_path, monkeypatch):
    """Only the catalogue's own files: those of the procurement data are in tests/portal/ocds/test_nightly.py."""
    settings.MEDIA_ROOT = tmp_path
    own = [kind for kind in snapshots.KINDS if kind.what == Snapshot.What.PRODUCTS]
    monkeypatch.setattr(snapshots, "KINDS", own)
    return tmp_path


def csv_kind() -> snapshots.Kind:
    return next(kind for kind in snapshots.KINDS if (kind.format, kind.language) == ("csv", "ko"))


def test_nightly_files_are_made_once_and_prove_themselves(client, store):
    listed = product()
    assert snapshots.make_due() == 6 and snapshots.make_due() == 0
    rows = client.get("/api/v1/snapshots/").json()["results"]
    assert len(rows) == 6
    for row in rows:
        cache.clear()  # so many files at once are more than the limit
        answer = client.get(row["url"])
        data = b"".join(answer.streaming_content)
        assert hashlib.sha256(data).hexdigest() == row["sha256"] and len(data) == row["size"]
        assert "attachment" in answer["Content-Disposition"]
        assert client.get(row["url"], headers={"if-none-match": answer["ETag"]}).status_code == 304
    (english,) = (row for row in rows if (row["format"], row["language"]) == ("ndjson", "en"))
    data = gzip.decompress(b"".join(client.get(english["url"]).streaming_content))
    assert [row["name"] for row in whole_ndjson(data)] == [listed.name_en]


def test_files_page_lists_them(client, store):
    assert "snapshots/" not in client.get("/catalog/files/").content.decode()
    product()
    snapshots.make_due()
    text = client.get("/en/catalog/files/").content.decode()
    for each in Snapshot.objects.all():
        assert f"/api/v1/snapshots/{each.name}" in text and each.sha256 in text


def test_second_worker_leaves_one_file(store):
    product()
    day = today()
    assert snapshots.make_snapshot(day=day, kind=csv_kind()) is True
    assert snapshots.make_snapshot(day=day, kind=csv_kind()) is False
    assert len(list((store / "snapshots").iterdir())) == 1


def test_file_is_found_where_litter_had_taken_its_name(client, store):
    """A run that was cut short left a file and no row: the next one's file bears another name in the store."""
    product()
    made = Snapshot(day=today(), format="csv", language="ko")
    (store / "snapshots").mkdir()
    (store / "snapshots" / made.name).write_bytes(b"half")
    assert snapshots.make_snapshot(day=made.day, kind=csv_kind())
    answer = client.get(f"/api/v1/snapshots/{made.name}")
    assert answer.status_code == 200
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == Snapshot.objects.get().sha256


def test_litter_is_swept_once_no_run_can_be_writing_it(store):
    product()
    snapshots.make_snapshot(day=today(), kind=csv_kind())
    (standing,) = (store / "snapshots").iterdir()
    old, young = store / "snapshots" / "old.gz", store / "snapshots" / "young.gz"
    for path in (old, young):
        path.write_bytes(b"half")
    for path in (old, standing):
        os.utime(path, (0, 0))
    assert snapshots.sweep() == 1
    assert {path.name for path in (store / "snapshots").iterdir()} == {standing.name, young.name}


def test_old_files_go_before_new_ones_are_made(store, monkeypatch):
    """A disk that is full has room again."""
    product()
    snapshots.make_snapshot(day=today(), kind=csv_kind())
    Snapshot.objects.update(day="2020-01-01")

    def full(**_options):
        raise OSError("No space left on device")

    monkeypatch.setattr(snapshots, "make_snapshot", full)
    with pytest.raises(OSError, match="No space"):
        snapshots.make_due()
    assert not Snapshot.objects.exists() and list((store / "snapshots").iterdir()) == []


def test_old_files_go_with_their_rows(store):
    product()
    snapshots.make_snapshot(day=today(), kind=csv_kind())
    Snapshot.objects.update(day="2020-01-01")
    assert snapshots.delete_old(today()) == 1
    assert list((store / "snapshots").iterdir()) == [] and not Snapshot.objects.exists()


def test_file_names_lead_nowhere_else(client, store):
    (store / "secret").write_text("x")
    for name in (
        "../secret",
        "..%2fsecret",
        "secret",
        "products-2026-13-45-ko.csv.gz",
        "products-2026-01-01-ko.csv",
    ):
        assert client.get(f"/api/v1/snapshots/{name}").status_code == 404
