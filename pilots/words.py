"""Amounts and names as a reader's language writes them: lazy texts, for messages, milestones and refusals."""

from typing import Any

from django.utils.functional import lazy as _lazy
from django.utils.translation import get_language

from innomarket.common import formats


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def _money(amount: int) -> str:
    full = formats.won(amount, _language())
    # 13,636,363원 gains nothing from "1,363.6363만 원" beside it.
    is_short = formats.eok_is_short(amount) and amount % formats.MAN == 0
    return f"{full} ({formats.eok(amount, _language())})" if is_short else full


def _won(amount: int) -> str:
    return formats.won(amount, _language())


def _short_money(amount: int) -> str:
    return formats.eok(amount, _language())


def _name(obj: Any) -> str:
    first, second = ("en", "ko") if _language() == "en" else ("ko", "en")
    return getattr(obj, f"name_{first}") or getattr(obj, f"name_{second}")


def _day(value: Any) -> str:
    return formats.kst_date(value, _language())


def money(amount: int) -> str:
    """Whole won with 억/만 (billion/million) beside it where that is short: 3,300,000,000원 (33억 원)."""
    return _lazy(_money, str)(int(amount))


def short_money(amount: int) -> str:
    """The same amount, exactly, in 억/만 won or billion/million: for tiles, beside the won."""
    return _lazy(_short_money, str)(int(amount))


def won(amount: int) -> str:
    """Whole won alone: 3,300,000,000원."""
    return _lazy(_won, str)(int(amount))


def name_of(obj: Any) -> str:
    """``name_ko`` or ``name_en`` by the reader's language; the other one where it is missing."""
    return _lazy(_name, str)(obj)


def day(value: Any) -> str:
    """A calendar day in Seoul with its weekday."""
    return _lazy(_day, str)(value)
