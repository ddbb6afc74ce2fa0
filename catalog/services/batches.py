"""All products in batches by their keys: what has to be looked at once, however many there are."""

from collections.abc import Iterator

from django.db.models import QuerySet

from ..models import Product

BATCH = 500


def in_batches(products: QuerySet[Product], size: int = BATCH) -> Iterator[list[int]]:
    """Keys of these products, in order: of each ``size`` products that there are, those that are among them.

    Their condition is asked of one stretch of keys after the other. Asked for the next so many that meet it, PostgreSQL
    joins whole tables again for each batch, and of a million products that is two thousand times.
    """
    after = 0
    every = Product.objects.order_by("pk").values_list("pk", flat=True)
    while stretch := list(every.filter(pk__gt=after)[:size]):
        if keys := list(products.filter(pk__in=stretch).order_by("pk").values_list("pk", flat=True)):
            yield keys
        after = stretch[-1]
