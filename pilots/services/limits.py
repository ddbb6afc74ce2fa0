"""Limits on an amount: each is checked, and the tightest is the one that the refusal names (rules.md)."""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innomarket.common.refusals import Refused

from ..words import money

# Far above any budget, far below what the column holds: sums of such amounts cannot overflow it.
MOST_WON = 10**15


@dataclass(frozen=True)
class Limit:
    """At most ``most`` won. ``text`` is the whole refusal, with %(amount)s, %(most)s and ``values``."""

    code: str
    most: int
    text: Promise | str
    values: dict[str, Any] = dataclasses.field(default_factory=dict)


def ask_amount(amount: int, *, field: str) -> None:
    """Refused unless the amount is a positive number of whole won that a column can hold."""
    if amount <= 0:
        raise Refused("not_positive", _("Enter an amount of at least 1 won."), field=field)
    if amount > MOST_WON:
        raise Refused(
            "too_large",
            _("This amount is too large: at most %(most)s.") % {"most": money(MOST_WON)},
            field=field,
        )


def tightest(limits: Iterable[Limit]) -> Limit:
    """The lowest of several limits; among equals the one that was named first."""
    return min(limits, key=lambda limit: limit.most)


def ask_within(amount: int, limits: Iterable[Limit], *, field: str) -> None:
    """Refused where the amount is above any limit; the tightest limit is named, in won and in 억."""
    ask_amount(amount, field=field)
    limit = tightest(limits)
    if amount > limit.most:
        values = {"amount": money(amount), "most": money(max(limit.most, 0)), **limit.values}
        raise Refused(limit.code, limit.text % values, field=field)
