"""The contract: supply price and VAT, within the commitment."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import KST, today
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refused, ask

from .. import messages
from ..models import Contract, Pilot, PilotRule
from ..permissions import may_keep_budget
from ..states import PILOT_MOVES
from ..words import day, money
from . import news
from .limits import Limit, ask_amount, ask_within
from .pilot import ask_in_force, lock_pilot


def vat_of(supply_won: int, percent: int) -> int:
    """VAT in whole won: fractions of a won are dropped."""
    return supply_won * percent // 100


def sign_contract(
    *,
    pilot: Pilot,
    by: Any,
    supply_won: int,
    vat_won: int,
    quantity: int,
    signed_on: date,
    due_on: date,
) -> Contract:
    """Record the signed contract. Amounts in won, days in KST.

    Raises Refused where supply and VAT together are above the commitment, where the VAT is not that
    of the rule on the day of signing, where the quantity is above the matched one, and where the
    days are out of order.
    """
    with transaction.atomic():
        pilot = lock_pilot(pilot)
        ask(may_keep_budget(by, pilot))
        state = ask_move(PILOT_MOVES, "contract", pilot)
        _ask_days(pilot, signed_on, due_on)
        ask_in_force(pilot.product, signed_on)
        rule = PilotRule.objects.at(signed_on)
        ask_amount(supply_won, field="supply_won")
        _ask_vat(supply_won, vat_won, rule.vat_percent)
        ask_within(supply_won + vat_won, [_commitment_limit(pilot)], field="supply_won")
        if not 1 <= quantity <= pilot.quantity:
            raise Refused(
                "quantity",
                _("The match is for %(most)s units: enter a quantity from 1 to %(most)s.")
                % {"most": f"{pilot.quantity:,}"},
                field="quantity",
            )
        contract = Contract(
            pilot=pilot,
            number=next_number("CN"),
            supply_won=supply_won,
            vat_won=vat_won,
            committed_won=pilot.committed_won or 0,
            quantity=quantity,
            signed_on=signed_on,
            due_on=due_on,
        )
        created(contract, actor=by, verb="pilots.contract", supply_won=supply_won, vat_won=vat_won)
        changed(pilot, actor=by, verb="pilots.contract", state=state)
        news.add_news(
            pilot,
            kind="contracted",
            text=_("The pilot purchase is contracted: %(amount)s"),
            amount=money(contract.amount_won),
        )
        news.tell_people(
            pilot,
            messages.CONTRACTED,
            contract=contract.number,
            amount=money(contract.amount_won),
            quantity=f"{quantity:,}",
            due=day(due_on),
            days=rule.inspection_days,
        )
    return contract


def _ask_days(pilot: Pilot, signed_on: date, due_on: date) -> None:
    committed_on = pilot.committed_at.astimezone(KST).date() if pilot.committed_at else None
    if signed_on > today():
        raise Refused("signed_later", _("The day of signing cannot lie in the future."), field="signed_on")
    if committed_on and signed_on < committed_on:
        raise Refused(
            "signed_before_commitment",
            _("The purchase was committed on %(day)s: a contract is not signed before.")
            % {"day": day(committed_on)},
            field="signed_on",
        )
    if due_on < signed_on:
        raise Refused(
            "due_before_signed",
            _("Delivery cannot be due before the contract is signed."),
            field="due_on",
        )


def _ask_vat(supply_won: int, vat_won: int, percent: int) -> None:
    expected = vat_of(supply_won, percent)
    if vat_won != expected:
        raise Refused(
            "vat",
            _("At %(percent)s %% the VAT on %(supply)s is %(expected)s; you entered %(entered)s.")
            % {
                "percent": percent,
                "supply": money(supply_won),
                "expected": money(expected),
                "entered": money(vat_won),
            },
            field="vat_won",
        )


def _commitment_limit(pilot: Pilot) -> Limit:
    return Limit(
        "over_commitment",
        pilot.committed_won or 0,
        _("The contract with VAT comes to %(amount)s, more than was committed: at most %(most)s."),
    )
