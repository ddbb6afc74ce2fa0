"""Who may do what with the catalogue."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.accounts.permissions import staff_with
from innomarket.accounts.reads import may_edit_for
from innomarket.common.refusals import Refusal, forbidden

from .models import Product, SavedSearch

may_edit = staff_with("keep_catalogue")


def may_propose(user: Any, product: Product) -> Refusal | None:
    """The supplier's owners and editors write changes of their listing; staff decide on them."""
    if user.is_authenticated and user.is_active and may_edit_for(user, product.supplier):
        return None
    return forbidden("not_the_supplier", _("Only owners and editors of the supplier change its listing."))


def may_write(user: Any, product: Product, *, by_staff: bool) -> Refusal | None:
    """A change is its supplier's people's to write, a correction by staff is theirs."""
    return may_edit(user) if by_staff else may_propose(user, product)


def may_save(user: Any) -> Refusal | None:
    """Everybody with an account keeps searches."""
    if user.is_authenticated and user.is_active:
        return None
    return forbidden("not_signed_in", _("Sign in to save a search."))


def may_keep(user: Any, search: SavedSearch) -> Refusal | None:
    """One's own alone."""
    if user.is_authenticated and user.is_active and search.owner_id == user.pk:
        return None
    return forbidden("not_yours", _("This search is another person's."))
