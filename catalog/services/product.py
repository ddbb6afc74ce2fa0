"""List a designated product, keep its listing, and note what pilots found."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from designation.models import Designation
from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refused, ask, in_words
from innomarket.submissions.models import Revision

from ..models import Category, Product
from ..permissions import may_edit

EDITABLE = (
    "name_ko",
    "name_en",
    "summary",
    "description",
    "category",
    "price_won",
    "unit",
    "delivery_days",
    "trl",
    "patent_number",
)
# What the listing takes from the frozen proposal, by the section's key. The rest of it stays with its readers.
FROZEN = {
    "summary": "summary",
    "unit_price_won": "price_won",
    "unit": "unit",
    "delivery_days": "delivery_days",
    "trl": "trl",
    "patent_number": "patent_number",
}


def list_product(*, designation: Designation) -> Product:
    """The product of a designation, listed from the frozen revision that was decided on.

    Called by the hook ``designated`` in the decision's transaction; listing again returns what stands.
    """
    with transaction.atomic():
        designation = lock(Designation, designation.pk)
        found = Product.objects.filter(designation=designation).first()
        if found is not None:
            return found
        at = now()
        product = Product(
            number=next_number("PD"),
            designation=designation,
            supplier=designation.organisation,
            name_ko=designation.product_name_ko,
            name_en=designation.product_name_en,
            story=designation.story,
            listed_at=at,
            changed_at=at,
            **_from_frozen(designation.submission.current),
        )
        return created(product, actor=None, verb="catalog.list_product", designation=designation.number)


def on_designated(designation: Designation) -> None:
    """Subscribed to ``designation.hooks.designated``."""
    list_product(designation=designation)


def edit_product(*, product: Product, by: Any, reason: str = "", **fields: Any) -> Product:
    """Staff who keep the catalogue correct a listing; the designation itself cannot be changed here.

    ``price_won`` is whole won with VAT. Raises Refused without the permission or at the field that is wrong,
    TypeError for a field that is not the listing's own.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"Not a field of the listing: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        product = lock(Product, product.pk)
        ask(may_edit(by))
        fields = {name: value for name, value in fields.items() if getattr(product, name) != value}
        if not fields:
            return product
        _ask_valid(product, fields)
        return changed(
            product, actor=by, verb="catalog.edit_product", reason=reason, changed_at=now(), **fields
        )


def note_pilot(*, product: Product, pilot_count: int, verdict: str) -> Product:
    """Written downwards by pilots: how many pilot purchases, and the verdict of the latest trial ("" : none yet)."""
    with transaction.atomic():
        product = lock(Product, product.pk)
        return changed(
            product,
            actor=None,
            verb="catalog.note_pilot",
            pilot_count=pilot_count,
            pilot_verdict=verdict,
            changed_at=now(),
        )


def unlisted() -> list[Designation]:
    """Designations without a product: none, unless a hook was not subscribed (``reconcile_products`` mends it)."""
    listed = Product.objects.values("designation")
    return list(Designation.objects.exclude(pk__in=listed).order_by("pk"))


def _from_frozen(revision: Revision | None) -> dict[str, Any]:
    """Only what was answered; an unanswered question leaves the listing's own default."""
    values = {section["key"]: section["value"] for section in revision.sections} if revision else {}
    return {field: values[key] for key, field in FROZEN.items() if values.get(key) not in (None, "")}


def _ask_valid(product: Product, fields: dict[str, Any]) -> None:
    """Raise Refused at the first wrong field, in the model's own words; ``product`` is not saved here."""
    trial = Product(**{name: fields.get(name, getattr(product, name)) for name in EDITABLE})
    try:
        trial.clean_fields(exclude=[field.name for field in Product._meta.fields if field.name not in fields])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Refused("invalid", in_words(messages), field=name, status=422) from error
    price = fields.get("price_won")
    if price is not None and price <= 0:
        raise Refused("price", _("The price must be more than 0 won."), field="price_won", status=422)
    category = fields.get("category")
    if category is not None and not Category.objects.filter(pk=category.pk).exists():
        raise Refused("category", _("Choose a category of the list."), field="category", status=422)
