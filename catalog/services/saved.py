"""Keep searches, forget them, and tell their people once a day what is new."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from innomarket.accounts.models import User
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from ..models import ListingRule, Product, SavedSearch
from ..permissions import may_keep, may_save

NAMED = 5
"""Products that a message names; of more it says how many."""
BATCH = 200


def save_search(*, by: Any, name: str, query: str, tell_me: bool = True) -> SavedSearch:
    """Keep a search of the list. ``query`` is its address behind the "?", of parameters that the list knows.

    Raises Refused where as many as the dated rule allows are kept, or at "query" where it asks for nothing.
    """
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
    """Begin or end being told. What was listed while it was off is not told later."""
    with transaction.atomic():
        search = lock(SavedSearch, search.pk)
        ask(may_keep(by, search))
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

    One search is one transaction. May run twice: a search is told of each product once.
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
        told += sum(_tell_one(key, find) for key in keys)
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
        since, search.told_until = search.told_until, now()
        search.save(update_fields=["told_until"])
        new = find(search).filter(listed_at__gt=since, listed_at__lte=search.told_until)
        products = list(new.order_by("-listed_at", "-pk")[: NAMED + 1])
        if not products:
            return False
        names = ", ".join(product.name_ko for product in products[:NAMED])
        tell(
            kind="catalog.new_in_search",
            people=[search.owner],
            about=search,
            version=since.isoformat(),
            values={"name": search.name, "products": f"{names} …" if len(products) > NAMED else names},
            url=search.path,
        )
        return True
