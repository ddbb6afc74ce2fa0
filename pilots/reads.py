"""Questions about a pilot purchase that services, pages and the console ask alike."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from innomarket.accounts.models import Organisation

from .models import Contract, Inspection, Pilot, PilotRule, TestResult
from .states import PilotState
from .words import day, name_of


def institution_that_proposed(product: Product) -> Organisation | None:
    """Whose need the product answers: the owner of the lot that its proposal was submitted to."""
    return product.designation.submission.lot.owner


def contract_of(pilot: Pilot) -> Contract | None:
    try:
        return pilot.contract
    except ObjectDoesNotExist:
        return None


def inspection_of(pilot: Pilot) -> Inspection | None:
    contract = contract_of(pilot)
    try:
        return contract.inspection if contract else None
    except ObjectDoesNotExist:
        return None


def result_of(pilot: Pilot) -> TestResult | None:
    try:
        return pilot.result
    except ObjectDoesNotExist:
        return None


def accepted_share(contract: Contract, inspection: Inspection | None) -> int:
    """Won of the contract that the accepted quantity earns, down to whole won."""
    if inspection is None:
        return 0
    return contract.amount_won * inspection.accepted // contract.quantity


def payable(pilot: Pilot) -> int:
    """Won that are earned and not yet paid."""
    contract = contract_of(pilot)
    return accepted_share(contract, inspection_of(pilot)) - pilot.paid_won if contract else 0


def releasable(pilot: Pilot) -> tuple[int, int]:
    """Won that are left over: (of the reservation, of the commitment).

    Before the commitment the whole reservation is needed. Before the contract the whole commitment
    is; then the contract's amount; after the verdict only its accepted share.
    """
    if pilot.state in (PilotState.MATCHED, PilotState.CANCELLED):
        return 0, 0
    contract = contract_of(pilot)
    if contract is None:
        return pilot.still_reserved, 0
    needed = contract.amount_won
    if pilot.state == PilotState.CONCLUDED:
        needed = accepted_share(contract, inspection_of(pilot))
    return pilot.still_reserved, pilot.still_committed - (needed - pilot.paid_won)


def inspect_by(pilot: Pilot, delivered_on: date) -> date:
    """The last day for the inspection, counted from the day after the delivery (domain.md §4)."""
    return delivered_on + timedelta(days=PilotRule.objects.at(delivered_on).inspection_days)


def waiting_for(pilot: Pilot) -> Any:
    """Whose turn it is, in words; "" when nobody's."""
    institution = name_of(pilot.institution)
    supplier = name_of(pilot.product.supplier)
    if pilot.state == PilotState.MATCHED:
        return _("the agency, to commit the purchase")
    if pilot.state == PilotState.COMMITTED:
        return _("the agency and %(supplier)s, to sign the contract") % {"supplier": supplier}
    if pilot.state == PilotState.CONTRACTED:
        contract = contract_of(pilot)
        return _("%(supplier)s, to deliver by %(day)s; then %(institution)s inspects") % {
            "supplier": supplier,
            "institution": institution,
            "day": day(contract.due_on) if contract else "",
        }
    if pilot.state == PilotState.INSPECTED:
        return _("%(institution)s, to record the measures and the verdict of the trial") % {
            "institution": institution
        }
    if pilot.state == PilotState.CONCLUDED and payable(pilot) > 0:
        return _("the agency, to pay what was accepted")
    return ""
