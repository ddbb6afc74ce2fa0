"""The inspection: what was delivered, accepted and refused."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import today
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from .. import messages
from ..models import Contract, Inspection, Pilot
from ..permissions import may_record
from ..states import PILOT_MOVES
from ..words import name_of
from . import news
from .pilot import lock_pilot


def record_inspection(
    *,
    pilot: Pilot,
    by: Any,
    delivered_on: date,
    inspected_on: date,
    accepted: int,
    refused: int = 0,
    reason: str = "",
) -> Inspection:
    """Record the delivery and how many units were accepted and refused, within the contract.

    By the user institution or budget staff. Raises Refused where more is inspected than contracted,
    where a refused part has no reason, and where the days are out of order.
    """
    with transaction.atomic():
        pilot = lock_pilot(pilot)
        ask(may_record(by, pilot))
        state = ask_move(PILOT_MOVES, "inspect", pilot)
        contract = Contract.objects.get(pilot=pilot)
        _ask_days(contract, delivered_on, inspected_on)
        _ask_quantities(contract, accepted, refused, reason)
        inspection = Inspection(
            contract=contract,
            delivered_on=delivered_on,
            inspected_on=inspected_on,
            accepted=accepted,
            refused=refused,
            contracted=contract.quantity,
            reason=reason.strip(),
            inspected_by=by,
        )
        created(inspection, actor=by, verb="pilots.inspect", accepted=accepted, refused=refused)
        changed(pilot, actor=by, verb="pilots.inspect", state=state)
        news.add_news(
            pilot,
            kind="delivered",
            text=_("Delivered to %(institution)s: %(accepted)s of %(quantity)s accepted"),
            institution=name_of(pilot.institution),
            accepted=f"{accepted:,}",
            quantity=f"{contract.quantity:,}",
        )
        news.tell_people(
            pilot,
            messages.INSPECTED,
            staff=True,
            accepted=f"{accepted:,}",
            refused=f"{refused:,}",
            quantity=f"{contract.quantity:,}",
            reason=reason.strip(),
        )
    return inspection


def _ask_days(contract: Contract, delivered_on: date, inspected_on: date) -> None:
    if delivered_on < contract.signed_on:
        raise Refused(
            "delivered_before_signed",
            _("The delivery cannot lie before the contract was signed."),
            field="delivered_on",
        )
    if inspected_on < delivered_on:
        raise Refused(
            "inspected_before_delivered",
            _("An inspection cannot lie before the delivery."),
            field="inspected_on",
        )
    if inspected_on > today():
        raise Refused(
            "inspected_later", _("The day of the inspection cannot lie in the future."), field="inspected_on"
        )


def _ask_quantities(contract: Contract, accepted: int, refused: int, reason: str) -> None:
    if accepted < 0 or refused < 0 or accepted + refused == 0:
        raise Refused(
            "nothing_inspected",
            _("Enter how many were accepted and how many were refused."),
            field="accepted",
        )
    if accepted + refused > contract.quantity:
        raise Refused(
            "over_contract",
            _("The contract is for %(most)s: accepted and refused together are %(sum)s.")
            % {"most": f"{contract.quantity:,}", "sum": f"{accepted + refused:,}"},
            field="accepted",
        )
    if refused and not reason.strip():
        raise Refused(
            "refused_without_reason",
            _("Say why a part was refused: the company reads it."),
            field="reason",
        )
