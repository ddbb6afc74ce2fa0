"""Pay what was accepted."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed
from innomarket.common.moves import ask_move
from innomarket.common.refusals import ask

from .. import messages
from ..models import Contract, Pilot
from ..permissions import may_keep_budget
from ..reads import payable
from ..states import PILOT_MOVES
from ..words import money
from . import ledger, news
from .limits import Limit, ask_within
from .pilot import lock_both


def pay(*, pilot: Pilot, by: Any, amount_won: int, reason: str = "") -> Pilot:
    """Pay a part (won) of what the accepted quantity has earned and that is not paid yet."""
    with transaction.atomic():
        line, pilot = lock_both(pilot)
        ask(may_keep_budget(by, pilot))
        ask_move(PILOT_MOVES, "pay", pilot)
        ask_within(amount_won, [_earned_limit(pilot)], field="amount_won")
        paid = pilot.paid_won + amount_won
        changed(pilot, actor=by, verb="pilots.pay", reason=reason, paid_won=paid)
        ledger.pay(line, pilot=pilot, amount=amount_won, by=by, reason=reason[:300])
        news.tell_people(
            pilot,
            messages.PAID,
            institution=False,
            version=paid,
            contract=Contract.objects.get(pilot=pilot).number,
            amount=money(amount_won),
            paid=money(paid),
        )
    return pilot


def _earned_limit(pilot: Pilot) -> Limit:
    return Limit(
        "over_accepted",
        payable(pilot),
        _("%(amount)s is more than the accepted part that is not paid yet: at most %(most)s."),
    )
