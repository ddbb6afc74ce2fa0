"""Words about rounds and results that wait for the reader's language, and the addresses that messages name."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.notifications import rendering
from innomarket.notifications.rendering import Lines
from innomarket.submissions import kinds
from innomarket.submissions.words import moment, titled

from .models import Result, Round
from .states import RoundState

QUEUE_PATH = "/evaluation/"
MOMENT = timedelta(microseconds=1)


def round_path(round: Round) -> str:
    """The round's page for its panel, without language prefix."""
    return f"/evaluation/{round.number}/"


def sheet_path(round: Round, order: int) -> str:
    """An entry's sheet for its evaluator, without language prefix."""
    return f"/evaluation/{round.number}/{order}/"


def seat_path(round: Round) -> str:
    """One's own seat: invitation, pledge, declining."""
    return f"/evaluation/{round.number}/seat/"


def console_path(round: Round) -> str:
    """The round's page for staff, without language prefix."""
    return f"/admin/evaluation/round/{round.pk}/change/"


def published_path(round: Round) -> str:
    """The public page of a published round, without language prefix."""
    return f"/rounds/{round.number}/"


def publication_path(publication: Any) -> str:
    """The publication's page for staff, without language prefix."""
    return f"/admin/evaluation/publication/{publication.pk}/change/"


def objection_path(result: Result) -> str:
    """The applicant's page of an objection to this result, without language prefix."""
    return f"/objections/{result.entry.submission.number}/?round={result.entry.round.number}"


def objection_console_path(objection: Any) -> str:
    """The objection's page for staff, without language prefix."""
    return f"/admin/evaluation/objection/{objection.pk}/change/"


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


def _place(result: Any) -> str:
    """``result.figures`` says among how many (``letters.with_figures``)."""
    if result.rank is None:
        return "–" if result.total is None else _("none (not passed)")
    if result.entry.round.beside_id is not None:
        return _("%(place)s in the list of round %(number)s, where nobody's place changes") % {
            "place": result.rank,
            "number": result.entry.round.beside.number,
        }
    return _("%(place)s of %(passed)s that passed (%(entries)s judged)") % {
        "place": result.rank,
        "passed": result.figures.passed,
        "entries": result.figures.entries,
    }


def _reason_line(result: Result) -> Lines:
    """A line of its own where the outcome left the order of places, else nothing."""
    if not result.outcome_reason:
        return Lines("")
    reason = rendering.plain(result.outcome_reason, _language())
    return Lines("\n" + _("Reason: %(reason)s") % {"reason": reason})


def _last_day(until: datetime) -> str:
    """The end of a half-open time as people say it: 24:00 of the day before."""
    return f"{formats.kst_date(until - MOMENT, _language())} 24:00 KST"


def _list_url(round: Round) -> Lines:
    """The whole public address of a published round."""
    return Lines(rendering.absolute(published_path(round), _language()))


def comment_lines(comments: Iterable[str]) -> Lines:
    """Each comment on a line of its own; it can begin no other line and carries no link."""
    return Lines("\n".join(f"– {rendering.plain(comment, 'ko')}" for comment in comments) or "–")


def _scores(lines: list[tuple[Any, Decimal, int]], checks: list[tuple[Any, int, int]]) -> str:
    field = "name_en" if (get_language() or "").startswith("en") else "name_ko"
    said = [f"{getattr(criterion, field)} {mean}/{weight}" for criterion, mean, weight in lines]
    said += [
        f"{getattr(check, field)}: {_('unfit') if unfit > fit else _('fit')} ({fit}:{unfit})"
        for check, fit, unfit in checks
    ]
    return " · ".join(said) or "–"


def _outcome(result: Any) -> str:
    return str(result.get_outcome_display())


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


last_day = lazy(_last_day, str)
total = lazy(_total, str)
place = lazy(_place, str)
scores = lazy(_scores, str)
outcome = lazy(_outcome, str)


def reason_line(result: Result) -> Any:
    """Made in the reader's language: a line of its own, or nothing."""
    return partial(_reason_line, result)


def list_url(round: Round) -> Any:
    """Made in the reader's language: the address of the published round."""
    return partial(_list_url, round)


__all__ = [
    "QUEUE_PATH",
    "comment_lines",
    "console_path",
    "due",
    "last_day",
    "list_url",
    "objection_console_path",
    "objection_path",
    "of_round",
    "outcome",
    "place",
    "publication_path",
    "published_path",
    "reason_line",
    "round_path",
    "scores",
    "seat_path",
    "sheet_path",
    "stage_waiting",
    "submission_path",
    "total",
]
