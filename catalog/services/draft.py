"""A product as a content would make it, in memory alone: for the preview of a change."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from django.db import models

from innomarket.documents.models import Document

from ..models import (
    Category,
    ItemClass,
    ListingFile,
    Product,
    ProductModel,
    ProfileAttribute,
    Specification,
)
from .content import COLUMNS, MODEL, PARTS, SPECIFICATION, profile_of


def as_product(product: Product, content: dict[str, Any]) -> Product:
    """A copy of the product that says this content, with its details at hand. It must never be saved."""
    shown = copy.copy(product)
    for name in COLUMNS:
        setattr(shown, name, content[name])
    category = Category.objects.select_related("parent").filter(code=content["category"]).first()
    shown.category = category
    shown.item_class = ItemClass.objects.filter(code=content["item_class"] or "-").first()
    files = _files_of(product)
    details: dict[str, Any] = {
        part: _at_hand(
            model,
            [
                model(
                    pk=place, product=shown, order=place, **{n: _value(n, row.get(n), files) for n in names}
                )
                for place, row in enumerate(content[part])
                if "document" not in names or row.get("document") in files
            ],
        )
        for part, (model, names) in PARTS.items()
    }
    profile = {attribute.code: attribute for attribute in profile_of(category)}
    details["models"] = _at_hand(
        ProductModel,
        [_model(shown, place, row, profile) for place, row in enumerate(content["models"])],
    )
    shown._prefetched_objects_cache = details  # type: ignore[attr-defined]
    return shown


def _model(
    product: Product, place: int, row: dict[str, Any], profile: dict[str, ProfileAttribute]
) -> ProductModel:
    model = ProductModel(pk=place, product=product, order=place, **{name: row.get(name) for name in MODEL})
    rows = [
        Specification(
            pk=line,
            model=model,
            order=line,
            attribute=profile.get(spec.get("attribute", "")),
            **{name: spec.get(name, "") for name in SPECIFICATION},
        )
        for line, spec in enumerate(row.get("specifications", ()))
    ]
    model._prefetched_objects_cache = {"specifications": _at_hand(Specification, rows)}  # type: ignore[attr-defined]
    return model


def _at_hand(model: type[models.Model], rows: list[Any]) -> Any:
    found = model._default_manager.none()
    found._result_cache = rows  # type: ignore[attr-defined]
    return found


def _files_of(product: Product) -> dict[int, Document]:
    held = ListingFile.objects.filter(product=product).values("document")
    rows = Document.objects.filter(pk__in=held).prefetch_related("renditions")
    return {document.pk: document for document in rows}


def _value(name: str, value: Any, files: dict[int, Document]) -> Any:
    """Days stand in the content as text, files by their keys."""
    if name == "document":
        return files[value]
    if name not in ("issued_on", "valid_until") or not value:
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
