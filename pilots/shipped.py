"""The limits of a pilot purchase as published, and our defaults where nothing is."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_noop

from .models import PilotRule

# domain.md §4. The rate of VAT and the inspection's days stand in law and contract terms; that the
# limits are asked of each pilot purchase, and the institutions of each product, is our default.
RULES: list[tuple[tuple[date | None, date | None], dict[str, Any]]] = [
    (
        (None, date(2020, 1, 1)),
        {
            "most_won_a_pilot": 300_000_000,
            "source": gettext_noop(
                "PPS: 300 million won a pilot (2019), 5 institutions a product (2021); "
                "contract terms, art. 19; Value-Added Tax Act, art. 30"
            ),
        },
    ),
    (
        (date(2020, 1, 1), None),
        {
            "most_won_a_pilot": 500_000_000,
            "source": gettext_noop(
                "PPS: 500 million won a pilot (2020), 5 institutions a product (2021); "
                "contract terms, art. 19; Value-Added Tax Act, art. 30"
            ),
        },
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
