"""Open a year's budget line, add to it, take from what is free."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import created, record
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused, ask

from ..models import BudgetLine
from ..permissions import may_keep_budget
from ..words import name_of
from . import ledger
from .limits import Limit, ask_amount, ask_within

MOST_REASON = 300


def open_budget_line(
    *, by: Any, year: int, code: str, name_ko: str, name_en: str, amount: int, reason: str
) -> BudgetLine:
    """Open a line of a year with its first appropriation (won).

    Raises Refused without the permission, without both names, or where the code exists in that year.
    """
    ask(may_keep_budget(by))
    ask_reason(reason)
    ask_amount(amount, field="amount")
    for field, name in (("name_ko", name_ko), ("name_en", name_en)):
        if not name.strip():
            raise Refused("name_missing", _("Give the name in Korean and in English."), field=field)
    try:
        with transaction.atomic():
            line = BudgetLine(year=year, code=code, name_ko=name_ko.strip(), name_en=name_en.strip())
            created(line, actor=by, verb="pilots.open_line", reason=reason, amount=amount)
            ledger.appropriate(line, amount=amount, by=by, reason=reason)
    except IntegrityError as error:
        if "one_line_a_year_and_code" not in str(error):
            raise
        raise Refused(
            "line_exists", _("This year already has a budget line with this code."), field="code"
        ) from error
    return line


def appropriate(*, line: BudgetLine, by: Any, amount: int, reason: str) -> BudgetLine:
    """Add a supplement (won) to a line. Raises Refused without the permission or a reason."""
    with transaction.atomic():
        line = lock(BudgetLine, line.pk)
        ask(may_keep_budget(by, line))
        ask_reason(reason)
        ask_amount(amount, field="amount")
        record(actor=by, verb="pilots.appropriate", subject=line, changes={"amount": amount}, reason=reason)
        ledger.appropriate(line, amount=amount, by=by, reason=reason)
    return line


def withdraw(*, line: BudgetLine, by: Any, amount: int, reason: str) -> BudgetLine:
    """Take free money (won) from a line; refused where more is asked than is free (rules.md "Money")."""
    with transaction.atomic():
        line = lock(BudgetLine, line.pk)
        ask(may_keep_budget(by, line))
        ask_reason(reason)
        ask_within(amount, [free_limit(line)], field="amount")
        record(actor=by, verb="pilots.withdraw", subject=line, changes={"amount": amount}, reason=reason)
        ledger.withdraw(line, amount=amount, by=by, reason=reason)
    return line


def free_limit(line: BudgetLine) -> Limit:
    """What is free in the line."""
    return Limit(
        "over_budget",
        line.free,
        _("%(amount)s is more than what is free in the budget line “%(line)s”: at most %(most)s."),
        {"line": name_of(line)},
    )


def ask_reason(reason: str) -> None:
    """Refused without a reason, or with one that the ledger cannot hold."""
    if not reason.strip():
        raise Refused("reason_missing", _("Give the reason: it stands in the ledger."), field="reason")
    if len(reason) > MOST_REASON:
        raise Refused(
            "reason_too_long",
            _("Give the reason in at most %(most)s characters.") % {"most": MOST_REASON},
            field="reason",
        )
