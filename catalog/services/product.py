"""List a designated product, keep its listing, and note what pilots found."""

from typing import Any

from django.db import transaction

from designation.models import Designation
from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.numbers import next_number
from innomarket.common.refusals import ask
from innomarket.common.texts import tidied
from innomarket.submissions.models import Revision

from ..models import Patent, Product
from ..permissions import may_edit
from . import content as contents
from . import search
from .public_listing import refresh
from .version import put_content

EDITABLE = (*contents.COLUMNS, *contents.KEYS, "models", *contents.PARTS)
# What the listing takes from the frozen proposal, by the section's key. The rest of it stays with its readers.
FROZEN = {
    "summary": "summary",
    "unit_price_won": "price_won",
    "unit": "unit",
    "delivery_days": "delivery_days",
    "trl": "trl",
}
# The first two digits of a Korean right say what it is.
RIGHTS = {"10": Patent.Kind.PATENT, "20": Patent.Kind.UTILITY_MODEL, "30": Patent.Kind.DESIGN}


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
        created(product, actor=None, verb="catalog.list_product", designation=designation.number)
        _list_patent(product, designation.submission.current)
        search.refresh([product.pk])
        refresh([product.pk])
    return product


def on_designated(designation: Designation) -> None:
    """Subscribed to ``designation.hooks.designated``."""
    list_product(designation=designation)


def on_designation_ended(designation: Designation) -> None:
    """Subscribed to ``designation.hooks.designation_ended``: search and data name its new last day at once."""
    with transaction.atomic():
        keys = [row.pk for row in lock_all(Product.objects.filter(designation=designation))]
        search.refresh(keys)
        refresh(keys)


def edit_product(*, product: Product, by: Any, reason: str = "", **fields: Any) -> Product:
    """Staff who keep the catalogue correct a listing; the designation itself cannot be changed here.

    ``fields`` are parts of the content (``services/content.py``); money is whole won. Raises Refused without the
    permission and at the field that is wrong, TypeError for a field that is not the listing's own.
    """
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"Not a field of the listing: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        product = lock(Product, product.pk)
        ask(may_edit(by))
        live = contents.content_of(product)
        put_content(
            product,
            live | tidied(fields),
            actor=by,
            verb="catalog.edit_product",
            reason=reason,
        )
    return product


def note_pilot(
    *,
    product: Product,
    pilot_count: int,
    verdict: str,
    results: list[dict[str, Any]] | None = None,
    use_after: str = "",
) -> Product:
    """Written downwards by pilots: how many pilot purchases, the verdict of the latest trial ("" : none yet), what each
    concluded trial measured, and whether the institution goes on using the product (``UseAfter``; "": not said).
    """
    with transaction.atomic():
        product = lock(Product, product.pk)
        changed(
            product,
            actor=None,
            verb="catalog.note_pilot",
            pilot_count=pilot_count,
            pilot_verdict=verdict,
            pilot_results=results or [],
            use_after=use_after,
            changed_at=now(),
        )
        search.refresh([product.pk])
        refresh([product.pk])
    return product


def unlisted() -> list[Designation]:
    """Designations without a product: none, unless a hook was not subscribed (``reconcile_products`` mends it)."""
    listed = Product.objects.values("designation")
    return list(Designation.objects.exclude(pk__in=listed).order_by("pk"))


def _from_frozen(revision: Revision | None) -> dict[str, Any]:
    """Only what was answered; an unanswered question leaves the listing's own default."""
    values = _answers(revision)
    return {field: values[key] for key, field in FROZEN.items() if values.get(key) not in (None, "")}


def _list_patent(product: Product, revision: Revision | None) -> None:
    """The right that the proposal names is the listing's first."""
    number = _answers(revision).get("patent_number") or ""
    if number:
        kind = RIGHTS.get("".join(filter(str.isdigit, number))[:2], Patent.Kind.PATENT)
        Patent.objects.create(product=product, order=0, kind=kind, number=number)


def _answers(revision: Revision | None) -> dict[str, Any]:
    return {section["key"]: section["value"] for section in revision.sections} if revision else {}
