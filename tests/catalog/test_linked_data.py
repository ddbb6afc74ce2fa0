"""JSON-LD on the page of a product: what it says, and that nothing in it becomes markup."""

import json
import re

import pytest

from catalog.services import change as services
from catalog.services.product import edit_product
from tests.accounts.factories import company, member, person, staff
from tests.catalog.factories import item_class, product, rules
from tests.catalog.test_files import add, live

pytestmark = pytest.mark.django_db

ELEMENT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def graph(client, listed, prefix="") -> list[dict]:
    page = client.get(f"{prefix}/catalog/{listed.number}/").text
    (text,) = ELEMENT.findall(page)
    found = json.loads(text)
    assert found["@context"] == "https://schema.org"
    return found["@graph"]


@pytest.fixture(autouse=True)
def _site(settings):
    settings.PUBLIC_URL = "https://market.example"


def test_product_says_what_its_page_says(client):
    rules()
    listed = product(
        supplier=company(name_ko="물길로봇", name_en="Waterbots"), price_won=80_000_000, unit="대"
    )
    edit_product(
        product=listed,
        by=staff("keep_catalogue"),
        item_class=item_class().code,
        category="environment",
        delivery_days=30,
        models=[{"name": "M-1", "identification_number": "12345678"}],
    )
    made, crumbs = graph(client, listed)
    page = f"https://market.example/catalog/{listed.number}/"
    assert (made["@type"], made["url"], made["sku"]) == ("Product", page, listed.number)
    assert (made["name"], made["alternateName"]) == ("물길 점검 로봇", "Waterway inspection robot")
    assert made["brand"] == made["manufacturer"] == {"@type": "Organization", "name": "물길로봇"}
    assert {row["propertyID"]: row["value"] for row in made["identifier"]} == {
        "혁신제품 지정번호": listed.designation.number,
        "물품식별번호": "12345678",
        "물품분류번호": "4617162401",
    }
    offer = made["offers"]
    assert (offer["@type"], offer["price"], offer["priceCurrency"]) == ("Offer", "80000000", "KRW")
    assert offer["priceSpecification"]["valueAddedTaxIncluded"] is True
    assert offer["priceSpecification"]["unitText"] == "대"
    assert offer["availability"] == "https://schema.org/InStock"
    assert offer["availabilityEnds"] == listed.designation.last_day.isoformat()
    assert offer["deliveryLeadTime"]["value"] == 30
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3]
    assert crumbs["itemListElement"][2]["item"] == page
    assert crumbs["itemListElement"][0]["item"] == "https://market.example/"
    english, crumbs = graph(client, listed, "/en")
    assert crumbs["itemListElement"][0]["item"] == "https://market.example/en/"
    assert (english["name"], english["alternateName"]) == ("Waterway inspection robot", "물길 점검 로봇")
    assert english["brand"]["name"] == "Waterbots" and english["url"].startswith("https://market.example/en/")


@pytest.mark.parametrize(
    ("days", "state"), [((-900, -1), "Discontinued"), ((-900, 0), "Discontinued"), ((1, 900), "PreOrder")]
)
def test_product_that_is_not_in_force_is_not_in_stock(client, days, state):
    made, _crumbs = graph(client, product(days=days, price_won=1000))
    assert made["offers"]["availability"] == f"https://schema.org/{state}"
    assert "InStock" not in json.dumps(made)


def test_product_without_a_price_makes_no_offer_and_nothing_is_empty(client):
    made, _crumbs = graph(client, product(price_won=None))
    assert "offers" not in made
    assert not [key for key, value in made.items() if value in (None, "", [])]


def test_vat_that_is_not_included_is_said(client):
    made, _crumbs = graph(client, product(price_won=1000, price_includes_vat=False))
    assert made["offers"]["priceSpecification"]["valueAddedTaxIncluded"] is False


@pytest.mark.parametrize(
    "attack", ["</script><script>alert(1)</script>", "<!--<script>", "\u2028&lt;/script&gt;"]
)
def test_text_of_a_product_never_ends_the_block(client, attack):
    listed = product(name_ko=attack, name_en="x", summary=attack)
    made, _crumbs = graph(client, listed)
    assert made["name"] == attack and made["description"] == attack
    (text,) = ELEMENT.findall(client.get(f"/catalog/{listed.number}/").text)
    assert not set(text) & set("<>&\u2028\u2029")


def test_preview_of_a_change_carries_none(client):
    rules()
    listed = product(supplier=company())
    client.force_login(member(person(), listed.supplier, role="editor").user)
    client.post(f"/catalog/{listed.number}/change/begin/")
    page = client.get(f"/catalog/{listed.number}/preview/")
    assert page.status_code == 200 and not ELEMENT.findall(page.text)


def test_picture_is_named_once_it_is_live(client):
    rules()
    listed = product(supplier=company())
    editor = member(person(), listed.supplier, role="editor").user
    draft = services.begin_change(product=listed, by=editor)
    add(draft)
    made, _crumbs = graph(client, listed)
    assert "image" not in made
    live(draft)
    made, _crumbs = graph(client, listed)
    (address,) = made["image"]
    assert address.startswith("https://market.example/pictures/")
    assert client.get(address.removeprefix("https://market.example")).status_code == 200
