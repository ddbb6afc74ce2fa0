"""Fictional products: whole, the same each time, and only where nothing real can be."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from catalog import loading
from catalog.fictional import Fiction
from catalog.models import Product, ProductModel, PublicListing, SearchDocument, SearchWord, Specification
from catalog.services.public_listing import refresh
from catalog.services.search import reindex
from innomarket.common.models import MovableClock
from tests.catalog.factories import product, rules, settle
from tests.support import databases, orm

MODELS = (Product, ProductModel, Specification, PublicListing, SearchDocument, SearchWord)


def test_loaded_products_are_whole_and_answered(fresh_database, client, capsys):
    rules()
    call_command("load_catalog", count=45)
    assert "45 products" in capsys.readouterr().out
    body = client.get("/api/v1/products/?page_size=100").json()
    assert len(body["results"]) == 45
    row = body["results"][0]
    assert row["designation"]["number"].startswith("B26CD") and len(row["models"][0]["specifications"]) == 3
    assert client.get(f"/catalog/{row['number']}/").status_code == 200
    changes = client.get("/api/v1/products/changes/?page_size=1000").json()
    assert len(changes["results"]) == 45 and changes["more"] is False
    assert refresh(Product.objects.values_list("pk", flat=True)) == 0
    after = product()
    assert after.pk > Product.objects.filter(number__startswith="B26PD").latest("pk").pk
    (change,) = client.get(f"/api/v1/products/changes/?since={changes['since']}").json()["results"]
    assert change["number"] == after.number
    with pytest.raises(CommandError):
        call_command("load_catalog", count=45)


def test_loaded_products_are_found_as_if_their_service_had_written_them(fresh_database, client):
    rules()
    call_command("load_catalog", count=45)
    loaded = [_rows(model) for model in (SearchDocument, SearchWord)]
    reindex()
    assert [_rows(model) for model in (SearchDocument, SearchWord)] == loaded and loaded[1]
    found = client.get("/api/v1/products/?q=누수 탐지 센서").json()["results"]
    assert len(found) == 3 and all("누수 탐지 센서" in row["name_ko"] for row in found)


def test_processes_and_batches_make_the_same_rows_and_leave_every_index(django_db_blocker, monkeypatch):
    monkeypatch.setattr(loading, "BATCH", 10)
    laid = []
    for processes in (0, 2):
        name = databases.clone()
        with orm.pointed_at(name, django_db_blocker):
            rules()
            indexes = _indexes()
            call_command("load_catalog", count=45, processes=processes)
            call_command("rebuild_catalog", check=True)
            assert _indexes() == indexes
            laid.append([_rows(model) for model in MODELS])
        databases.drop(name)
    assert laid[0] == laid[1]
    assert [len(rows) for rows in laid[0][:-1]] == [45, 45, 135, 45, 45]


def _indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'")
        return {row[0] for row in cursor.fetchall()}


def _rows(model) -> list[dict]:
    rows = list(model.objects.order_by("pk").values())
    return [{name: value for name, value in row.items() if name != "written_at"} for row in rows]


@pytest.mark.django_db
def test_same_number_makes_the_same_products():
    rules()
    rows = [Fiction(1000)._names(n) for n in range(1000)]
    assert rows == [Fiction(1000)._names(n) for n in range(1000)] and len(set(rows)) == 1000


def test_texts_that_copy_reads_are_those_that_were_given(fresh_database):
    """Also what holds the letters that COPY writes between values, or for nothing."""
    rules()
    call_command("load_catalog", count=1)
    (model,) = ProductModel.objects.all()
    texts = ["a\tb", "a\nb\r\nc", r"C:\N", r"\N", r"\\", "", "가\\."]
    rows = [
        {"id": 10**6 + n, "model_id": model.pk, "order": 9 + n, "name_ko": "값", "value": "-", "unit": text}
        for n, text in enumerate(texts)
    ]
    loading.send(Specification, loading.lines(Specification, rows))
    found = Specification.objects.filter(pk__gte=10**6).order_by("pk")
    assert list(found.values_list("unit", flat=True)) == texts
    document = SearchDocument.objects.get()
    document.texts = ['a "b", {c}', "d\\e\tf", "", "NULL"]
    SearchDocument.objects.all().delete()
    row = {field.attname: getattr(document, field.attname) for field in SearchDocument._meta.fields}
    loading.send(SearchDocument, loading.lines(SearchDocument, [row]))
    assert SearchDocument.objects.get().texts == document.texts


@pytest.mark.django_db
def test_unmarked_database_is_refused():
    MovableClock.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("load_catalog", count=1)
    assert not PublicListing.objects.exists()
    settle()
