"""The only place that moves money: insert the ledger entry, then UPDATE the totals on a condition.

Callers hold the lock on the line (and on the pilot) and have asked everything they can say well.
The condition in the UPDATE and the CHECKs of the table are the guards behind them: whatever a caller
forgets, no total goes below zero and nothing is spent over. rules.md "Money".
"""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innomarket.common.refusals import Refused

from ..models import BudgetLine, LedgerEntry, Pilot
from ..states import LedgerKind
from .limits import ask_amount


def appropriate(line: BudgetLine, *, amount: int, by: Any, reason: str) -> LedgerEntry:
    """Add money to the line: it is free."""
    entry = _insert(line, LedgerKind.APPROPRIATE, amount, by, reason=reason)
    return _update(entry, line, Q(), appropriated=F("appropriated") + amount)


def withdraw(line: BudgetLine, *, amount: int, by: Any, reason: str) -> LedgerEntry:
    """Take free money from the line."""
    entry = _insert(line, LedgerKind.WITHDRAW, amount, by, reason=reason)
    return _update(entry, line, _is_free(amount), appropriated=F("appropriated") - amount)


def reserve(line: BudgetLine, *, pilot: Pilot, amount: int, by: Any) -> LedgerEntry:
    """Free → reserved."""
    entry = _insert(line, LedgerKind.RESERVE, amount, by, pilot=pilot)
    return _update(entry, line, _is_free(amount), reserved=F("reserved") + amount)


def commit(line: BudgetLine, *, pilot: Pilot, amount: int, by: Any) -> LedgerEntry:
    """Reserved → committed."""
    entry = _insert(line, LedgerKind.COMMIT, amount, by, pilot=pilot)
    return _update(
        entry,
        line,
        Q(reserved__gte=amount),
        reserved=F("reserved") - amount,
        committed=F("committed") + amount,
    )


def pay(line: BudgetLine, *, pilot: Pilot, amount: int, by: Any, reason: str = "") -> LedgerEntry:
    """Committed → paid."""
    entry = _insert(line, LedgerKind.PAY, amount, by, pilot=pilot, reason=reason)
    return _update(
        entry, line, Q(committed__gte=amount), committed=F("committed") - amount, paid=F("paid") + amount
    )


def release_reserved(line: BudgetLine, *, pilot: Pilot, amount: int, by: Any, reason: str) -> LedgerEntry:
    """Reserved → free."""
    entry = _insert(line, LedgerKind.RELEASE, amount, by, pilot=pilot, reason=reason)
    return _update(entry, line, Q(reserved__gte=amount), reserved=F("reserved") - amount)


def release_committed(line: BudgetLine, *, pilot: Pilot, amount: int, by: Any, reason: str) -> LedgerEntry:
    """Committed → free."""
    entry = _insert(line, LedgerKind.RELEASE, amount, by, pilot=pilot, reason=reason, from_committed=True)
    return _update(entry, line, Q(committed__gte=amount), committed=F("committed") - amount)


def _is_free(amount: int) -> Q:
    return Q(appropriated__gte=F("reserved") + F("committed") + F("paid") + amount)


def _insert(line: BudgetLine, kind: str, amount: int, by: Any, **fields: Any) -> LedgerEntry:
    ask_amount(amount, field="amount_won")
    return LedgerEntry.objects.create(line=line, kind=kind, amount=amount, by=by, **fields)


def _update(entry: LedgerEntry, line: BudgetLine, condition: Q, **totals: Any) -> LedgerEntry:
    """The totals, last. A condition that no longer holds undoes the caller's whole transaction."""
    if not BudgetLine.objects.filter(condition, pk=line.pk).update(**totals):
        raise Refused(
            "budget_has_changed",
            _("The budget line does not hold this amount any more. Nothing was booked: reload the page."),
        )
    line.refresh_from_db(fields=["appropriated", "reserved", "committed", "paid"])
    return entry
