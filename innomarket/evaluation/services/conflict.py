"""Conflicts of interest: declared before anything opens, and added when one comes to light later.

Whoever says in one round that they know a company judges it in no other, whichever came first. A round that is being
scored is looked at here, one that starts later at its start, and who seats somebody asks before (``conflicts.py``).
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import conflicts as conflicts_found
from .. import permissions, words
from ..loads import hold_loads
from ..models import Assignment, DrawStep, Entry, Panelist, Recusal, Round, Sheet
from ..states import ROUND_MOVES, SEATING, SHEET_MOVES, RoundState, SheetState
from .calling import call_next
from .seating import REASON_MAX


def declare_conflicts(*, round: Round, by: Any, conflicts: dict[int, str]) -> Panelist:
    """The evaluator's first step: for which entries they cannot judge (entry's key → reason), maybe none.

    Then the other entries open for them. Raises Refused for who is not on the panel, while the round is not
    being scored, for an entry of another round, for a missing reason, and the second time.
    """
    with transaction.atomic():
        rounds = hold_rounds(by, round.pk)
        round = rounds.pop(round.pk)
        panelist = round.panelists.select_for_update(of=("self",)).filter(user=by.pk, left_at=None).first()
        ask(permissions.may_declare(by, panelist))
        assert panelist is not None  # else the permission has refused
        ask(permissions.has_pledged(panelist))
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
        _call_substitute(round, panelist, list(conflicts), by)
        if conflicts:
            check_rounds(rounds.values(), by)
    return panelist


def declare_conflict(*, assignment: Assignment, by: Any, reason: str) -> Assignment:
    """A conflict that came to light later: the entry closes for the evaluator, and their sheet is set aside.

    Where the panel was drawn the next in the order is called for this entry. What the applicant submitted to other
    rounds that are being scored closes too. Only while the round is being scored; afterwards staff reopen it first.
    """
    with transaction.atomic():
        rounds = hold_rounds(by, assignment.entry.round_id)
        round = rounds.pop(assignment.entry.round_id)
        assignment = lock(Assignment.objects.select_related("panelist"), assignment.pk)
        ask(
            permissions.is_on_panel(by, assignment.panelist),
            permissions.has_declared(assignment.panelist),
        )
        ask_move(ROUND_MOVES, "score", round)
        if assignment.recusal_id is not None:
            raise Refused("recused_already", _("You are already recused from this entry."))
        _recuse(assignment, by, _said(reason, "reason"))
        _set_aside(assignment, by)
        _call_substitute(round, assignment.panelist, [assignment.entry_id], by)
        check_rounds(rounds.values(), by)
    return assignment


def check_again(*, user: Any) -> int:
    """Somebody has joined an organisation: what the records now show against their open entries; how many.

    Those entries close for them, their sheets are set aside and kept, and the next in the order is called.
    """
    with transaction.atomic():
        return check_rounds(hold_rounds(user).values(), user)


def hold_rounds(user: Any, *further: int) -> dict[int, Round]:
    """The rounds on whose panels they sit, and further ones, FOR UPDATE: none starts or ends meanwhile.

    Then the rule's row, which everybody holds who seats: so nobody is seated either by who has not seen what is about
    to be written. A seat that was given while we waited for it is held too, in the order of keys as before.
    """
    while True:
        before = transaction.savepoint()
        seats = Panelist.objects.filter(user=user.pk, left_at=None, round__state__in=SEATING)
        keys = {*seats.values_list("round", flat=True), *further}
        held = lock_all(Round.objects.filter(pk__in=keys).select_related("lot"))
        hold_loads()
        if keys.issuperset(seats.values_list("round", flat=True)):
            return {round.pk: round for round in held}
        transaction.savepoint_rollback(before)


def check_rounds(rounds: Iterable[Round], user: Any) -> int:
    """What the records now show against their open entries in these rounds, which the caller holds; how many."""
    return sum(_check_round(round, user) for round in rounds if round.state == RoundState.SCORING)


def _check_round(round: Round, user: Any) -> int:
    open_ = lock_all(
        Assignment.objects.filter(
            panelist__user=user, panelist__left_at=None, entry__round=round, recusal=None
        ).select_related("panelist", "entry__submission")
    )
    sides = conflicts_found.sides_of((one.entry.submission for one in open_), owner=round.lot.owner_id)
    known = {one.submission: one for one in conflicts_found.find([user.pk], sides)}
    hit = [(one, known.get(one.entry.submission_id) or known.get(None)) for one in open_]
    concerned = [(assignment, conflict) for assignment, conflict in hit if conflict is not None]
    for assignment, conflict in concerned:
        _recuse(assignment, None, conflict.sentence[:REASON_MAX], conflict.ground)
        _set_aside(assignment, None)
    if concerned:
        closed = [assignment for assignment, _conflict in concerned]
        _call_substitute(round, closed[0].panelist, [assignment.entry_id for assignment in closed], None)
        if not round.stage.blind:
            _tell_closed(round, closed)
    return len(concerned)


def _tell_closed(round: Round, closed: list[Assignment]) -> None:
    """To whose entries closed by the records. A mail names neither the tie nor the applicant; the round's page does.

    In a blind round entries leave the list without a word: no evaluator learns whose they are.
    """
    seat, orders = closed[0].panelist, sorted(assignment.entry.order for assignment in closed)
    tell(
        kind="evaluation.entries_closed",
        people=[seat.user],
        about=seat,
        version=orders[0],
        values=words.of_round(round) | {"orders": ", ".join(map(str, orders))},
        url=words.round_path(round),
    )


def _set_aside(assignment: Assignment, by: Any) -> None:
    for sheet in lock_all(Sheet.objects.filter(assignment=assignment).exclude(state=SheetState.SET_ASIDE)):
        state = ask_move(SHEET_MOVES, "set_aside", sheet)
        changed(sheet, actor=by, verb="evaluation.set_aside_sheet", state=state)


def _call_substitute(round: Round, seat: Panelist, entries: list[int], by: Any) -> None:
    if not entries or not seat.kind:
        return
    theirs = Entry.objects.filter(pk__in=entries).select_related("submission").order_by("order")
    call_next(round=round, instead_of=seat, cause=DrawStep.Cause.CONFLICT, by=by, entries=theirs)


def _recuse(assignment: Assignment, by: Any, reason: str, ground: str = Recusal.Ground.DECLARED) -> None:
    recusal = created(
        Recusal(
            panelist_id=assignment.panelist_id,
            entry_id=assignment.entry_id,
            ground=ground,
            reason=reason,
        ),
        actor=by,
        verb="evaluation.declare_conflict" if by else "evaluation.find_conflict",
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
