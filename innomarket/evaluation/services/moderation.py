"""Before the scoring ends the chief may give a sheet back; what was submitted stays as its earlier version."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import permissions, words
from ..models import Assignment, Round, Sheet, SheetReturn
from ..states import ROUND_MOVES, SHEET_MOVES

REASON_MAX = 1_000


def return_sheets(*, sheets: Iterable[Sheet], by: Any, reason: str) -> list[Sheet]:
    """Several at once, with one reason: all of them or none. Raises Refused, naming the entry and the member."""
    with transaction.atomic():
        returned = []
        for sheet in sorted(sheets, key=lambda one: (one.assignment_id, one.pk)):
            try:
                returned.append(return_sheet(sheet=sheet, by=by, reason=reason))
            except Refused as refused:
                named = f"{sheet.assignment.entry.submission.number} {sheet.assignment.panelist}"
                raise Refused(
                    refused.code, f"{named}: {refused.reason}", field=refused.field, status=refused.status
                ) from refused
        return returned


def return_sheet(*, sheet: Sheet, by: Any, reason: str) -> Sheet:
    """Give a submitted sheet back to its evaluator, with a reason that they read.

    It counts again once it is submitted again, changed or not. Raises Refused for who is not the chief of the
    round, when the round is not being scored, and for a sheet that is not submitted.
    """
    with transaction.atomic():
        round = share(Round, sheet.assignment.entry.round_id)
        assignment = lock(Assignment.objects.select_related("panelist__user", "entry"), sheet.assignment_id)
        sheet = lock(Sheet, sheet.pk)
        ask(permissions.may_return(by, round, assignment))
        ask_move(ROUND_MOVES, "score", round)
        state = ask_move(SHEET_MOVES, "return", sheet)
        reason = reason_given(reason, most=REASON_MAX)
        version = sheet.versions.get(ordinal=sheet.version)
        created(
            SheetReturn(version=version, by=by, reason=reason, at=now()),
            actor=by,
            verb="evaluation.return_sheet",
            sheet=sheet.pk,
        )
        sheet = changed(sheet, actor=by, verb="evaluation.return_sheet", reason=reason, state=state)
        tell(
            kind="evaluation.sheet_returned",
            people=[assignment.panelist.user],
            about=sheet,
            version=str(version.ordinal),
            values=words.of_round(round)
            | {"order": assignment.entry.order, "reason": reason, "due": words.due(round)},
            url=words.sheet_path(round, assignment.entry.order),
        )
    return sheet
