"""What the console says of a round: colours, whose turn it is, the records in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..models import Round
from ..states import RoundState

TONES = {
    RoundState.PREPARING: "neutral",
    RoundState.SCORING: "primary",
    RoundState.FINISHED: "information",
    RoundState.PUBLISHED: "success",
    RoundState.CANCELLED: "danger",
}

VERBS = {
    "evaluation.create_round": gettext_lazy("Round made"),
    "evaluation.start_round": gettext_lazy("Round started"),
    "evaluation.finish_round": gettext_lazy("Scoring ended, results computed"),
    "evaluation.reopen_round": gettext_lazy("Opened again for scoring"),
    "evaluation.select_entries": gettext_lazy("Entries selected"),
    "evaluation.publish_results": gettext_lazy("Results published"),
    "evaluation.cancel_round": gettext_lazy("Round cancelled"),
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
        return _("you: select, then publish the results")
    return ""
