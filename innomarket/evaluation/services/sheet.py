"""An evaluator's sheet: saved as a draft as often as one likes, submitted once, set aside by staff."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.submissions.models import Criterion

from .. import permissions
from ..models import Assignment, Round, Score, Sheet
from ..states import ROUND_MOVES, SHEET_MOVES
from .round import reason_given

COMMENT_MAX = 4_000


def save_sheet(*, assignment: Assignment, by: Any, points: dict[int, int], comment: str) -> Sheet:
    """Keep a draft: points by the criterion's key (those not given are empty), and the comment.

    Raises Refused for who may not judge the entry, when the round is not being scored, when the sheet is
    submitted, and at the field ``criterion_<key>`` for points outside the criterion's range.
    """
    with transaction.atomic():
        assignment = _taken(assignment, by)
        sheet = Sheet.objects.select_for_update(of=("self",)).filter(assignment=assignment).first()
        if sheet is not None:
            ask_move(SHEET_MOVES, "score", sheet)
        criteria = _criteria(assignment)
        _ask_points(criteria, points)
        comment = _ask_comment(comment)
        at = now()
        if sheet is None:
            sheet = created(
                Sheet(assignment=assignment, comment=comment, saved_at=at),
                actor=by,
                verb="evaluation.save_sheet",
            )
        else:
            sheet.scores.exclude(criterion__in=list(points)).delete()
            sheet = changed(sheet, actor=by, verb="evaluation.save_sheet", comment=comment, saved_at=at)
        Score.objects.bulk_create(
            [
                Score(sheet=sheet, criterion=criteria[pk], points=given, max_points=criteria[pk].max_points)
                for pk, given in points.items()
            ],
            update_conflicts=True,
            unique_fields=["sheet", "criterion"],
            update_fields=["points"],
        )
    return sheet


def submit_sheet(*, sheet: Sheet, by: Any) -> Sheet:
    """Hand the sheet in: every criterion has points, and there is a comment. It then stands as it is."""
    with transaction.atomic():
        assignment = _taken(sheet.assignment, by)
        sheet = lock(Sheet, sheet.pk)
        state = ask_move(SHEET_MOVES, "submit", sheet)
        given = set(sheet.scores.values_list("criterion_id", flat=True))
        for pk, criterion in _criteria(assignment).items():
            if pk not in given:
                raise Refused(
                    "points_missing", _("Give points for each criterion."), field=f"criterion_{criterion.pk}"
                )
        if not sheet.comment:
            raise Refused(
                "comment_missing", _("Write a comment: the applicant reads it as feedback."), field="comment"
            )
        return changed(sheet, actor=by, verb="evaluation.submit_sheet", state=state, submitted_at=now())


def set_aside_sheet(*, sheet: Sheet, by: Any, reason: str) -> Sheet:
    """Staff take a sheet out of the count, with a reason; nobody takes it back in."""
    with transaction.atomic():
        round = share(Round, sheet.assignment.entry.round_id)
        lock(Assignment, sheet.assignment_id)
        sheet = lock(Sheet, sheet.pk)
        ask(permissions.may_set_aside(by, round))
        ask_move(ROUND_MOVES, "score", round)
        state = ask_move(SHEET_MOVES, "set_aside", sheet)
        return changed(
            sheet, actor=by, verb="evaluation.set_aside_sheet", reason=reason_given(reason), state=state
        )


def _taken(assignment: Assignment, by: Any) -> Assignment:
    """The round shared, so that finishing waits for us; the assignment locked; the person asked."""
    round = share(Round, assignment.entry.round_id)
    assignment = lock(Assignment.objects.select_related("panelist", "entry__submission__lot"), assignment.pk)
    ask(permissions.may_score(by, assignment))
    ask_move(ROUND_MOVES, "score", round)
    return assignment


def _criteria(assignment: Assignment) -> dict[int, Criterion]:
    call = assignment.entry.submission.lot.call_id
    return {criterion.pk: criterion for criterion in Criterion.objects.filter(group__call=call)}


def _ask_points(criteria: dict[int, Criterion], points: dict[int, int]) -> None:
    for pk, given in points.items():
        if pk not in criteria:
            raise Refused("unknown_criterion", _("A criterion that you scored is not one of this call."))
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= criteria[pk].max_points:
            raise Refused(
                "out_of_range",
                _("Give a whole number from 0 to %(most)s.") % {"most": criteria[pk].max_points},
                field=f"criterion_{pk}",
            )


def _ask_comment(comment: str) -> str:
    comment = comment.strip()
    if len(comment) > COMMENT_MAX:
        raise Refused(
            "comment_too_long",
            _("Write at most %(most)s characters.") % {"most": f"{COMMENT_MAX:,}"},
            field="comment",
        )
    return comment
