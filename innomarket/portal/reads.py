"""What the home page reads from everything below. A fixed number of queries, however much there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import CharField, Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Cast, Greatest

from catalog.models import Product
from designation.models import Designation
from innomarket.audit.models import Entry
from innomarket.evaluation.models import Result
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.states import CallState, SubmissionState
from pilots.models import BudgetLine, Pilot
from pilots.states import PilotState

TASK, PROPOSAL, IDEA = "challenge_task", "proposal", "idea"


@dataclass(frozen=True)
class Figures:
    """The way from needs to purchases in numbers: calls that have closed, published results, whole won."""

    tasks: int
    selected: int
    proposals: int
    designated: int
    pilots: int
    appropriated: int
    committed: int


def figures() -> Figures:
    """Sealed numbers stay sealed: submissions are counted only of calls that have closed."""
    received = dict(
        Submission.objects.filter(state=SubmissionState.SUBMITTED, lot__call__state=CallState.CLOSED)
        .order_by()
        .values_list("lot__call__kind")
        .annotate(n=Count("pk"))
    )
    selected = Result.objects.selected().filter(entry__round__lot__call__kind=TASK).count()
    money = BudgetLine.objects.aggregate(
        appropriated=Sum("appropriated"), committed=Sum("committed"), paid=Sum("paid")
    )
    return Figures(
        tasks=received.get(TASK, 0),
        selected=selected,
        proposals=received.get(PROPOSAL, 0),
        designated=Designation.objects.count(),
        pilots=Pilot.objects.exclude(state=PilotState.CANCELLED).count(),
        appropriated=money["appropriated"] or 0,
        committed=(money["committed"] or 0) + (money["paid"] or 0),
    )


def open_calls(user: Any) -> QuerySet[Call]:
    """Calls that take submissions now, the nearest closing first."""
    return Call.objects.visible_to(user).open_now().order_by("closes_at", "pk")


def latest_products(user: Any, count: int = 3) -> list[Product]:
    """The newest listings with what a row of the home page says about them."""
    found = Product.objects.visible_to(user).select_related("designation", "supplier", "category")
    return list(found.order_by("-listed_at", "-pk")[:count])


def announced_calls() -> QuerySet[Any]:
    """Calls that everybody may know of, with ``changed``: when they were announced, amended, moved or cancelled."""
    announced = Call.objects.visible_to(AnonymousUser())
    moved = Max("moves__decided_at", filter=Q(moves__for_all=True))
    # The call itself does not say when it was cancelled; the history does.
    cancelled = Entry.objects.filter(
        verb="submissions.cancel_call",
        subject_type="submissions.call",
        subject_id=Cast(OuterRef("pk"), CharField()),
    ).values("at")[:1]
    return announced.annotate(
        changed=Greatest(Max("amendments__made_at"), moved, Subquery(cancelled), F("announced_at"))
    )
