"""Amounts and names as a reader's language writes them: lazy, for messages, milestones and refusals."""

from typing import Any

from django.utils.functional import Promise
from django.utils.functional import lazy as _lazy
from django.utils.translation import get_language

from innomarket.common import formats


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def _money(amount: int) -> str:
    full = formats.won(amount, _language())
    return f"{full} ({formats.eok(amount, _language())})" if formats.eok_is_short(amount) else full


def _name(obj: Any) -> str:
    first, second = ("en", "ko") if _language() == "en" else ("ko", "en")
    return getattr(obj, f"name_{first}") or getattr(obj, f"name_{second}")


def _day(value: Any) -> str:
    return formats.kst_date(value, _language())


def money(amount: int) -> Promise:
    """Whole won with 억/만 (billion/million) beside it where that is short: 3,300,000,000원 (33억 원)."""
    return _lazy(_money, str)(int(amount))


def name_of(obj: Any) -> Promise:
    """``name_ko`` or ``name_en`` by the reader's language; the other one where it is missing."""
    return _lazy(_name, str)(obj)


def day(value: Any) -> Promise:
    """A calendar day in Seoul with its weekday."""
    return _lazy(_day, str)(value)
