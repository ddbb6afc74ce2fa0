"""Whose turn it is, for one person: panels, fit opinions, votes, changes of listings, pilot purchases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import ListingChange
from catalog.states import ChangeState
from designation.models import Meeting, Motion, Seat
from designation.states import MeetingState, MotionState
from innomarket.common import clock
from innomarket.evaluation import reads as evaluation
from innomarket.evaluation.models import Panelist
from innomarket.evaluation.states import RoundState
from pilots import reads as pilot_reads
from pilots.models import Pilot
from pilots.states import PilotState

from .items import MOST, Task, Waiting, day, named, titled

# ── judging ──


def panels(user: Any) -> Iterable[Task]:
    """Rounds on whose panel one sits: first the pledge and the conflicts, then the sheets that are left."""
    for seat in evaluation.seats_without_pledge(user)[:MOST]:
        yield Task(
            title=_("Sign the pledge, or decline: %(lot)s") % {"lot": titled(seat.round.lot)},
            url=f"/evaluation/{seat.round.number}/seat/",
            state=_("Pledge needed"),
            number=seat.round.number,
            text=_("Nothing opens before that."),
            due=seat.round.due_at,
            action=_("To my seat"),
        )
    seats = Panelist.objects.filter(user=user, left_at=None)
    opened = seats.filter(Q(pledge__isnull=False) | Q(declared_at__isnull=False))
    declared = dict(opened.values_list("round", "declared_at"))
    if not declared:
        return
    open_rounds: Iterable[Any] = evaluation.rounds_of(user).filter(state=RoundState.SCORING)[:MOST]
    for round_ in open_rounds:
        left = round_.mine - round_.done
        title = titled(round_.lot)
        if round_.pk not in declared:
            continue
        if declared.get(round_.pk) is None:
            yield Task(
                title=_("Declare your conflicts: %(lot)s") % {"lot": title},
                url=f"/evaluation/{round_.number}/",
                state=_("Declaration needed"),
                number=round_.number,
                text=_("Nothing opens before that."),
                due=round_.due_at,
                action=_("Declare"),
            )
        elif left:
            yield Task(
                title=ngettext("Write %(n)s sheet: %(lot)s", "Write %(n)s sheets: %(lot)s", left)
                % {"n": left, "lot": title},
                url=f"/evaluation/{round_.number}/",
                state=_("Sheets are missing"),
                number=round_.number,
                text=_("%(done)s of %(all)s are submitted") % {"done": round_.done, "all": round_.mine},
                due=round_.due_at,
                action=_("Go on scoring"),
            )


def opinions(user: Any) -> Iterable[Task]:
    """Proposals to one's own tasks that have no fit opinion yet."""
    for submission in evaluation.opinions_of(user).filter(fit_opinion=None)[:MOST]:
        yield Task(
            title=_("Give your fit opinion: %(title)s")
            % {"title": submission.current.title if submission.current else submission.number},
            url=f"/proposals/{submission.number}/opinion/",
            state=_("Fit opinion is missing"),
            number=submission.number,
            text=submission.applicant_organisation.name if submission.applicant_organisation else "",
            action=_("Give the opinion"),
        )


def motions(user: Any) -> Iterable[Task]:
    """Votes that are open for one's seat, and meetings to come."""
    seats = list(Seat.objects.filled_on(clock.today()).filter(holder=user))
    if not seats:
        return
    voting = (
        Motion.objects.filter(
            state=MotionState.VOTING,
            meeting__state=MeetingState.HELD,
            meeting__committee__in=[seat.committee_id for seat in seats],
            meeting__attendances__seat__in=seats,
        )
        .exclude(pk__in=_taken_part("recusals", seats))
        .exclude(pk__in=_taken_part("ballots", seats))
        .select_related("meeting", "submission")
        .order_by("meeting__held_at", "order")
    )
    for motion in voting[:MOST]:
        number = motion.meeting.number
        yield Task(
            title=_("Vote on motion %(order)s: %(number)s")
            % {"order": motion.order, "number": motion.submission.number},
            url=f"/meetings/{number}/{motion.order}/vote/",
            state=_("Vote is open"),
            tone="danger",
            number=number,
            due=motion.voting_opened_at,
            action=_("Vote"),
        )
    planned = Meeting.objects.filter(
        state=MeetingState.PLANNED, committee__in=[seat.committee_id for seat in seats]
    ).order_by("held_at", "pk")
    for meeting in planned[:MOST]:
        yield Task(
            title=_("Read the papers for the meeting and say what you cannot judge"),
            url=f"/meetings/{meeting.number}/",
            state=_("Meeting planned"),
            tone="information",
            number=meeting.number,
            text=meeting.place,
            due=meeting.held_at,
            action=_("See the agenda"),
        )


def _taken_part(relation: str, seats: list[Seat]) -> Any:
    return Motion.objects.filter(**{f"{relation}__seat__in": seats}).order_by().values("pk")


# ── pilot purchases ──


def _pilots_of(organisations: list[int], side: Q) -> Any:
    return (
        Pilot.objects.filter(side)
        .select_related("product__supplier", "institution", "contract")
        .order_by(F("contract__due_on").asc(nulls_last=True), "pk")[:MOST]
    )


def pilots(organisations: list[int]) -> Iterable[Task]:
    """What an institution records: the inspection of a delivery, then measures and verdict of the trial."""
    if not organisations:
        return
    turns = Q(institution__in=organisations, state__in=[PilotState.CONTRACTED, PilotState.INSPECTED])
    for pilot in _pilots_of(organisations, turns):
        delivered = pilot.state == PilotState.INSPECTED
        product = named(pilot.product)
        title = (
            _("Record the measures and the verdict of the trial: %(product)s")
            if delivered
            else _("Inspect the delivery and record it: %(product)s")
        )
        yield Task(
            title=title % {"product": product},
            url=f"/pilots/{pilot.number}/",
            state=pilot.get_state_display(),
            tone="primary",
            number=pilot.number,
            text="" if delivered else _("Delivery is due on %(day)s") % {"day": day(pilot.contract.due_on)},
            action=_("Open the pilot purchase"),
        )


def listings(organisations: list[int]) -> Iterable[Task]:
    """Drafts of changes that were begun, for those who write them."""
    for change in _changes_of(organisations, ChangeState.DRAFT):
        yield Task(
            title=_("Finish and send the change of the listing: %(product)s")
            % {"product": named(change.product)},
            url=f"/catalog/{change.product.number}/change/",
            state=change.get_state_display(),
            tone="neutral",
            number=change.product.number,
            action=_("Go on writing"),
        )


def proposed_listings(organisations: list[int]) -> Iterable[Waiting]:
    """Changes of listings that were sent and wait for agency staff."""
    for change in _changes_of(organisations, ChangeState.PROPOSED):
        yield Waiting(
            title=_("Change of the listing: %(product)s") % {"product": named(change.product)},
            url=f"/catalog/{change.product.number}/change/",
            state=change.get_state_display(),
            tone="primary",
            who=_("agency staff, who compare it with the listing"),
            number=change.product.number,
        )


def _changes_of(organisations: list[int], state: str) -> Iterable[ListingChange]:
    if not organisations:
        return []
    rows = ListingChange.objects.filter(product__supplier__in=organisations, state=state)
    return rows.select_related("product").order_by("saved_at", "pk")[:MOST]


def deliveries(organisations: list[int]) -> Iterable[Waiting]:
    """Pilot purchases in which others have the next step."""
    if not organisations:
        return
    under_way = [PilotState.MATCHED, PilotState.COMMITTED, PilotState.CONTRACTED, PilotState.INSPECTED]
    theirs = Q(institution__in=organisations, state__in=under_way[:2]) | Q(
        product__supplier__in=organisations, state__in=under_way
    )
    for pilot in _pilots_of(organisations, theirs):
        yield Waiting(
            title=named(pilot.product),
            url=f"/pilots/{pilot.number}/",
            state=pilot.get_state_display(),
            tone="primary",
            who=str(pilot_reads.waiting_for(pilot)),
            number=pilot.number,
        )
