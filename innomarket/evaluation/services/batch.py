"""One step for several rounds at once: all or none."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused
from innomarket.submissions.models import Lot

from ..models import Panelist, Round
from .round import create_round, seat_panelist, start_round


def create_rounds(
    *,
    lots: Sequence[Lot],
    by: Any,
    people: Iterable[Any] = (),
    due_at: datetime | None = None,
    reason: str = "",
) -> list[Round]:
    """A round for each of several lots. ``people`` are appointed to all of them, with the reason; else draw."""
    panel = list(people)
    with transaction.atomic():
        rounds = [
            create_round(lot=lot, by=by, due_at=due_at)
            for lot in sorted(lots, key=lambda lot: (lot.order, lot.pk))
        ]
        if not rounds:
            raise Refused("no_lots", _("There is no lot here that needs a round."), field="call")
        for round_ in rounds:
            seat_panelists(round=round_, by=by, people=panel, reason=reason)
    return rounds


def seat_panelists(*, round: Round, by: Any, people: Iterable[Any], reason: str) -> list[Panelist]:
    """Several people appointed to one panel, in the order given."""
    with transaction.atomic():
        return [seat_panelist(round=round, by=by, user=user, reason=reason) for user in people]


def start_rounds(*, rounds: Sequence[Round], by: Any) -> list[Round]:
    """Start several rounds; where one cannot be started, none is, and the refusal names it."""
    with transaction.atomic():
        started = []
        for round_ in sorted(rounds, key=lambda one: one.pk):
            try:
                started.append(start_round(round=round_, by=by))
            except Refused as refused:
                raise Refused(
                    refused.code, f"{round_.number}: {refused.reason}", field="call", status=refused.status
                ) from refused
        if not started:
            raise Refused("no_rounds", _("There is no round here to start."), field="call")
    return started
