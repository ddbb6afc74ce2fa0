"""What the console says of a round: colours, whose turn it is."""

from typing import Any

from django.utils.translation import gettext as _

from ..models import Round
from ..states import RoundState

TONES = {
    RoundState.PREPARING: "neutral",
    RoundState.SCORING: "primary",
    RoundState.FINISHED: "information",
    RoundState.PUBLISHED: "success",
    RoundState.CANCELLED: "danger",
}


def waiting_for(round: Round, counts: dict[str, int]) -> Any:
    """Whose turn it is; "" where nobody's."""
    if round.state == RoundState.PREPARING:
        if counts["panel"] < round.least_sheets:
            return _("you: seat at least %(n)s evaluators") % {"n": round.least_sheets}
        return _("you: start the round")
    if round.state == RoundState.SCORING:
        left = counts["expected"] - counts["counted"]
        return _("the evaluators: %(n)s sheets") % {"n": left} if left else _("you: end the scoring")
    if round.state == RoundState.FINISHED:
        if not (round.stage.by_points and round.is_first):
            return _("you: publish the results")
        return _("you: select, then publish the results")
    return ""
