"""Celery: what is due is asked from the database; each may run twice."""

from celery import shared_task
from django.db.models import QuerySet
from django.http import QueryDict

from .filters import ProductFilter
from .models import Product, SavedSearch
from .services import saved, snapshot


def found_by(search: SavedSearch) -> QuerySet[Product]:
    """The products of a saved search, by the list's own filters; none where one is no longer understood."""
    asked = ProductFilter(QueryDict(search.query), queryset=Product.objects.visible_to(search.owner))
    return asked.qs if asked.form.is_valid() else asked.queryset.none()


@shared_task(name="catalog.tell_saved_searches")
def tell_saved_searches() -> None:
    """The daily sweep: people are told what is new in the searches that they keep."""
    saved.tell_new(found_by)


@shared_task(name="catalog.make_snapshots")
def make_snapshots() -> None:
    """What is missing of today's files of the whole catalogue."""
    snapshot.make_due()
