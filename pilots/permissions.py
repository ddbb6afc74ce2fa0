"""Who may move the pilot budget, and who says what a trial showed."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.accounts.permissions import staff_with
from innomarket.accounts.reads import may_edit_for, memberships_of
from innomarket.common.refusals import Refusal, forbidden

from .models import Pilot

_keeps_budget = staff_with("keep_budget")


def may_keep_budget(user: Any, obj: Any = None) -> Refusal | None:
    """Budget staff open lines, match, commit, sign, pay, release and cancel."""
    return _keeps_budget(user)


def may_record(user: Any, pilot: Pilot) -> Refusal | None:
    """Inspection, measures and verdict: the user institution's editors, or budget staff in its place.

    Nobody who belongs to the supplier judges its own delivery, whatever else they are.
    """
    if memberships_of(user).filter(organisation=pilot.product.supplier_id).exists():
        return forbidden(
            "supplier_does_not_judge",
            _("You belong to the company that delivers. Somebody else of the institution records this."),
        )
    if may_keep_budget(user) is None or may_edit_for(user, pilot.institution):
        return None
    return forbidden(
        "not_the_institution",
        _("Only the institution that uses the product, with the right to edit, or budget staff record this."),
    )
