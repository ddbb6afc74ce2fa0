"""What an evaluator has to do: rounds, entries in their order, seats that wait for a pledge."""

from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, When

from ..models import Assignment, Panelist, Round
from ..states import SCORED, WRITING, RoundState, SheetState


def rounds_of(user: Any) -> QuerySet[Round]:
    """The rounds being scored on whose panel a person sits, with what is left to do, the nearest due date first."""
    mine = Q(entries__assignments__panelist__user=user, entries__assignments__panelist__left_at=None)
    open_ = mine & Q(entries__assignments__recusal=None)
    done = open_ & Q(entries__assignments__sheet__state=SheetState.SUBMITTED)
    seats = Panelist.objects.filter(user=user, left_at=None)
    return (
        Round.objects.filter(pk__in=seats.values("round"), state=RoundState.SCORING)
        .annotate(
            mine=Count("entries", filter=open_, distinct=True),
            done=Count("entries", filter=done, distinct=True),
        )
        .select_related("lot__call")
        .order_by(F("due_at").asc(nulls_last=True), "-pk")
    )


def past_rounds_of(user: Any) -> QuerySet[Round]:
    """The rounds on whose panel a person sat and whose scoring is over, the latest first."""
    seats = Panelist.objects.filter(user=user, left_at=None)
    scored = Round.objects.filter(pk__in=seats.values("round"), state__in=SCORED)
    return scored.select_related("lot__call").order_by("-pk")


def queue_of(panelist: Panelist) -> QuerySet[Assignment]:
    """The entries of one panel member in a round, in their order, recused ones among them."""
    return panelist.assignments.select_related(
        "entry__revision",
        "entry__submission__applicant_organisation",
        "entry__submission__applicant_person",
        "recusal",
        "sheet",
    ).order_by("entry__order")


def next_in_queue(panelist: Panelist, after: int = 0) -> Assignment | None:
    """The next entry that waits for this evaluator's sheet, after one in the order, then from the front."""
    waiting = queue_of(panelist).filter(recusal=None).filter(Q(sheet=None) | Q(sheet__state__in=WRITING))
    behind = Case(When(entry__order__gt=after, then=0), default=1)
    return waiting.exclude(entry__order=after).order_by(behind, "entry__order").first()


def seats_without_pledge(user: Any) -> QuerySet[Panelist]:
    """Seats that wait for their pledge, or to be declined: those of rounds that start later, too."""
    seats = Panelist.objects.filter(user=user, left_at=None, pledge=None, declared_at=None)
    drawn = seats.exclude(origin=Panelist.Origin.APPOINTED, round__state=RoundState.PREPARING)
    waiting = drawn.filter(round__state__in=[RoundState.PREPARING, RoundState.SCORING])
    return waiting.select_related("round__lot__call").order_by("round__due_at", "pk")
