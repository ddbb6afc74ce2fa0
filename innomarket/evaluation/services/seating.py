"""What every way onto a panel has in common: a place, the entries, what is told. Callers hold the round's lock."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from innomarket.audit.services import created
from innomarket.common.constraints import in_words
from innomarket.common.refusals import Refused
from innomarket.notifications.services import tell

from .. import conflicts, words
from ..models import Assignment, Entry, Panelist, Recusal, Round
from ..states import SEATING

REASON_MAX = 300


def ask_seating(round: Round) -> None:
    """The panel changes only before and while the round is scored."""
    if round.state not in SEATING:
        raise Refused(
            "seat_not_now",
            _("The panel can be changed only before and while the round is scored. Its state is “%(state)s”.")
            % {"state": round.get_state_display()},
        )


def take_seat(*, round: Round, user: Any, by: Any, verb: str, **fields: Any) -> Panelist:
    """The next place on the panel."""
    last = round.panelists.aggregate(last=Max("place"))["last"] or 0
    with in_words(Panelist, one_seat_on_a_panel="user", appointed_panelist_says_why="reason"):
        return created(
            Panelist(round=round, user=user, place=last + 1, **fields),
            actor=by,
            verb=verb,
            round=round.pk,
            user=user.pk,
            origin=fields.get("origin", Panelist.Origin.APPOINTED),
        )


def assign(round: Round, panel: list[Panelist], entries: list[Entry]) -> None:
    """Every entry to every member, with a recusal where the records show a conflict of interest."""
    found = Recusal.objects.bulk_create(_conflicts_found(round, panel, entries))
    recusals = {(recusal.panelist_id, recusal.entry_id): recusal for recusal in found}
    Assignment.objects.bulk_create(
        Assignment(entry=entry, panelist=panelist, recusal=recusals.get((panelist.pk, entry.pk)))
        for entry in entries
        for panelist in panel
    )


def _conflicts_found(round: Round, panel: list[Panelist], entries: list[Entry]) -> list[Recusal]:
    sides = conflicts.sides_of((entry.submission for entry in entries), owner=round.lot.owner_id)
    found: dict[tuple[int, int | None], conflicts.Conflict] = {
        (one.user, one.submission): one for one in conflicts.find([seat.user_id for seat in panel], sides)
    }
    recusals = []
    for panelist in panel:
        # What concerns the whole lot is who joined its institution between seat and start.
        whole = found.get((panelist.user_id, None))
        for entry in entries:
            conflict = found.get((panelist.user_id, entry.submission_id), whole)
            if conflict is not None:
                reason = conflict.sentence[:REASON_MAX]
                recusals.append(
                    Recusal(panelist=panelist, entry=entry, ground=conflict.ground, reason=reason)
                )
    return recusals


def tell_started(round: Round, panel: list[Panelist], entries: int) -> None:
    """What is to be done on the round; the first reminder too (“on assignment”)."""
    tell(
        kind="evaluation.round_started",
        people=users_of(panel),
        about=round,
        values=words.of_round(round) | {"entries": entries, "due": words.due(round)},
        url=words.round_path(round),
    )


def users_of(panel: Iterable[Panelist]) -> list[Any]:
    return [panelist.user for panelist in panel]
