"""Who may do what with challenge tasks and ideas."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.accounts.permissions import staff_with
from innomarket.common.refusals import Refusal, forbidden

# Making a call for solutions is a part of running rounds.
may_open_solution_call = staff_with("run_rounds")


def may_propose_task(user: Any, organisation: Any, lot: Any) -> Refusal | None:
    """A public institution, verified or waiting for it (it counts only when verified before the opening)."""
    if organisation is None or not organisation.kind.has_institution_code:
        return forbidden(
            "institutions_only",
            _("Only public institutions with a demand-institution code propose challenge tasks."),
        )
    if organisation.state == organisation.State.REFUSED:
        return forbidden(
            "organisation_refused",
            _("The verification of your organisation was refused. Correct its data before you apply."),
        )
    return None


def may_propose_idea(user: Any, organisation: Any, lot: Any) -> Refusal | None:
    """Everybody with an account: the engine has asked for it, and for the call being open."""
    return None
