"""A plain table of allowed moves between states, and the question whether one is allowed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .refusals import Refused


@dataclass(frozen=True)
class Move:
    """From any of ``sources`` to ``target``."""

    sources: frozenset[str]
    target: str


def move(sources: str | Iterable[str], target: str) -> Move:
    """Written in an app's ``states.py``: ``"submit": move(DRAFT, SUBMITTED)``."""
    return Move(frozenset([sources] if isinstance(sources, str) else sources), target)


def ask_move(moves: Mapping[str, Move], verb: str, obj: Any, *, field: str = "state") -> str:
    """The state that ``verb`` leads to. Raises Refused where the table does not hold the move."""
    allowed = moves[verb]
    if getattr(obj, field) not in allowed.sources:
        shown = getattr(obj, f"get_{field}_display", lambda: getattr(obj, field))()
        raise Refused(
            f"{verb}_not_now",
            _("This cannot be done now: the state is “%(state)s”. Reload the page to see it as it is.")
            % {"state": shown},
        )
    return allowed.target
