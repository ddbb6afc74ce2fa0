"""The public document of a product, in one language: what the API, the bulk files and the feed say.

Days are those of Seoul and instants UTC; money is whole won. Nothing in it depends on the day on which it is
read, so it is made once, when the product changes. ``catalog/api/schemas.py`` describes the same shape for OpenAPI;
a test holds the two together.
"""

from datetime import UTC, datetime
from functools import cache
from typing import Any

import orjson
from django.conf import settings
from django.db.models import Choices, Prefetch, QuerySet
from django.urls import reverse
from django.utils import translation

from designation.models import Designation
from innomarket.accounts.regions import REGIONS
from innomarket.common.countries import country_name
from innomarket.documents.models import Document

from .models import (
    Certificate,
    Patent,
    Product,
    ProductDocument,
    ProductImage,
    ProductModel,
    Specification,
)
from .states import PilotVerdict, UseAfter

LANGUAGES = ("ko", "en")
FORMAT = 3
"""Counted up when the document's shape changes: rows of an earlier one are made anew at the next start."""


def with_parts(products: QuerySet[Product]) -> QuerySet[Product]:
    """Everything that a document is made of, in a fixed number of queries."""
    models = ProductModel.objects.prefetch_related(
        _part("specifications", Specification.objects.select_related("attribute"))
    )
    images = ProductImage.objects.select_related("document").prefetch_related("document__renditions")
    return products.select_related(
        "supplier", "category__parent", "item_class", "designation"
    ).prefetch_related(
        _part("models", models),
        _part("certificates", Certificate.objects.all()),
        _part("patents", Patent.objects.all()),
        _part("images", images),
        _part("documents", ProductDocument.objects.select_related("document")),
    )


def _part(name: str, rows: QuerySet[Any]) -> Prefetch:
    """As a list beside the row: a query set of its own for each row would be a quarter of the whole time."""
    return Prefetch(name, queryset=rows, to_attr=f"listed_{name}")


def part(row: Any, name: str) -> list[Any]:
    """The rows of a part, of a row that was read ``with_parts``."""
    rows: list[Any] = getattr(row, f"listed_{name}")
    return rows


def text_of(product: Product, language: str) -> str:
    """The document as JSON text."""
    return orjson.dumps(document_of(product, language)).decode()


def document_of(product: Product, language: str) -> dict[str, Any]:
    """The document; ``name`` and labels are in the language, both names stand beside them."""
    with translation.override(language):
        return {
            "number": product.number,
            "url": _address("api:product-detail", "ko").format(product.number),
            "page": _address("catalog:product", language).format(product.number),
            **named(product, language),
            "summary": product.summary,
            "description": product.description,
            "category": _category(product, language),
            "item_class": _item_class(product, language),
            "supplier": supplier_of(product.supplier, language),
            "manufacturer": product.manufacturer,
            "collaborators": list(product.collaborators),
            "origin": product.origin,
            "origin_label": country_name(product.origin),
            "designation": designation_of(product.designation, language),
            "price_won": product.price_won,
            "price_includes_vat": product.price_includes_vat,
            "price_basis": product.price_basis,
            "unit": product.unit,
            "delivery_days": product.delivery_days,
            "regions": [
                {"code": code, "name": _regions(language).get(code, code)} for code in product.regions
            ],
            "trl": product.trl,
            "models": [_model(model, language) for model in part(product, "models")],
            "certificates": [_certificate(row, language) for row in part(product, "certificates")],
            "patents": [
                {
                    "kind": row.kind,
                    "kind_label": _label(Patent.Kind, row.kind, language),
                    "number": row.number,
                    "title": row.title,
                }
                for row in part(product, "patents")
            ],
            "sdgs": list(product.sdgs),
            "images": [_image(row, language) for row in part(product, "images") if _is_shown(row)],
            "documents": [_file(row, language) for row in part(product, "documents") if _is_shown(row)],
            "video_url": product.video_url,
            "pilot": {
                "count": product.pilot_count,
                "verdict": product.pilot_verdict,
                "verdict_label": _label(PilotVerdict, product.pilot_verdict, language),
                "use_after": product.use_after,
                "use_after_label": _label(UseAfter, product.use_after, language),
                "trials": [_trial(row, language) for row in product.pilot_results],
            },
            "version": product.ordinal,
            "listed_at": instant(product.listed_at),
            "changed_at": instant(product.changed_at),
        }


def supplier_of(supplier: Any, language: str) -> dict[str, Any]:
    """The public part of a company: no number by which it is identified, nobody's name."""
    return {
        "id": supplier.pk,
        **named(supplier, language),
        "size_class": supplier.size_class,
        "is_women_owned": supplier.is_women_owned,
        "is_youth_led": supplier.is_youth_led,
        "region": supplier.region,
    }


def designation_of(designation: Any, language: str) -> dict[str, Any]:
    """``valid_until`` is the last day."""
    return {
        "number": designation.number,
        "type": designation.type,
        "type_label": _label(Designation.Type, designation.type, language),
        "designated_on": designation.designated_on.isoformat(),
        "valid_from": designation.valid.lower.isoformat(),
        "valid_until": designation.last_day.isoformat(),
    }


def instant(at: datetime) -> str:
    """To the microsecond, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def site(path: str, language: str) -> str:
    """The whole address of a page for people, in the language."""
    return f"{settings.PUBLIC_URL}{'/en' if language == 'en' else ''}{path}"


def named(obj: Any, language: str) -> dict[str, str]:
    """`name` in the language (where it is missing, in the other one), and both."""
    own, other = (obj.name_en, obj.name_ko) if language == "en" else (obj.name_ko, obj.name_en)
    return {"name": own or other, "name_ko": obj.name_ko, "name_en": obj.name_en}


def _category(product: Product, language: str) -> dict[str, Any] | None:
    category = product.category
    if category is None:
        return None
    return {
        "code": category.code,
        **named(category, language),
        "large": category.parent.code if category.parent else category.code,
    }


def _item_class(product: Product, language: str) -> dict[str, str] | None:
    row = product.item_class
    return {"code": row.code, **named(row, language)} if row else None


def _model(model: ProductModel, language: str) -> dict[str, Any]:
    return {
        "name": model.name,
        "identification_number": model.identification_number,
        "price_won": model.price_won,
        "specifications": [_specification(row, language) for row in part(model, "specifications")],
    }


def _specification(row: Specification, language: str) -> dict[str, str]:
    attribute = row.attribute
    value = row.value
    if attribute and language == "en" and value in attribute.choices_ko:
        value = attribute.choices_en[attribute.choices_ko.index(value)]
    return {
        "code": attribute.code if attribute else "",
        "name": named(attribute or row, language)["name"],
        "value": value,
        "unit": row.unit,
    }


def _certificate(row: Any, language: str) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "kind_label": _label(Certificate.Kind, row.kind, language),
        "number": row.number,
        "issuer": row.issuer,
        "issued_on": row.issued_on.isoformat() if row.issued_on else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }


def _is_shown(row: Any) -> bool:
    return row.document.state == Document.State.CLEAN


def _image(row: Any, language: str) -> dict[str, Any]:
    """A picture by its copies, the smallest first; the address of each is its own hash and never changes."""
    return {
        "alt": (language == "en" and row.alt_en) or row.alt_ko,
        "alt_ko": row.alt_ko,
        "alt_en": row.alt_en,
        "copies": [
            {
                "url": settings.PUBLIC_URL + reverse("picture", args=[copy.sha256]),
                "width": copy.width,
                "height": copy.height,
            }
            for copy in row.document.renditions.all()
        ],
    }


def _file(row: Any, language: str) -> dict[str, Any]:
    """Without the file's own name: people name their files after people."""
    address = reverse("catalog:file", args=[row.product.number, row.document_id])
    return {
        "kind": row.kind,
        "kind_label": _label(ProductDocument.Kind, row.kind, language),
        "title": row.title,
        "url": settings.PUBLIC_URL + address,
        "media_type": row.document.content_type,
        "size": row.document.size,
        "sha256": row.document.sha256,
    }


def _trial(row: dict[str, Any], language: str) -> dict[str, Any]:
    """A concluded trial, good or bad, as pilots wrote it down."""
    institution = row["institution_ko"], row["institution_en"]
    own, other = institution if language == "ko" else institution[::-1]
    return {
        "number": row["number"],
        "page": site(f"/pilots/{row['number']}/", language),
        "institution": {"name": own or other, "name_ko": institution[0], "name_en": institution[1]},
        "verdict": row["verdict"],
        "verdict_label": _label(PilotVerdict, row["verdict"], language),
        "given_on": row["given_on"],
        "summary": row["summary"],
        "measures": [
            {name: measure[name] for name in ("name", "target", "found", "reached")}
            for measure in row["measures"]
        ],
        "use": row["use"],
        "use_label": _label(UseAfter, row["use"], language),
        "use_words": row["use_words"],
        "use_on": row["use_on"] or None,
    }


# ── words and addresses, looked up once ──


def _label(choices: type[Choices], value: str, language: str) -> str:
    return _labels(choices, language).get(value, value)


@cache
def _labels(choices: type[Choices], language: str) -> dict[str, str]:
    with translation.override(language):
        return {value: str(label) for value, label in choices.choices}


@cache
def _regions(language: str) -> dict[str, str]:
    with translation.override(language):
        return {code: str(name) for code, name in REGIONS.items()}


def _address(view: str, language: str) -> str:
    """The whole address of a product at this view, with {} for its number."""
    return _addresses(settings.PUBLIC_URL, view, language)


@cache
def _addresses(site: str, view: str, language: str) -> str:
    with translation.override(language):
        return site + reverse(view, args=["NUMBER"]).replace("NUMBER", "{}")
