"""Remind panel members of open work: 7 and 3 days before the sheets are due, and 1 day after, until all is done.

The assignment itself is told by the service that makes it. Nothing is planned ahead: the sweep asks what is due
now, so a moved due date moves the reminders, and a worker that was away sends the nearest one only.
"""

from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Q
from django.utils.functional import lazy
from django.utils.translation import ngettext

from innomarket.audit.services import record
from innomarket.common.clock import now, today
from innomarket.common.locks import share
from innomarket.common.moves import ask_move
from innomarket.common.refusals import ask
from innomarket.notifications.services import tell

from .. import permissions, words
from ..models import Assignment, Panelist, PanelReminderRule, Round
from ..states import ROUND_MOVES, WRITING, RoundState

log = structlog.get_logger(__name__)


def step_at(rule: PanelReminderRule, due_at: datetime, at: datetime) -> int | None:
    """The latest step that has come, in days from the due date (before: negative); None before the first.

    A step holds until the next one: so the last before the due date holds until the first after it.
    """
    steps = sorted([*(-days for days in rule.days_before), *rule.days_after])
    come = [days for days in steps if due_at + timedelta(days=days) <= at]
    return come[-1] if come else None


def remind_panels() -> int:
    """Remind every panel member who is due and whom no other sweep holds; how many. Raises Refused without a rule."""
    rule, reminded = PanelReminderRule.objects.at(), 0
    seats = Panelist.objects.filter(
        left_at=None, round__state=RoundState.SCORING, round__due_at__isnull=False
    )
    for round_pk, pk in seats.order_by("round", "pk").values_list("round", "pk"):
        try:
            with transaction.atomic():
                reminded += _remind(rule, round_pk, pk)
        except Exception:
            log.exception("not reminded", panelist=pk)
    return reminded


def _remind(rule: PanelReminderRule, round_pk: int, pk: int) -> int:
    """The round first, FOR SHARE: it neither ends nor moves meanwhile."""
    round = share(Round, round_pk)
    if round.state != RoundState.SCORING or round.due_at is None:
        return 0
    rows = Panelist.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, left_at=None)
    seat = rows.select_related("user").first()
    if seat is None:
        return 0
    days = step_at(rule, round.due_at, now())
    # Who was seated after the step came has just been told of the work.
    if days is None or seat.seated_at > round.due_at + timedelta(days=days):
        return 0
    left = open_work(seat)
    return _tell(round, seat, left, version=f"{days}d-{round.due_at.isoformat()}") if left else 0


def remind_open(*, round: Round, by: Any) -> int:
    """Remind everybody on the panel who has open sheets now, whatever the due date; how many are told.

    Each at most once a day. Raises Refused where the round is not being scored.
    """
    with transaction.atomic():
        round = share(Round, round.pk)
        ask(permissions.may_remind(by, round))
        ask_move(ROUND_MOVES, "score", round)
        version = f"asked-{today().isoformat()}"
        told = sum(_tell(round, seat, left, version=version) for seat, left in with_open_work(round))
        record(actor=by, verb="evaluation.remind_panel", subject=round, changes={"told": told})
    return told


def with_open_work(round: Round) -> list[tuple[Panelist, int]]:
    """The members of the panel who have sheets to submit, and how many."""
    seats = round.panelists.filter(left_at=None).select_related("user")
    counted = seats.annotate(
        open=Count("assignments", filter=_open("assignments__") & Q(assignments__recusal=None))
    )
    return [(seat, seat.open) for seat in counted.order_by("place") if seat.open]


def open_work(seat: Panelist) -> int:
    """Entries for which this member's sheet is not submitted, or is returned."""
    return Assignment.objects.filter(_open(), panelist=seat, recusal=None).count()


def _open(path: str = "") -> Q:
    return Q(**{f"{path}sheet": None}) | Q(**{f"{path}sheet__state__in": WRITING})


def _tell(round: Round, seat: Panelist, left: int, *, version: str) -> int:
    return tell(
        kind="evaluation.panel_reminder",
        people=[seat.user],
        about=seat,
        version=version,
        values=words.of_round(round) | {"left": _sheets(left), "due": words.due(round)},
        url=words.round_path(round),
    )


def said_of(n: int) -> str:
    """How many sheets are open, in words."""
    return ngettext("%(n)s sheet is not submitted", "%(n)s sheets are not submitted", n) % {"n": n}


_sheets = lazy(said_of, str)
