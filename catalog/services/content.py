"""The content of a listing as one plain value: read from the rows, written to them, compared.

Versions, proposed changes and imports all speak this one shape, so there is one place that knows the rows::

    {"name_ko": …, "category": "environment", "item_class": "4617162401", "price_won": 48000000, …,
     "models": [{"name": …, "identification_number": …, "price_won": …,
                 "specifications": [{"attribute": "weight" | "", "name_ko", "name_en", "value", "unit"}]}],
     "certificates": […], "patents": […], "images": […], "documents": […]}
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from innomarket.accounts.regions import REGIONS
from innomarket.common.constraints import in_words as constraints_in_words
from innomarket.common.locks import share
from innomarket.common.refusals import Refused, in_words
from innomarket.documents.models import Document
from innomarket.documents.tables import MOST_LETTERS

from ..models import (
    Category,
    Certificate,
    ItemClass,
    ListingFile,
    ListingRule,
    Patent,
    Product,
    ProductDocument,
    ProductImage,
    ProductModel,
    ProfileAttribute,
    Specification,
)
from ..models.detail import drop_details

# The listing's own columns, in the order of the page.
COLUMNS = (
    "name_ko",
    "name_en",
    "summary",
    "description",
    "price_won",
    "unit",
    "price_includes_vat",
    "price_basis",
    "delivery_days",
    "regions",
    "origin",
    "manufacturer",
    "collaborators",
    "trl",
    "sdgs",
    "video_url",
)
# Kept in the content by their codes.
KEYS = ("category", "item_class")
# Each part with its rows' own columns; what stands beside them is written out below.
PARTS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "certificates": (Certificate, ("kind", "number", "issuer", "issued_on", "valid_until")),
    "patents": (Patent, ("kind", "number", "title")),
    "images": (ProductImage, ("document", "alt_ko", "alt_en")),
    "documents": (ProductDocument, ("document", "kind", "title")),
}
MODEL = ("name", "identification_number", "price_won")
SPECIFICATION = ("name_ko", "name_en", "value", "unit")
ROWS = (ProductModel, Specification, Certificate, Patent, ProductImage, ProductDocument)
# Constraint of a row: the column at which it is said.
SAID_AT = {
    "one_model_of_a_name": "name",
    "one_model_of_an_identification_number": "identification_number",
    "identification_number_has_8_digits": "identification_number",
    "model_price_is_positive": "price_won",
    "one_value_of_an_attribute": "attribute",
    "specification_has_a_name": "name_ko",
    "certificate_ends_after_it_begins": "valid_until",
    "one_patent_of_a_number": "number",
    "picture_says_what_it_shows": "alt_ko",
}
MOST_NUMBER = 10**14  # what the column of numbers holds: 18 digits, 4 of them behind the point


def content_of(product: Product) -> dict[str, Any]:
    """What the listing says now. Documents stand by their keys."""
    return _content(product, product.models.prefetch_related("specifications__attribute"))


def contents_of(products: QuerySet[Product]) -> Iterator[tuple[Product, dict[str, Any]]]:
    """Each product with its content, in as many queries as for one."""
    parts = ("models__specifications__attribute", *PARTS)
    for product in products.select_related("category").prefetch_related(*parts):
        yield product, _content(product, product.models.all())


def _content(product: Product, given: Iterable[ProductModel]) -> dict[str, Any]:
    content: dict[str, Any] = {name: getattr(product, name) for name in COLUMNS}
    content["category"] = product.category.code if product.category else ""
    content["item_class"] = product.item_class_id or ""
    content["models"] = [
        {name: getattr(model, name) for name in MODEL}
        | {"specifications": [_specification(row) for row in model.specifications.all()]}
        for model in given
    ]
    for part, (_model, names) in PARTS.items():
        rows: Iterable[Any] = getattr(product, part).all()
        content[part] = [{name: _plain(row, name) for name in names} for row in rows]
    return content


def write_content(product: Product, content: dict[str, Any]) -> None:
    """Make the rows say this content. The caller holds the product's lock and saves the product itself.

    Raises Refused (422) at the part and place that is wrong, e.g. field ``certificates.0.number``; the caller's
    transaction is then undone.
    """
    ask_limits(content)
    ask_files(product, content)
    for name in COLUMNS:
        setattr(product, name, content[name])
    product.category = _category(content["category"])
    product.item_class = _item_class(content["item_class"])
    _clean(product, "", [*COLUMNS])
    _ask_regions(content["regions"])
    drop_details(product)
    place = _Place()
    with _said_at(place):
        _write_models(product, content["models"], place)
        for part, (model, names) in PARTS.items():
            for order, given in enumerate(content[part]):
                row = model(product=product, order=order, **_given(given, names))
                place.path = f"{part}.{order}."
                _clean(row, place.path, names)
                row.save(force_insert=True)


def save_listing(product: Product) -> None:
    """Save the row; what a constraint refuses is said at its field."""
    with constraints_in_words(
        Product,
        product_price_is_positive="price_won",
        product_goals_1_to_17="sdgs",
        product_origin_is_a_country="origin",
        product_video_is_https="video_url",
    ):
        product.save()


def ask_limits(content: dict[str, Any]) -> None:
    """Refuse more rows than the rule of today allows, at the part."""
    rule = ListingRule.objects.at()
    for part, most in (
        ("models", rule.most_models),
        ("collaborators", rule.most_collaborators),
        ("images", rule.most_images),
        ("documents", rule.most_documents),
    ):
        if len(content[part]) > most:
            raise Refused(
                "too_many",
                _("At most %(most)s are kept here; %(n)s are given.")
                % {"most": most, "n": len(content[part])},
                field=part,
                status=422,
            )
    if len(content["description"]) > MOST_LETTERS:
        text = _("At most %(most)s characters are kept here.") % {"most": f"{MOST_LETTERS:,}"}
        raise Refused("too_long", text, field="description", status=422)


def ask_files(product: Product, content: dict[str, Any], *, checked: bool = False) -> None:
    """Refuse a file that was not received for this product, or that the virus check refused.

    With ``checked`` also one that still waits for the check: nothing goes live unasked.
    """
    held = {
        file.document_id: file
        for file in ListingFile.objects.filter(product=product).select_related("document")
    }
    for part, is_picture in (("images", True), ("documents", False)):
        for place, row in enumerate(content[part]):
            file = held.get(row.get("document"))  # type: ignore[arg-type]
            field = f"{part}.{place}.document"
            if file is None or file.is_picture != is_picture:
                raise Refused(
                    "unknown_file", _("This file does not belong here. Upload it again."), field=field
                )
            if file.document.state == Document.State.REFUSED:
                text = _("The virus check refused “%(name)s”. Take it out.")
                raise Refused("file_refused", text % {"name": file.document.name}, field=field)
            if checked and file.document.state != Document.State.CLEAN:
                text = _("“%(name)s” is still being checked for viruses. Try again in a minute.")
                raise Refused("file_not_checked", text % {"name": file.document.name}, field=field)


# ── rows ──


def _specification(row: Specification) -> dict[str, Any]:
    return {"attribute": row.attribute.code if row.attribute else ""} | {
        name: getattr(row, name) for name in SPECIFICATION
    }


def _plain(row: Any, name: str) -> Any:
    value = getattr(row, _column(name))
    return value.isoformat() if isinstance(value, date) else value


def _given(row: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The row's columns that have a value; the others keep the model's own default."""
    return {_column(name): row[name] for name in names if row.get(name) is not None}


def _column(name: str) -> str:
    return "document_id" if name == "document" else name


class _Place:
    """Where the row stands that is being written, as "models.0.specifications.2."."""

    path = ""


@contextmanager
def _said_at(place: _Place) -> Iterator[None]:
    """What a constraint refuses of a row is said at the row's own place and column."""
    try:
        with constraints_in_words(*ROWS, **SAID_AT):
            yield
    except Refused as refused:
        if refused.field in SAID_AT.values():
            refused.field = f"{place.path}{refused.field}"
        raise


def _write_models(product: Product, given: list[dict[str, Any]], place: _Place) -> None:
    profile = {attribute.code: attribute for attribute in profile_of(product.category)}
    for order, row in enumerate(given):
        model = ProductModel(product=product, order=order, **_given(row, MODEL))
        place.path = f"models.{order}."
        _clean(model, place.path, MODEL)
        model.save(force_insert=True)
        for line, spec in enumerate(row.get("specifications", ())):
            place.path = f"models.{order}.specifications.{line}."
            _write_specification(model, line, spec, profile, place.path)


def _write_specification(
    model: ProductModel, line: int, given: dict[str, Any], profile: dict[str, ProfileAttribute], path: str
) -> None:
    code = given.get("attribute", "")
    attribute = profile.get(code)
    if code and attribute is None:
        text = _("The category's profile has no “%(code)s”.") % {"code": code}
        raise Refused("unknown_attribute", text, field=f"{path}attribute", status=422)
    row = Specification(model=model, order=line, attribute=attribute, **_given(given, SPECIFICATION))
    if attribute is not None:
        _by_profile(row, attribute, path)
    _clean(row, path, SPECIFICATION)
    row.save(force_insert=True)


def _by_profile(row: Specification, attribute: ProfileAttribute, path: str) -> None:
    """The value as the profile wants it: a number, one of the choices, "true" or "false"."""
    row.unit = attribute.unit
    value = str(row.value).strip()
    if attribute.kind == ProfileAttribute.Kind.NUMBER:
        try:
            row.number = Decimal(value.replace(",", ""))
        except InvalidOperation:
            raise _wrong_value(_("Give a number."), path) from None
        if not row.number.is_finite():
            raise _wrong_value(_("Give a number."), path)
        if abs(row.number) >= MOST_NUMBER:
            raise _wrong_value(_("This number is too large."), path)
    elif attribute.kind == ProfileAttribute.Kind.CHOICE and value not in attribute.choices_ko:
        raise _wrong_value(
            _("Choose one of: %(choices)s.") % {"choices": ", ".join(attribute.choices_ko)}, path
        )
    elif attribute.kind == ProfileAttribute.Kind.FLAG and value not in ("true", "false"):
        raise _wrong_value(_("Say yes or no."), path)


def _wrong_value(text: str, path: str) -> Refused:
    return Refused("value", text, field=f"{path}value", status=422)


def profile_of(category: Category | None) -> list[ProfileAttribute]:
    """The attributes of a category, those of its large category first."""
    if category is None:
        return []
    found = ProfileAttribute.objects.filter(category__in=[category.pk, category.parent_id or category.pk])
    return sorted(found, key=lambda one: (one.category_id == category.pk, one.order, one.pk))


def missing_attributes(product: Product, content: dict[str, Any]) -> list[ProfileAttribute]:
    """What the profile of the content's category asks for and no model says."""
    profile = [one for one in profile_of(_category(content["category"])) if one.required]
    given = {
        spec.get("attribute", "")
        for model in content["models"]
        for spec in model.get("specifications", ())
        if spec.get("value")
    }
    return [one for one in profile if one.code not in given]


def _category(code: str) -> Category | None:
    if not code:
        return None
    key = Category.objects.filter(code=code).values_list("pk", flat=True).first()
    if key is None:
        raise Refused("category", _("Choose a category of the list."), field="category", status=422)
    return share(Category, key)


def _item_class(code: str) -> ItemClass | None:
    """The class, shared until the commit as the category is: who renames it waits, and then finds the product."""
    if not code:
        return None
    try:
        found = share(ItemClass, code)
    except Http404:
        text = _("The classification has no %(code)s.") % {"code": code}
        raise Refused("item_class", text, field="item_class", status=422) from None
    if found.level < 4:
        text = _("Name a class of 8 digits or a detailed item of 10.")
        raise Refused("item_class_too_wide", text, field="item_class", status=422)
    return found


def _ask_regions(regions: list[str]) -> None:
    for region in regions:
        if region not in REGIONS:
            raise Refused("region", _("Choose regions of the list."), field="regions", status=422)


def _clean(row: models.Model, path: str, names: Iterable[str]) -> None:
    """The model's own words for a value that cannot be, at its place."""
    wanted = {_column(name).removesuffix("_id") for name in names}
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.name not in wanted])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused("invalid", in_words(messages), field=f"{path}{name}", status=422) from error
