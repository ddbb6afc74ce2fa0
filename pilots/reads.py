"""Questions about a pilot purchase that services, pages and the console ask alike."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from innomarket.accounts.models import Organisation

from .models import BudgetLine, Contract, Inspection, Pilot, PilotRule, TestResult
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


@dataclass(frozen=True)
class Share:
    """One part of a year's budget, as figure and as a piece of a bar that is 1,000 wide."""

    code: str
    label: Any
    amount: int
    percent: int
    plot: int
    x: int
    width: int


@dataclass(frozen=True)
class YearBudget:
    """The lines of a year and their sums, in won."""

    year: int
    lines: list[BudgetLine]

    def _sum(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)

    @property
    def appropriated(self) -> int:
        return self._sum("appropriated")

    @property
    def reserved(self) -> int:
        return self._sum("reserved")

    @property
    def committed(self) -> int:
        return self._sum("committed")

    @property
    def paid(self) -> int:
        return self._sum("paid")

    @property
    def free(self) -> int:
        return self._sum("free")

    @property
    def used_percent(self) -> int:
        """Of 100, how much is paid or bound; never 100 while something is free."""
        return self._percent(self.appropriated - self.free)

    def _percent(self, amount: int) -> int:
        return amount * 100 // self.appropriated if self.appropriated else 0

    def shares(self) -> list[Share]:
        """Paid, committed, reserved and free. Pieces of the bar end where the next begins; percents add up to 100."""
        parts = (
            ("paid", _("Paid"), self.paid, 4),
            ("committed", _("Committed, not paid yet"), self.committed, 1),
            ("reserved", _("Reserved"), self.reserved, 2),
            ("free", _("Free"), self.free, 3),
        )
        shares, before = [], 0
        for code, label, amount, plot in parts:
            after = before + amount
            x, end = (value * 1000 // (self.appropriated or 1) for value in (before, after))
            percent = self._percent(after) - self._percent(before)
            shares.append(Share(code, label, amount, percent, plot, x, end - x))
            before = after
        return shares


def years() -> list[int]:
    """Years that have a budget line, the latest first."""
    return list(BudgetLine.objects.order_by("-year").values_list("year", flat=True).distinct())


def budget_of(year: int) -> YearBudget:
    return YearBudget(year, list(BudgetLine.objects.filter(year=year).order_by("code")))


def used_percent(line: BudgetLine) -> int:
    return YearBudget(line.year, [line]).used_percent


def products_without_pilot(most: int) -> list[Product]:
    """Designated products that wait for their first match, the longest waiting first."""
    return list(
        Product.objects.in_force()
        .filter(pilots=None)
        .select_related("supplier", "designation__submission__lot__owner")
        .order_by("listed_at", "pk")[:most]
    )


TONES = {
    PilotState.MATCHED: "information",
    PilotState.COMMITTED: "primary",
    PilotState.CONTRACTED: "primary",
    PilotState.INSPECTED: "warning",
    PilotState.CONCLUDED: "success",
    PilotState.CANCELLED: "neutral",
}
