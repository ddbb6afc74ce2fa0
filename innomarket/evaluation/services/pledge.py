"""The pledge that opens a round for an evaluator, and declining a seat instead."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import created
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask

from .. import permissions
from ..models import DrawStep, Panelist, Pledge, PledgeText, Round
from .round import leave_panel
from .seating import ask_seating


def sign_pledge(*, panelist: Panelist, by: Any) -> Pledge:
    """Sign the text in force today for this round. Signing twice is refused; nothing opens before."""
    with transaction.atomic():
        round = lock(Round, panelist.round_id)
        panelist = lock(Panelist, panelist.pk)
        ask(permissions.is_on_panel(by, panelist))
        ask_seating(round)
        if Pledge.objects.filter(panelist=panelist).exists():
            raise Refused("pledged_already", _("You have signed the pledge for this round."))
        text = PledgeText.objects.at()
        return created(
            Pledge(panelist=panelist, text=text, text_sha256=text.sha256),
            actor=by,
            verb="evaluation.sign_pledge",
            panelist=panelist.pk,
            text=text.pk,
        )


def decline_seat(*, panelist: Panelist, by: Any, reason: str) -> Panelist:
    """Give the seat back before anything has opened; the next in the draw's order is called and told at once."""
    with transaction.atomic():
        round = lock(Round.objects.select_related("lot"), panelist.round_id)
        panelist = lock(Panelist.objects.select_related("user"), panelist.pk)
        ask(permissions.is_on_panel(by, panelist))
        if panelist.declared_at is not None:
            raise Refused(
                "opened_already",
                _("The entries are open for you: ask the agency to take you off the panel."),
            )
        return leave_panel(
            round=round,
            panelist=panelist,
            by=by,
            reason=reason,
            verb="evaluation.decline_seat",
            cause=DrawStep.Cause.DECLINED,
        )
