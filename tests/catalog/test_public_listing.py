"""The read model says what the products say, from the same transaction on."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from catalog.models import ListingVersion, Product, PublicListing, SearchDocument
from catalog.public_documents import FORMAT, LANGUAGES, document_of, with_parts
from catalog.services.product import edit_product, note_pilot
from catalog.services.public_listing import rebuild, refresh
from innomarket.common.clock import today
from tests.accounts.factories import staff
from tests.catalog.factories import attribute, category, item_class, product, settle
from tests.designation import factories as make
from tests.designation.test_review import voted

pytestmark = pytest.mark.django_db


def shown(client, listed, language="ko") -> dict:
    answer = client.get(f"/api/v1/products/{listed.number}/", headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.json()


def test_every_service_shows_its_change_at_once(client):
    listed, by = product(), staff("keep_catalogue")
    edit_product(product=listed, by=by, name_en="Renamed", category="environment")
    assert shown(client, listed)["name_en"] == "Renamed" and shown(client, listed)["category"]["large"] == (
        "environment"
    )
    note_pilot(product=listed, pilot_count=2, verdict="failure")
    row = shown(client, listed, "en")
    assert row["pilot"]["count"] == 2 and row["pilot"]["verdict_label"] == "not successful"
    assert row["version"] == 1


def test_designation_that_the_committee_ends_shows_its_last_day_at_once(client):
    designation, _motion, _decision = voted(make.secretary(), "for", "for", "for")
    designation.refresh_from_db()
    listed = Product.objects.get(designation=designation)
    last_day = designation.last_day.isoformat()
    assert last_day == today().isoformat() and last_day in json.dumps(shown(client, listed))
    assert PublicListing.objects.get(product=listed).valid == designation.valid
    assert SearchDocument.objects.get(product=listed).valid == designation.valid


def test_documents_hold_every_part_in_both_languages(client):
    attribute()
    content = {
        "category": "environment",
        "item_class": item_class().code,
        "models": [
            {
                "name": "M-1",
                "identification_number": "12345678",
                "price_won": 5,
                "specifications": [{"attribute": "weight", "value": "18", "unit": ""}],
            }
        ],
        "certificates": [
            {
                "kind": "nep",
                "number": "N-1",
                "issuer": "표준원",
                "issued_on": "2025-01-01",
                "valid_until": None,
            }
        ],
        "patents": [{"kind": "design", "number": "30-1", "title": ""}],
        "regions": ["경기도"],
        "origin": "DE",
        "sdgs": [6],
    }
    listed = product()
    edit_product(product=listed, by=staff("keep_catalogue"), **content)
    korean, english = shown(client, listed), shown(client, listed, "en")
    assert english["models"][0]["specifications"] == [
        {"code": "weight", "name": "Weight", "value": "18", "unit": "kg"}
    ]
    assert (korean["regions"][0]["name"], english["regions"][0]["name"]) == ("경기도", "Gyeonggi")
    assert (korean["origin"], korean["origin_label"], english["origin_label"]) == ("DE", "독일", "Germany")
    assert english["certificates"][0]["issued_on"] == "2025-01-01"
    assert english["patents"][0]["kind_label"] == "registered design"
    assert english["item_class"]["code"] == "4617162401"
    found = client.get("/api/v1/products/?region=경기도&certificate=nep&sdg=6&item_class=4617").json()
    assert [row["number"] for row in found["results"]] == [listed.number]
    for other in ("region=대구광역시", "certificate=net", "sdg=7", "item_class=9999"):
        assert client.get(f"/api/v1/products/?{other}").json()["results"] == []


def test_data_hold_each_trial_good_or_bad(client):
    listed = product()
    trial = {
        "number": "R26PL00000007",
        "institution_ko": "물빛시",
        "institution_en": "Mulbit City",
        "verdict": "failure",
        "given_on": "2026-09-30",
        "summary": "반만 찾음",
        "measures": [{"name": "탐지율", "target": "95 %", "found": "51 %", "reached": False}],
        "use": "unused",
        "use_words": "",
        "use_on": "2026-10-01",
    }
    note_pilot(product=listed, pilot_count=1, verdict="failure", results=[trial], use_after="unused")
    (found,) = shown(client, listed, "en")["pilot"]["trials"]
    assert found["institution"] == {"name": "Mulbit City", "name_ko": "물빛시", "name_en": "Mulbit City"}
    assert (found["verdict_label"], found["use_label"]) == ("not successful", "no longer in use")
    assert found["measures"] == trial["measures"] and found["page"].endswith("/en/pilots/R26PL00000007/")
    assert shown(client, listed)["pilot"]["trials"][0]["verdict_label"] == "성공하지 못함"


def test_rows_equal_documents_made_anew():
    listed = product(category=category(), price_won=None, pilot_verdict="success", pilot_count=1)
    (fresh,) = with_parts(Product.objects.filter(pk=listed.pk))
    for language in LANGUAGES:
        assert json.loads(getattr(listed.public, f"document_{language}")) == document_of(fresh, language)


def test_rebuild_mends_and_then_changes_nothing():
    listed, other = product(), product()
    Product.objects.filter(pk=listed.pk).update(name_ko="몰래 바뀐 이름")
    settle()
    before = PublicListing.objects.get(pk=other.pk).position
    assert sum(written for _seen, written in rebuild(batch=1)) == 1
    settle()
    assert "몰래 바뀐 이름" in PublicListing.objects.get(pk=listed.pk).document_ko
    assert PublicListing.objects.get(pk=other.pk).position == before
    assert sum(written for _seen, written in rebuild()) == 0


def test_check_names_what_is_told_otherwise_and_writes_nothing(capsys):
    changed, gone, right = product(), product(), product()
    settle()
    call_command("rebuild_catalog", check=True, batch=2)
    assert capsys.readouterr().out == "3 products, all told as they are.\n"
    Product.objects.filter(pk=changed.pk).update(unit="몰래")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past the trigger
        for part in ("patent", "searchdocument"):
            cursor.execute(f"DELETE FROM catalog_{part} WHERE product_id = %s", [gone.pk])
        cursor.execute("DELETE FROM catalog_product WHERE id = %s", [gone.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    before = list(PublicListing.objects.order_by("pk").values())
    with pytest.raises(CommandError) as failed:
        call_command("rebuild_catalog", check=True)
    assert str(failed.value).startswith("2 of 2 products") and right.number not in str(failed.value)
    assert changed.number in str(failed.value) and gone.number in str(failed.value)
    assert list(PublicListing.objects.order_by("pk").values()) == before


def test_rebuild_of_missing_makes_rows_of_an_earlier_format_anew(capsys):
    old, new = product(), product()
    settle()
    before = PublicListing.objects.get(pk=new.pk).position
    PublicListing.objects.filter(pk=old.pk).update(format=FORMAT - 1)
    call_command("rebuild_catalog", missing=True)
    assert capsys.readouterr().out == "1 products, 1 written anew.\n"
    settle()
    assert PublicListing.objects.get(pk=old.pk).format == FORMAT
    assert (
        PublicListing.objects.get(pk=old.pk).position
        > before
        == PublicListing.objects.get(pk=new.pk).position
    )


def test_rebuild_of_missing_looks_at_nothing_else(capsys):
    product()
    call_command("rebuild_catalog", missing=True)
    assert capsys.readouterr().out == "0 products, 0 written anew.\n"


def test_deleted_product_leaves_a_tombstone(client):
    listed, stays = product(), product()
    place = PublicListing.objects.state()[0]
    with connection.cursor() as cursor:
        for part in ("patent", "searchdocument"):
            cursor.execute(f"DELETE FROM catalog_{part} WHERE product_id = %s", [listed.pk])
        cursor.execute("DELETE FROM catalog_product WHERE id = %s", [listed.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert [row["number"] for row in client.get("/api/v1/products/").json()["results"]] == [stays.number]
    assert client.get(f"/api/v1/products/{listed.number}/").status_code == 410
    (change,) = client.get(f"/api/v1/products/changes/?since={place}").json()["results"]
    assert change["number"] == listed.number and change["change"] == "removed" and change["product"] is None
    assert client.get(f"/api/v1/products/changes/?since={place}").content.decode().count(listed.name_ko) == 0


def test_product_that_is_no_longer_public_leaves_a_tombstone_and_returns(client, monkeypatch):
    from catalog.models import ProductQuerySet

    listed = product()
    with monkeypatch.context() as patched:
        patched.setattr(ProductQuerySet, "visible_to", lambda self, user: self.none())
        assert refresh([listed.pk]) == 1
    settle()
    assert client.get(f"/api/v1/products/{listed.number}/").status_code == 410
    assert refresh([listed.pk]) == 1
    assert shown(client, listed)["number"] == listed.number


def test_tombstone_keeps_no_text():
    listed = product()
    with pytest.raises(IntegrityError), transaction.atomic():
        PublicListing.objects.filter(pk=listed.pk).update(removed_at=listed.listed_at)


def test_public_listing_is_never_deleted():
    listed = product()
    with pytest.raises(InternalError), transaction.atomic():
        PublicListing.objects.filter(pk=listed.pk).delete()


def test_refresh_query_count_does_not_grow():
    counts = []
    for rows in (1, 3):
        while Product.objects.count() < rows:
            product(category=category())
        Product.objects.update(unit=f"{rows}")
        with CaptureQueriesContext(connection) as captured:
            refresh(Product.objects.values_list("pk", flat=True))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_versions_are_not_part_of_what_is_public():
    listed = product()
    edit_product(product=listed, by=staff("keep_catalogue"), reason="내부 사유", unit="대")
    assert ListingVersion.objects.filter(product=listed).count() == 2
    assert "내부 사유" not in PublicListing.objects.get(pk=listed.pk).document_ko
