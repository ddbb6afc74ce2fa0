"""What the catalogue keeps about people: the searches that they saved. Taken along, and deleted with the account."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.common import personal

from .models import SavedSearch


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form("saved_search", "catalog:save_search", "catalog:change_search")
    personal.share(
        personal.Share(
            "catalog.saved_searches",
            _("Saved searches"),
            (
                ("name", _("name of the search")),
                ("query", _("words and filters")),
                ("tell", _("tell me about new products")),
                ("saved_at", _("saved at")),
            ),
            _searches,
        )
    )
    personal.eraser("catalog", _erase)
    personal.no_data(
        "it speaks of the product",
        *("catalog:change_begin", "catalog:change_send", "catalog:change_withdraw"),
        *("catalog:bulk", "catalog:bulk_staff", "catalog:bulk_check"),
        *("catalog:change_rewrite", "catalog:change_renew"),
        *("catalog:change_pictures", "catalog:change_documents"),
        *("catalog:change_models", "catalog:change_model", "catalog:change_step"),
    )


def _searches(person: Any) -> Iterator[dict[str, Any]]:
    for row in SavedSearch.objects.filter(owner=person).order_by("pk"):
        yield {"name": row.name, "query": row.query, "tell": row.tell, "saved_at": row.saved_at}


def _erase(person: Any, code: str) -> dict[str, int]:
    return {"saved_searches": SavedSearch.objects.filter(owner=person).delete()[0]}
