"""Keep the read model: in the transaction that changes a product, or for all of them anew."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q, QuerySet

from innomarket.common.clock import now
from innomarket.common.locks import lock_all

from ..models import Product, PublicListing
from ..models.public import UNPRICED
from ..public_documents import FORMAT, part, text_of, with_parts
from .batches import BATCH, in_batches
from .known_version import rises_on_commit

KEPT = [field.attname for field in PublicListing._meta.concrete_fields if not field.primary_key]
COMPARED = [name for name in KEPT if name not in ("position", "written_at", "removed_at")]


def refresh(products: Iterable[int]) -> int:
    """Make the public rows of these products (by key) say what the products say now; how many differed.

    Called by every service that changes what the public reads, after its change and in its transaction. The
    products are locked, so that two changes at once end with the state of the later one. A row that already says it
    is left alone. A product that is no longer public leaves a tombstone.
    """
    with transaction.atomic():
        differing, gone = _compared(products)
        PublicListing.objects.bulk_create(
            differing, update_conflicts=True, unique_fields=["product"], update_fields=KEPT
        )
        return _told(len(differing) + _bury(gone))


def rows_of(products: QuerySet[Product]) -> list[PublicListing]:
    """What the public rows of these products say, in the order of their keys; nothing is written."""
    return [_row(product) for product in with_parts(products.order_by("pk"))]


def differing(*, batch: int = BATCH) -> Iterator[tuple[int, list[str]]]:
    """Look at all rows as ``rebuild`` does, and write none: yields (looked at, numbers of those that differ)."""
    for keys in in_batches(Product.objects.all(), batch):
        with transaction.atomic():
            rows, gone = _compared(keys)
        numbers = PublicListing.objects.filter(pk__in=gone).values_list("number", flat=True)
        yield len(keys), [*(row.number for row in rows), *numbers]
    yield 0, list(_orphans().values_list("number", flat=True))


def rebuild(*, batch: int = BATCH, missing: bool = False) -> Iterator[tuple[int, int]]:
    """All rows anew, a transaction for each batch: yields (looked at, differed). Repeating it changes nothing.

    ``missing``: only of products that have no row yet, or one that an earlier version made in another format.
    """
    products = Product.objects.all()
    if missing:
        products = products.filter(Q(public=None) | ~Q(public__format=FORMAT))
    for keys in in_batches(products, batch):
        yield len(keys), refresh(keys)
    with transaction.atomic():
        yield 0, _told(_bury(_orphans().values_list("pk", flat=True)))


def _compared(products: Iterable[int]) -> tuple[list[PublicListing], set[int]]:
    """Lock these products (by key): the rows that would have to be written, and keys of rows that must go."""
    keys = sorted(set(products))
    lock_all(Product.objects.filter(pk__in=keys))
    rows = rows_of(Product.objects.visible_to(AnonymousUser()).filter(pk__in=keys))
    standing = {row.pk: row for row in PublicListing.objects.filter(pk__in=keys)}
    return (
        [row for row in rows if _differs(row, standing.get(row.pk))],
        {row.pk for row in standing.values() if row.removed_at is None} - {row.pk for row in rows},
    )


def _orphans() -> QuerySet[PublicListing]:
    """Rows that stand though their product has gone past the trigger."""
    return PublicListing.objects.standing().exclude(pk__in=Product.objects.values("pk"))


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
        certificates=sorted({row.kind for row in part(product, "certificates")}),
        **values,
    )
