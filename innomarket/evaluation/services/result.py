"""From the sheets to the result: finish, select; and back before it is published (``publication.py``)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import beside, permissions, reads, words
from ..models import Entry, Result, Round
from ..ranking import compute_results
from ..states import ROUND_MOVES, Outcome, Purpose
from .publication import void_publication
from .seating import REASON_MAX, users_of


def finish_round(*, round: Round, by: Any, reason: str = "") -> Round:
    """End the scoring and compute every entry's result. The chief of the round is told.

    Where an entry has fewer sheets than a result needs, or a sheet that the chief returned waits for its
    evaluator, it is refused unless a reason is given: that entry then has no result, that sheet is left out. What is
    evaluated anew needs its sheets: no result does not supersede a published one.
    Every survey or interview must be on record. Results stay inside the agency until they are published.
    """
    with transaction.atomic():
        round = lock(Round.objects.select_related("lot", "chief", "stage"), round.pk)
        ask(permissions.may_finish(by, round))
        state = ask_move(ROUND_MOVES, "finish", round)
        _ask_records(round)
        _ask_returned(round, reason)
        short = reads.too_few_sheets(round)
        if short and round.purpose == Purpose.ANEW:
            raise Refused(
                "no_result_anew",
                _(
                    "%(which)s would have no result, and none would supersede the one that is published. "
                    "Call further evaluators, or cancel the round."
                )
                % {"which": _named(short)},
            )
        if short and not reason.strip():
            raise Refused(
                "too_few_sheets",
                _(
                    "%(n)s entries have fewer than %(least)s sheets: %(which)s. "
                    "Give a reason to finish without a result for them."
                )
                % {
                    "n": len(short),
                    "least": round.least_sheets,
                    "which": _named(short),
                },
                field="reason",
            )
        compute_results(round)
        if round.beside_id is not None:
            beside.place_results(round)
        at = now()
        round = changed(
            round,
            actor=by,
            verb="evaluation.finish_round",
            reason=reason.strip(),
            state=state,
            finished_at=at,
        )
        results = Result.objects.filter(entry__round=round)
        tell(
            kind="evaluation.round_finished",
            people=[round.chief],
            about=round,
            version=at.isoformat(),
            values=words.of_round(round)
            | {"entries": results.count(), "passed": results.filter(passed=True).count()},
            url=words.console_path(round),
        )
    return round


def reopen_round(*, round: Round, by: Any, reason: str) -> Round:
    """Back to scoring before the results are published: the computed results are dropped and made anew."""
    with transaction.atomic():
        round = lock(Round.objects.select_related("lot"), round.pk)
        ask(permissions.may_reopen(by, round))
        state = ask_move(ROUND_MOVES, "reopen", round)
        reason = reason_given(reason)
        at = now()
        void_publication(round, by=by, reason=_("The round was opened again for scoring."))
        Result.objects.filter(entry__round=round).delete()
        round = changed(
            round, actor=by, verb="evaluation.reopen_round", reason=reason, state=state, finished_at=None
        )
        tell(
            kind="evaluation.round_reopened",
            people=users_of(round.panelists.filter(left_at=None).select_related("user")),
            about=round,
            version=at.isoformat(),
            values=words.of_round(round) | {"reason": reason},
            url=words.round_path(round),
        )
    return round


def select_entries(*, round: Round, by: Any, entries: Iterable[int], reason: str = "") -> Round:
    """Say which entries are selected (by key), or go on to the next stage; the others that pass are not.

    Only in a stage by points: where the answer is fit or unfit, the checks have decided.

    It can be put otherwise until the results are published. A reason is required where the choice leaves
    the order of places: somebody of a lower or the same place is selected before somebody who is not, or
    nobody is though some pass. The applicants whom it concerns read it with their result. In a round beside the
    published one the line of its list has decided; another choice takes a reason too. Who fell in an earlier stage
    since cannot be selected, and is left out without a reason.
    """
    with transaction.atomic():
        round = lock(Round.objects.select_related("stage"), round.pk)
        ask(permissions.may_select(by, round))
        state = ask_move(ROUND_MOVES, "select", round)
        ask(permissions.takes_a_selection(round))
        taken = Outcome.SELECTED if round.stage.is_last() else Outcome.ADVANCES
        void_publication(round, by=by, reason=_("The selection was made anew."))
        results = lock_all(Result.objects.filter(entry__round=round))
        chosen, fallen = set(entries), reads.fallen(round)
        _ask_selectable(results, chosen, fallen)
        asked = [result for result in results if result.entry_id not in fallen]
        concerned = (
            departing(asked, chosen)
            if round.beside_id is None
            else beside.against_the_line(round, asked, chosen)
        )
        if concerned:
            reason = reason_given_for(reason)
        for result in results:
            if result.passed:
                result.outcome = taken if result.entry_id in chosen else Outcome.NOT_SELECTED
            result.outcome_reason = reason if result.entry_id in concerned else ""
        Result.objects.bulk_update(results, ["outcome", "outcome_reason"], batch_size=500)
        return changed(round, actor=by, verb="evaluation.select_entries", reason=reason.strip(), state=state)


def departing(results: Sequence[Result], chosen: set[int]) -> set[int]:
    """The entries that a choice treats against the order of places; empty where it follows it.

    The first places up to a line follow it; a tie across the line does not, whichever of the tied is taken.
    """
    ranks = {result.entry_id: result.rank for result in results if result.rank is not None}
    taken = [rank for entry, rank in ranks.items() if entry in chosen]
    left = [rank for entry, rank in ranks.items() if entry not in chosen]
    if not left:
        return set()
    if not taken:
        return set(ranks)
    last, first_left = max(taken), min(left)
    return {
        entry for entry, rank in ranks.items() if (rank >= first_left if entry in chosen else rank <= last)
    }


def reason_given_for(reason: str) -> str:
    """The reason for leaving the order of places, as long as a result can hold."""
    if not reason.strip():
        raise Refused(
            "order_left",
            _("Your choice leaves the order of places, or a tie lies across the line. Give the reason."),
            field="reason",
        )
    return reason_given(reason, most=REASON_MAX)


def _ask_returned(round: Round, reason: str) -> None:
    waiting = reads.returned_sheets(round)
    if waiting and not reason.strip():
        raise Refused(
            "returned_waiting",
            _(
                "%(n)s returned sheets wait for their evaluators: %(which)s. "
                "Give a reason to end the scoring without them."
            )
            % {
                "n": len(waiting),
                "which": ", ".join(
                    f"{sheet.assignment.entry.submission.number} {sheet.assignment.panelist}"
                    for sheet in waiting[:10]
                )
                + (", …" if waiting[10:] else ""),
            },
            field="reason",
        )


def _named(entries: Sequence[Entry]) -> str:
    numbers = ", ".join(entry.submission.number for entry in entries[:10])
    return f"{numbers}, …" if entries[10:] else numbers


def _ask_records(round: Round) -> None:
    """A survey or interview ends when each entry's is on record."""
    missing = reads.without_a_record(round)
    if missing:
        raise Refused(
            "record_missing",
            _("Put the survey or interview of these entries on record first: %(which)s.")
            % {"which": ", ".join(entry.submission.number for entry in missing[:10])},
        )


def _ask_selectable(results: Sequence[Result], chosen: set[int], fallen: set[int]) -> None:
    by_entry = {result.entry_id: result for result in results}
    if not chosen <= set(by_entry):
        raise Refused(
            "unknown_entry", _("An entry that you chose is not one of this round."), field="entries"
        )
    if any(not by_entry[entry].passed for entry in chosen):
        raise Refused(
            "below_pass",
            _("An entry below the pass mark or without a result cannot be selected."),
            field="entries",
        )
    if chosen & fallen:
        raise Refused(
            "fell_before",
            _(
                "An entry that you chose was evaluated anew and fell in an earlier stage. It cannot be selected."
            ),
            field="entries",
        )
