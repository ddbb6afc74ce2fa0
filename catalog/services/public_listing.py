"""Keep the read model: in the transaction that changes a product, or for all of them anew."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q

from innomarket.common.clock import now
from innomarket.common.locks import lock_all

from ..models import Product, PublicListing
from ..models.public import UNPRICED
from ..public_documents import FORMAT, text_of, with_parts
from .known_version import rises_on_commit

BATCH = 500
KEPT = [field.attname for field in PublicListing._meta.concrete_fields if not field.primary_key]
COMPARED = [name for name in KEPT if name not in ("position", "written_at", "removed_at")]


def refresh(products: Iterable[int]) -> int:
    """Make the public rows of these products (by key) say what the products say now; how many differed.

    Called by every service that changes what the public reads, after its change and in its transaction. The
    products are locked, so that two changes at once end with the state of the later one. A row that already says it
    is left alone. A product that is no longer public leaves a tombstone.
    """
    keys = sorted(set(products))
    with transaction.atomic():
        lock_all(Product.objects.filter(pk__in=keys))
        public = Product.objects.visible_to(AnonymousUser()).filter(pk__in=keys)
        rows = [_row(product) for product in with_parts(public)]
        standing = {row.pk: row for row in PublicListing.objects.filter(pk__in=keys)}
        differing = [row for row in rows if _differs(row, standing.get(row.pk))]
        PublicListing.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["product"], update_fields=KEPT
        )
        gone = set(standing) - {row.pk for row in rows}
        return _told(len(differing) + _bury(gone))


def rebuild(*, batch: int = BATCH, missing: bool = False) -> Iterator[tuple[int, int]]:
    """All rows anew, a transaction for each batch: yields (looked at, differed). Repeating it changes nothing.

    ``missing``: only of products that have no row yet, or one that an earlier version made in another format.
    """
    products, last = Product.objects.order_by("pk"), 0
    if missing:
        products = products.filter(Q(public=None) | ~Q(public__format=FORMAT))
    while keys := list(products.filter(pk__gt=last).values_list("pk", flat=True)[:batch]):
        yield len(keys), refresh(keys)
        last = keys[-1]
    orphans = PublicListing.objects.standing().exclude(pk__in=Product.objects.values("pk"))
    with transaction.atomic():
        yield 0, _told(_bury(orphans.values_list("pk", flat=True)))


def _told(differed: int) -> int:
    """Where something differs, what the cache knows of the catalogue ends with this transaction."""
    if differed:
        rises_on_commit()
    return differed


def _bury(keys: Iterable[int]) -> int:
    return (
        PublicListing.objects.standing()
        .filter(pk__in=list(keys))
        .update(document_ko="", document_en="", removed_at=now(), position=None)
    )


def _differs(row: PublicListing, standing: PublicListing | None) -> bool:
    return (
        standing is None
        or standing.removed_at is not None
        or any(getattr(row, name) != getattr(standing, name) for name in COMPARED)
    )


def _row(product: Product) -> PublicListing:
    designation, supplier, category = product.designation, product.supplier, product.category
    values: dict[str, Any] = {
        name: getattr(product, name)
        for name in ("number", "listed_at", "changed_at", "regions", "sdgs", "pilot_verdict")
    }
    return PublicListing(
        product_id=product.pk,
        document_ko=text_of(product, "ko"),
        document_en=text_of(product, "en"),
        format=FORMAT,
        designated_on=designation.designated_on,
        valid=designation.valid,
        designation_type=designation.type,
        price_won=UNPRICED if product.price_won is None else product.price_won,
        category=category.code if category else "",
        large_category=(category.parent or category).code if category else "",
        item_class=product.item_class_id or "",
        supplier=supplier.pk,
        size_class=supplier.size_class,
        is_women_owned=supplier.is_women_owned,
        is_youth_led=supplier.is_youth_led,
        certificates=sorted({row.kind for row in product.certificates.all()}),
        **values,
    )
