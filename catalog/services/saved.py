"""Keep searches, forget them, and tell their people once a day what is new."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from innomarket.accounts.models import User
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask
from innomarket.common.shown import name_of
from innomarket.notifications.services import tell

from ..models import ListingRule, Product, SavedSearch
from ..permissions import may_keep, may_save

NAMED = 5
"""Products that a message names; after these it says only that there are more."""
BATCH = 200
SETTLED = timedelta(minutes=10)
"""How long a listing may take to commit: what is younger is told by the next sweep, so that none is skipped."""

log = structlog.get_logger(__name__)


def save_search(*, by: Any, name: str, query: str, tell_me: bool = True) -> SavedSearch:
    """Keep a search of the list. ``query`` is its address behind the "?", of parameters that the list knows.

    Raises Refused where as many as the dated rule allows are kept, or at "query" where it asks for nothing or is longer
    than what is kept.
    """
    if len(query) > (SavedSearch._meta.get_field("query").max_length or 0):
        text = _("This search is too long to be saved. Take away some words or filters.")
        raise Refused("too_long", text, field="query", status=422)
    with transaction.atomic():
        ask(may_save(by))
        lock(User, by.pk)  # so that two windows do not go over the limit together
        most = ListingRule.objects.at().most_saved_searches
        if SavedSearch.objects.filter(owner=by).count() >= most:
            text = _("At most %(most)s searches are kept. Delete one first.")
            raise Refused("too_many", text % {"most": most})
        at = now()
        with in_words(
            SavedSearch, one_saved_search_of_a_query="query", saved_search_asks_for_something="query"
        ):
            return created(
                SavedSearch(owner=by, name=name, query=query, tell=tell_me, saved_at=at, told_until=at),
                actor=by,
                verb="catalog.save_search",
            )


def tell_search(*, search: SavedSearch, by: Any, tell_me: bool) -> SavedSearch:
    """Begin or end being told. What was listed while it was off is not told later; what stays on loses no news."""
    with transaction.atomic():
        search = lock(SavedSearch, search.pk)
        ask(may_keep(by, search))
        if search.tell == tell_me:
            return search
        return changed(search, actor=by, verb="catalog.tell_search", tell=tell_me, told_until=now())


def delete_search(*, search: SavedSearch, by: Any) -> None:
    """Forget it for good; the audit keeps that one was deleted, not what it asked for."""
    with transaction.atomic():
        search = lock(SavedSearch, search.pk)
        ask(may_keep(by, search))
        record(actor=by, verb="catalog.delete_search", subject=search)
        search.delete()


Finder = Callable[[SavedSearch], QuerySet[Product]]
"""What a search finds: said by the list's own filters, which stand above the services."""


def tell_new(find: Finder) -> int:
    """The daily sweep: each search with ``tell`` whose products are new since it last told; how many told.

    One search is one transaction; one that fails is logged, and tried again by the next sweep. May run twice, also
    beside another: a search is told of each product once.
    """
    newest = Product.objects.order_by("-listed_at").values_list("listed_at", flat=True).first()
    told, after = 0, 0
    while newest is not None:
        due = SavedSearch.objects.filter(
            tell=True, told_until__lt=newest, owner__is_active=True, pk__gt=after
        )
        keys = list(due.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            break
        for key in keys:
            try:
                told += _tell_one(key, find)
            except Exception:
                log.exception("not told of what is new", search=key)
        after = keys[-1]
    return told


def _tell_one(key: int, find: Finder) -> bool:
    with transaction.atomic():
        search = (
            SavedSearch.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("owner")
            .filter(pk=key, tell=True)
            .first()
        )
        if search is None:
            return False
        since, until = search.told_until, now() - SETTLED
        if until <= since:
            return False
        search.told_until = until
        search.save(update_fields=["told_until"])
        new = find(search).filter(listed_at__gt=since, listed_at__lte=until)
        products = list(new.order_by("-listed_at", "-pk")[: NAMED + 1])
        if not products:
            return False
        names: list[Any] = [partial(name_of, product) for product in products[:NAMED]]
        tell(
            kind="catalog.new_in_search",
            people=[search.owner],
            about=search,
            version=since.isoformat(),
            values={"name": search.name, "products": [*names, "…"] if len(products) > NAMED else names},
            url=search.path,
        )
        return True
