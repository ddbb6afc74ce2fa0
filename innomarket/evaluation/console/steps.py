"""What every step of a round's console begins with; the steps themselves stand by noun beside this file."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused

from .. import reads
from ..models import Round
from ..states import ROUND_MOVES, RoundState


def counts_of(round: Round) -> dict[str, int]:
    """The round's counts, asked once for a page."""
    if not hasattr(round, "_counts"):
        round._counts = reads.counts(round)  # type: ignore[attr-defined]
    return round._counts  # type: ignore[attr-defined]


def told_panel(round: Round) -> str:
    n = counts_of(round)["panel"]
    return ngettext("%(n)s evaluator is told", "%(n)s evaluators are told", n) % {"n": n}


ENDED = {
    RoundState.PUBLISHED: gettext_lazy("The results are published."),
    RoundState.CANCELLED: gettext_lazy("The round is cancelled."),
}


class Step(ActionView):
    """A move of one round: possible where the table of moves holds it."""

    permission_required = "accounts.run_rounds"
    verb = ""

    def available(self, obj: Any) -> Refusal | None:
        try:
            ask_move(ROUND_MOVES, self.verb, obj)
        except Refused as refused:
            return Refusal(refused.code, self.not_now(obj) or refused.reason)
        return None

    def not_now(self, obj: Any) -> Any:
        """Why this is not possible in the round's state, in words of its own."""
        return ENDED.get(RoundState(obj.state), "")


class RoundFormStep(Step):
    """A step whose form needs the round."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "round": self.object}
