"""Words about rounds and results that wait for the reader's language, and the addresses that messages name."""

from decimal import Decimal
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from innomarket.submissions import kinds
from innomarket.submissions.words import moment, titled

from .models import Result, Round
from .states import RoundState

QUEUE_PATH = "/evaluation/"


def round_path(round: Round) -> str:
    """The round's page for its panel, without language prefix."""
    return f"/evaluation/{round.number}/"


def sheet_path(round: Round, order: int) -> str:
    """An entry's sheet for its evaluator, without language prefix."""
    return f"/evaluation/{round.number}/{order}/"


def console_path(round: Round) -> str:
    """The round's page for staff, without language prefix."""
    return f"/admin/evaluation/round/{round.pk}/change/"


def submission_path(submission: Any) -> str:
    """The page of what was submitted; "" where no app knows its kind."""
    known = {kind.code: kind for kind in kinds.all_kinds()}
    kind = known.get(submission.lot.call.kind)
    return kind.url(submission) if kind else ""


def of_round(round: Round) -> dict[str, Any]:
    return {"number": round.number, "title": titled(round.lot, "title")}


def due(round: Round) -> Any:
    return moment(round.due_at) if round.due_at else gettext_lazy("no date set")


def stage_waiting(stage: Any, state: str) -> Any:
    """Whom an applicant waits for, in words: the stage, and whether it is under way."""
    name = titled(stage, "name")
    if state == RoundState.SCORING:
        return _("%(stage)s: the evaluators") % {"stage": name}
    if state == RoundState.FINISHED:
        return _("%(stage)s: its result from the agency") % {"stage": name}
    return _("%(stage)s: the agency begins it") % {"stage": name}


def _total(result: Result) -> str:
    return _("no result") if result.total is None else _("%(total)s of 100") % {"total": result.total}


def _place(result: Result) -> str:
    if result.rank is None:
        return "–" if result.total is None else _("none (not passed)")
    return str(result.rank)


def _scores(lines: list[tuple[Any, Decimal, int]], checks: list[tuple[Any, int, int]]) -> str:
    field = "name_en" if (get_language() or "").startswith("en") else "name_ko"
    said = [f"{getattr(criterion, field)} {mean}/{weight}" for criterion, mean, weight in lines]
    said += [
        f"{getattr(check, field)}: {_('unfit') if unfit > fit else _('fit')} ({fit}:{unfit})"
        for check, fit, unfit in checks
    ]
    return " · ".join(said) or "–"


def _outcome(result: Result) -> str:
    return str(result.get_outcome_display())


total = lazy(_total, str)
place = lazy(_place, str)
scores = lazy(_scores, str)
outcome = lazy(_outcome, str)

__all__ = [
    "QUEUE_PATH",
    "console_path",
    "due",
    "of_round",
    "outcome",
    "place",
    "round_path",
    "scores",
    "sheet_path",
    "stage_waiting",
    "submission_path",
    "total",
]
