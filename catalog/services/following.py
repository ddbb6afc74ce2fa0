"""Search and public listing after something that many products name was worded anew: a class, a category, a value."""

from django.db import transaction
from django.db.models import QuerySet

from innomarket.common.locks import lock_all

from ..models import Product
from . import search
from .public_listing import BATCH, refresh


def follow(products: QuerySet[Product]) -> None:
    """Write what is found and read of these products anew, in batches.

    Not in the transaction of what they name: that one must not wait for a product whose writer waits for it. Where
    this is cut short, `reindex_search` and `rebuild_catalog` do the same.
    """
    found = list(products.order_by("pk").values_list("pk", flat=True))
    for begin in range(0, len(found), BATCH):
        keys = found[begin : begin + BATCH]
        with transaction.atomic():
            lock_all(Product.objects.filter(pk__in=keys))
            search.refresh(keys)
            refresh(keys)
