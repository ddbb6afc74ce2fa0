"""What evaluation keeps about people: which forms say so, what is taken along, erased or deleted, and which duties
forbid an erasure.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.common import personal
from innomarket.common.refusals import Refusal

from .forgetting import erase, periods
from .models import Panelist, Round
from .states import ACTIVE
from .taken_along import shares


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form(
        "evaluation",
        *("evaluation:round", "evaluation:sheet", "evaluation:conflict", "evaluation:opinion"),
        *("evaluation:seat", "evaluation:decline"),
    )
    personal.form(
        "evaluator_pool",
        *("evaluation:profile_edit", "evaluation:tie", "evaluation:tie_end", "evaluation:away"),
    )
    personal.no_data(
        "it only takes away what the person entered",
        *("evaluation:tie_withdraw", "evaluation:away_remove", "evaluation:leave_pool"),
    )
    personal.form("application", "evaluation:objection")
    personal.no_data("it only takes an objection back", "evaluation:withdraw_objection")
    personal.consent("evaluator_pool", lambda person: Panelist.objects.filter(user=person).exists())
    personal.share(*shares())
    personal.eraser("evaluation", erase)
    personal.keep(*periods())
    personal.duty(_chief, _panel)


def _chief(person: Any) -> Refusal | None:
    row = Round.objects.filter(chief=person, state__in=ACTIVE).first()
    if row is None:
        return None
    return Refusal(
        "chief",
        _("You are the chief of round %(number)s. Finish it or hand it over first.") % {"number": row.number},
    )


def _panel(person: Any) -> Refusal | None:
    row = (
        Panelist.objects.filter(user=person, left_at=None, round__state__in=ACTIVE)
        .select_related("round")
        .first()
    )
    if row is None:
        return None
    return Refusal(
        "panel",
        _(
            "You are on the panel of round %(number)s. Hand in your sheets and wait for the results, or decline."
        )
        % {"number": row.round.number},
    )
