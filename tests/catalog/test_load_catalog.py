"""Fictional products: whole, the same each time, and only where nothing real can be."""

import pytest
from django.core.management import CommandError, call_command

from catalog.fictional import Fiction
from catalog.models import Product, PublicListing
from catalog.services.public_listing import refresh
from innomarket.common.models import MovableClock
from tests.catalog.factories import product, rules, settle


def test_loaded_products_are_whole_and_answered(fresh_database, client, capsys):
    rules()
    call_command("load_catalog", count=45)
    assert "45 products" in capsys.readouterr().out
    body = client.get("/api/v1/products/?page_size=100").json()
    assert len(body["results"]) == 45
    row = body["results"][0]
    assert row["designation"]["number"].startswith("B26CD") and len(row["models"][0]["specifications"]) == 3
    assert client.get(f"/catalog/{row['number']}/").status_code == 200
    assert len(client.get("/api/v1/products/changes/?page_size=1000").json()["results"]) == 45
    assert refresh(Product.objects.values_list("pk", flat=True)) == 0
    after = product()
    assert after.pk > Product.objects.filter(number__startswith="B26PD").latest("pk").pk
    with pytest.raises(CommandError):
        call_command("load_catalog", count=45)


@pytest.mark.django_db
def test_same_number_makes_the_same_products():
    rules()
    rows = [Fiction(1000)._names(n) for n in range(1000)]
    assert rows == [Fiction(1000)._names(n) for n in range(1000)] and len(set(rows)) == 1000


@pytest.mark.django_db
def test_unmarked_database_is_refused():
    MovableClock.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("load_catalog", count=1)
    assert not PublicListing.objects.exists()
    settle()
