"""The limits of a pilot purchase as published, and our defaults where nothing is."""

from datetime import date
from typing import Any

from .models import PilotRule

# domain.md §4. The rate of VAT and the inspection's days stand in law and contract terms; that the
# limits are asked of each pilot purchase, and the institutions of each product, is our default.
_SOURCE = (
    "시범구매 한도 {limit} · 제품당 5개 기관(2021년) · "
    "검사 14일: 물품구매계약 일반조건 제19조 · 세율: 부가가치세법 제30조"
)
RULES: list[tuple[tuple[date | None, date | None], dict[str, Any]]] = [
    (
        (None, date(2020, 1, 1)),
        {"most_won_a_pilot": 300_000_000, "source": _SOURCE.format(limit="3억 원(2019년)")},
    ),
    (
        (date(2020, 1, 1), None),
        {"most_won_a_pilot": 500_000_000, "source": _SOURCE.format(limit="5억 원(2020년)")},
    ),
]
_EVERY: dict[str, Any] = {
    "most_institutions_a_product": 5,
    "vat_percent": 10,
    "inspection_days": 14,
    "is_default": True,
}


def load() -> int:
    """Put the rules in place where staff have entered none for the time. Safe to run again."""
    for valid, values in RULES:
        PilotRule.ensure(valid=valid, values={**_EVERY, **values})
    return len(RULES)
