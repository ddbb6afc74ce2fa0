"""What the consoles of the budget desk share."""

from typing import Any

from ..words import short_money, won

KEEPS = "accounts.keep_budget"
LATEST = 50


def tiles(*pairs: tuple[Any, int]) -> list[dict[str, Any]]:
    """Tiles of amounts; the last one is what the desk asks for first."""
    made = [_tile(label, amount) for label, amount in pairs]
    made[-1]["primary"] = True
    return made


def _tile(label: Any, amount: int) -> dict[str, Any]:
    if amount % 10_000:
        return {"label": label, "value": won(amount)}
    return {"label": label, "value": short_money(amount), "note": won(amount)}
