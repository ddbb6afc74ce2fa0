"""15117944, 조달청_혁신장터 상품등록 내역: every product in force today, in the published fields and their order."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import orjson
from django.utils.translation import gettext_lazy as _

from catalog.models import PublicListing

from .published import CERTIFICATES, OF_THE_COMPANY, TYPES, WOMEN, YOUTH, joined

BATCH = 1000


class Listed(NamedTuple):
    """A row as it comes: the Korean public document, and what stands in no document."""

    product: int
    text: str
    category: str | None
    large_category: str | None
    body: str


COLUMNS = (
    "product_id",
    "document_ko",
    "product__category__name_ko",
    "product__category__parent__name_ko",
    "product__designation__decision__motion__meeting__committee__name_ko",
)


class Field(NamedTuple):
    """A published field: what stands in it here (for people), and how it is read."""

    what: Any
    cell: Callable[[dict[str, Any], Listed], Any]


def _certificates(document: dict[str, Any], *, of_company: bool) -> str:
    return joined(
        f"{CERTIFICATES[row['kind']]} {row['number']}"
        for row in document["certificates"]
        if (row["kind"] in OF_THE_COMPANY) == of_company
    )


def _company_types(document: dict[str, Any], row: Listed) -> str:
    supplier = document["supplier"]
    own = [WOMEN] * supplier["is_women_owned"] + [YOUTH] * supplier["is_youth_led"]
    kinds = [row["kind"] for row in document["certificates"] if row["kind"] in OF_THE_COMPANY]
    return joined([*own, *(CERTIFICATES[kind] for kind in kinds)])


def _item_class(document: dict[str, Any], row: Listed) -> str:
    return document["item_class"]["code"][:8] if document["item_class"] else ""


def _detailed_item(document: dict[str, Any], row: Listed) -> str:
    found = document["item_class"]
    return found["name_ko"] if found and len(found["code"]) == 10 else ""


def _identification(document: dict[str, Any], row: Listed) -> str:
    return joined(model["identification_number"] for model in document["models"])


FIELDS: dict[str, Field] = {
    "거래단위명": Field(_("unit of the price"), lambda document, row: document["unit"]),
    "물품분류": Field(_("class of goods, 8 digits"), _item_class),
    "물품식별": Field(_("identification numbers of its models, 8 digits each"), _identification),
    "세부품명": Field(_("name of the detailed item"), _detailed_item),
    "업체": Field(_("company"), lambda document, row: document["supplier"]["name_ko"]),
    # Kept by the portal to verify companies, and shown to nobody else: the field stands, empty.
    "업체사업자등록번호": Field(
        _("empty: the portal publishes no business numbers"), lambda document, row: ""
    ),
    "업체인증유형목록": Field(
        _("kinds of the company's certificates; women-owned, youth-led"), _company_types
    ),
    "업체제시가격": Field(
        _("price that the supplier offers, won"), lambda document, row: document["price_won"]
    ),
    "지정기관통합번호값": Field(
        _("number of the designation"), lambda document, row: document["designation"]["number"]
    ),
    "카테고리": Field(_("category"), lambda document, row: row.category),
    "혁신대분류카테고리": Field(
        _("large category"), lambda document, row: row.large_category or row.category
    ),
    "혁신상품구분": Field(
        _("type of designation"), lambda document, row: TYPES[document["designation"]["type"]]
    ),
    "혁신상품모델명": Field(
        _("models"), lambda document, row: joined(model["name"] for model in document["models"])
    ),
    "혁신상품지정기관명": Field(_("body that designated"), lambda document, row: row.body),
    "혁신업체인증목록": Field(
        _("certificates of the company with their numbers"),
        lambda document, row: _certificates(document, of_company=True),
    ),
    "혁신제품인증목록": Field(
        _("certificates of the product with their numbers"),
        lambda document, row: _certificates(document, of_company=False),
    ),
    "혁신중분류카테고리": Field(
        _("middle category"), lambda document, row: row.category if row.large_category else ""
    ),
}
"""In the order in which the report names them."""


def rows(day: date, *, size: int = BATCH) -> Iterator[list[Any]]:
    """The cells of each product that is in force on the day, by key, some at a time: a query a batch."""
    listings = PublicListing.objects.standing().filter(valid__contains=day).order_by("product_id")
    after = 0
    while True:
        found = [Listed(*row) for row in listings.filter(product_id__gt=after).values_list(*COLUMNS)[:size]]
        for row in found:
            document = orjson.loads(row.text)
            yield [field.cell(document, row) for field in FIELDS.values()]
        if len(found) < size:
            return
        after = found[-1].product
