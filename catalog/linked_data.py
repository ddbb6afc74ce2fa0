"""A product in the words of schema.org, as JSON-LD for its page: what search engines and comparing programs read.

It says what the page says, and offers a product only while its designation is in force.
"""

from typing import Any

import orjson
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innomarket.accounts.regions import REGIONS
from innomarket.common.clock import today

from .models import Product

CONTEXT = "https://schema.org"
IN_STOCK, ENDED, NOT_YET = (f"{CONTEXT}/{name}" for name in ("InStock", "Discontinued", "PreOrder"))
# JSON may write these as escapes: then no text of a product ends the element or begins another one.
ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def element(product: Product, pictures: list[dict[str, Any]]) -> SafeString:
    """The text of a ``<script type="application/ld+json">``: a data block, which no browser runs."""
    graph = {"@context": CONTEXT, "@graph": [_product(product, pictures), _crumbs(product)]}
    return mark_safe(orjson.dumps(graph).decode().translate(ESCAPES))  # noqa: S308 — escaped above


def _product(product: Product, pictures: list[dict[str, Any]]) -> dict[str, Any]:
    english = get_language() == "en"
    name, other = (product.name_en, product.name_ko) if english else (product.name_ko, product.name_en)
    page = _whole(product.get_absolute_url())
    supplier = {"@type": "Organization", "name": product.supplier.name}
    models = list(product.models.all())
    made = {
        "@type": "Product",
        "@id": f"{page}#product",
        "url": page,
        "name": name,
        "alternateName": other,
        "description": product.summary,
        "sku": product.number,
        "model": [model.name for model in models],
        "identifier": _identifiers(product, models),
        "category": _category(product, english),
        "brand": supplier,
        "manufacturer": {"@type": "Organization", "name": product.manufacturer}
        if product.manufacturer
        else supplier,
        "countryOfOrigin": {"@type": "Country", "name": product.origin},
        "image": [_whole(picture["largest"]) for picture in pictures],
        "offers": _offer(product, page, supplier) if product.price_won else None,
    }
    return {key: value for key, value in made.items() if value not in (None, "", [])}


def _identifiers(product: Product, models: list[Any]) -> list[dict[str, str]]:
    found = [("혁신제품 지정번호", product.designation.number)]
    found += [
        ("물품식별번호", model.identification_number) for model in models if model.identification_number
    ]
    if product.item_class:
        found.append(("물품분류번호", product.item_class.code))
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in found]


def _category(product: Product, english: bool) -> str:
    category = product.category
    levels = [level for level in (category and category.parent, category) if level]
    return " > ".join(level.name_en if english else level.name_ko for level in levels)


def _offer(product: Product, page: str, supplier: dict[str, str]) -> dict[str, Any]:
    designation, day = product.designation, today()
    first = designation.valid.lower
    assert first is not None  # a designation always begins
    if day in designation.valid:
        state = IN_STOCK
    else:
        state = NOT_YET if day < first else ENDED
    price = {"price": str(product.price_won), "priceCurrency": "KRW"}
    offer = {
        "@type": "Offer",
        **price,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            **price,
            "valueAddedTaxIncluded": product.price_includes_vat,
            **({"unitText": product.unit} if product.unit else {}),
        },
        "availability": state,
        "availabilityStarts": first.isoformat(),
        "availabilityEnds": designation.last_day.isoformat(),
        "eligibleRegion": [str(REGIONS.get(code, code)) for code in product.regions] or "KR",
        "seller": supplier,
        "url": page,
    }
    if product.delivery_days:
        offer["deliveryLeadTime"] = {
            "@type": "QuantitativeValue",
            "value": product.delivery_days,
            "unitCode": "DAY",
        }
    return offer


def _crumbs(product: Product) -> dict[str, Any]:
    places = [(_("Home"), reverse("portal:home")), (_("Innovation products"), reverse("catalog:list"))]
    places.append((product.number, product.get_absolute_url()))
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": _whole(path)}
            for place, (name, path) in enumerate(places, start=1)
        ],
    }


def _whole(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"
