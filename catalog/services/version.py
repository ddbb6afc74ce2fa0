"""Each content of a listing is kept as a version; the last one is what the rows say."""

from typing import Any

from innomarket.audit.services import record
from innomarket.common.clock import now

from ..models import ListingVersion, Product
from . import search
from .comparing import changed_parts
from .content import content_of, save_listing, write_content
from .public_listing import refresh


def put_content(
    product: Product,
    content: dict[str, Any],
    *,
    actor: Any,
    verb: str,
    reason: str = "",
    by_supplier: bool = False,
) -> bool:
    """Write a content and keep it as a version; False where nothing differs. The caller holds the lock.

    The version before the first change is kept with it, so that the history is whole from the listing on.
    Raises Refused at the place that is wrong.
    """
    before = content_of(product)
    parts = changed_parts(before, content)
    if not parts:
        return False
    if product.ordinal == 0:
        ListingVersion.objects.create(product=product, ordinal=0, content=before, since=product.listed_at)
    price, at = product.price_won, now()
    write_content(product, content)
    product.ordinal, product.changed_at = product.ordinal + 1, at
    save_listing(product)
    changes: dict[str, Any] = {"parts": sorted(parts), "ordinal": product.ordinal}
    if price != product.price_won:
        changes["price_won"] = [price, product.price_won]
    record(actor=actor, verb=verb, subject=product, reason=reason, changes=changes)
    ListingVersion.objects.create(
        product=product,
        ordinal=product.ordinal,
        content=content_of(product),
        since=at,
        by_supplier=by_supplier,
        note=reason[:500],
    )
    search.refresh([product.pk])
    refresh([product.pk])
    return True
