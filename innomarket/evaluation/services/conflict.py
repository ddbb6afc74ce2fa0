"""Conflicts of interest: declared before anything opens, and added when one comes to light later."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all, share
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from .. import permissions
from ..models import Assignment, Panelist, Recusal, Round, Sheet
from ..states import ROUND_MOVES, SHEET_MOVES, SheetState
from .round import REASON_MAX


def declare_conflicts(*, round: Round, by: Any, conflicts: dict[int, str]) -> Panelist:
    """The evaluator's first step: for which entries they cannot judge (entry's key → reason), maybe none.

    Then the other entries open for them. Raises Refused for who is not on the panel, while the round is not
    being scored, for an entry of another round, for a missing reason, and the second time.
    """
    with transaction.atomic():
        round = share(Round, round.pk)
        panelist = round.panelists.select_for_update(of=("self",)).filter(user=by.pk, left_at=None).first()
        ask(permissions.may_declare(by, panelist))
        assert panelist is not None  # else the permission has refused
        ask_move(ROUND_MOVES, "score", round)
        if panelist.declared_at is not None:
            raise Refused(
                "declared_already",
                _("You have declared already. A further conflict is declared at the sheet of its entry."),
            )
        assignments = {
            assignment.entry_id: assignment
            for assignment in lock_all(panelist.assignments.filter(entry__in=list(conflicts)))
        }
        for entry, reason in conflicts.items():
            if entry not in assignments:
                raise Refused("unknown_entry", _("An entry that you named is not assigned to you."))
            if assignments[entry].recusal_id is None:
                _recuse(assignments[entry], by, _said(reason, f"reason_{entry}"))
        changed(panelist, actor=by, verb="evaluation.declare_conflicts", declared_at=now())
    return panelist


def declare_conflict(*, assignment: Assignment, by: Any, reason: str) -> Assignment:
    """A conflict that came to light later: the entry closes for the evaluator, and their sheet is set aside.

    Only while the round is being scored; afterwards staff reopen it first.
    """
    with transaction.atomic():
        round = share(Round, assignment.entry.round_id)
        assignment = lock(Assignment.objects.select_related("panelist"), assignment.pk)
        ask(
            permissions.is_on_panel(by, assignment.panelist),
            permissions.has_declared(assignment.panelist),
        )
        ask_move(ROUND_MOVES, "score", round)
        if assignment.recusal_id is not None:
            raise Refused("recused_already", _("You are already recused from this entry."))
        _recuse(assignment, by, _said(reason, "reason"))
        for sheet in lock_all(
            Sheet.objects.filter(assignment=assignment).exclude(state=SheetState.SET_ASIDE)
        ):
            state = ask_move(SHEET_MOVES, "set_aside", sheet)
            changed(sheet, actor=by, verb="evaluation.set_aside_sheet", state=state)
    return assignment


def _recuse(assignment: Assignment, by: Any, reason: str) -> None:
    recusal = created(
        Recusal(
            panelist_id=assignment.panelist_id,
            entry_id=assignment.entry_id,
            ground=Recusal.Ground.DECLARED,
            reason=reason,
        ),
        actor=by,
        verb="evaluation.declare_conflict",
        entry=assignment.entry_id,
    )
    changed(assignment, actor=by, verb="evaluation.recuse", recusal=recusal)


def _said(reason: str, field: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Refused("reason_needed", _("Say in a few words what the conflict is."), field=field)
    if len(reason) > REASON_MAX:
        raise Refused(
            "reason_too_long",
            _("Give the reason in at most %(most)s characters.") % {"most": REASON_MAX},
            field=field,
        )
    return reason
