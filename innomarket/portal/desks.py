"""What waits at the desks of agency staff: verification, rounds, committee, catalogue, budget."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import ListingChange, Product
from catalog.states import ChangeState
from challenges.models import Challenge
from designation.models import Meeting, Motion, WantedMotion
from designation.states import MeetingState, MotionState
from innomarket.accounts import queue
from innomarket.accounts.models import Organisation
from innomarket.common.clock import Now
from innomarket.evaluation import beside
from innomarket.evaluation import reads as evaluation
from innomarket.evaluation.models import Assignment, Objection, Publication, Round
from innomarket.evaluation.states import ACTIVE, PublicationState, RoundState, SheetState
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.states import CallState
from pilots.models import Pilot
from pilots.states import PilotState

from .items import MOST, PROPOSAL, Task, titled


def of(user: Any, now: datetime) -> list[Task]:
    """The tasks of every desk at which this person works."""
    desks = {
        "verify_organisations": _verification,
        "run_rounds": _rounds,
        "keep_committee": _committee,
        "keep_catalogue": _catalogue,
        "keep_budget": _budget,
    }
    return [task for perm, desk in desks.items() if user.has_perm(f"accounts.{perm}") for task in desk(now)]


def _catalogue(now: datetime) -> Iterable[Task]:
    n = ListingChange.objects.filter(state=ChangeState.PROPOSED).count()
    if n:
        yield Task(
            title=ngettext(
                "Compare %(n)s proposed change of a listing", "Compare %(n)s proposed changes of listings", n
            )
            % {"n": n},
            url="/admin/catalog/listingchange/?state__exact=proposed",
            state=_("Proposed"),
            action=_("To the changes"),
        )


def _verification(now: datetime) -> Iterable[Task]:
    pending = Organisation.objects.filter(state=Organisation.State.PENDING)
    n = pending.count()
    if n:
        first = queue.nearest_first(pending)[0]
        yield Task(
            title=ngettext("Verify %(n)s organisation", "Verify %(n)s organisations", n) % {"n": n},
            url="/admin/accounts/organisation/",
            state=_("Verification pending"),
            text=first.name,
            due=first.needed_by,  # type: ignore[attr-defined]
            action=_("To the queue"),
        )


# ── rounds ──


def _rounds(now: datetime) -> Iterable[Task]:
    yield from _calls(now)
    yield from _lots()
    yield from _stages()
    yield from _decisions()
    n = Challenge.objects.public().filter(solution_lot=None).count()
    if n:
        yield Task(
            title=ngettext(
                "Open a call for solutions to %(n)s selected task",
                "Open a call for solutions to %(n)s selected tasks",
                n,
            )
            % {"n": n},
            url="/admin/challenges/challenge/",
            state=_("Selected"),
            tone="information",
            action=_("To the tasks"),
        )


def _decisions() -> Iterable[Task]:
    """Publications that wait for their second person, and objections that wait for their answer."""
    prepared = Publication.objects.filter(state=PublicationState.PREPARED).count()
    if prepared:
        yield Task(
            title=ngettext(
                "Look at %(n)s prepared publication of results",
                "Look at %(n)s prepared publications of results",
                prepared,
            )
            % {"n": prepared},
            url="/admin/evaluation/publication/?state__exact=prepared",
            state=_("Waits for a second person"),
            tone="warning",
            action=_("To the publications"),
        )
    waiting = Objection.objects.to_answer().count()
    if waiting:
        yield Task(
            title=ngettext("Answer %(n)s objection", "Answer %(n)s objections", waiting) % {"n": waiting},
            url="/admin/evaluation/objection/?state__exact=filed",
            state=_("Later steps wait for it"),
            tone="danger",
            action=_("To the objections"),
        )
    for round_ in beside.rounds_with_late().select_related("lot").order_by("pk")[:MOST]:
        yield Task(
            title=_("Open a supplementary round for who came late: %(title)s")
            % {"title": titled(round_.lot)},
            url=f"/admin/evaluation/round/{round_.pk}/change/",
            state=_("Waiting for this stage"),
            tone="warning",
            number=round_.number,
            action=_("To the round"),
        )
    to_open = Objection.objects.to_open().count()
    if to_open:
        yield Task(
            title=ngettext("Open %(n)s evaluation anew", "Open %(n)s evaluations anew", to_open)
            % {"n": to_open},
            url="/admin/evaluation/objection/?outcome__exact=anew",
            state=_("Later steps wait for it"),
            tone="danger",
            action=_("To the objections"),
        )


def _calls(now: datetime) -> Iterable[Task]:
    """Calls to announce, and closed ones whose submissions may be opened."""
    due = Q(state=CallState.DRAFT) | Q(state=CallState.CLOSED, opened_at=None, opening_at__lte=Now())
    for call in Call.objects.filter(due).order_by("opening_at", "pk")[:MOST]:
        draft = call.state == CallState.DRAFT
        title = _("Announce the call: %(title)s") if draft else _("Open the submissions: %(title)s")
        yield Task(
            title=title % {"title": titled(call)},
            url=f"/admin/submissions/call/{call.pk}/change/",
            state=call.get_state_display(),
            tone="information" if draft else "danger",
            number=call.number,
            due=call.opens_at if draft else call.opening_at,
            action=_("To the call"),
        )


def _lots() -> Iterable[Task]:
    """Opened calls with lots that have submissions and no round yet."""
    answered = Submission.objects.countable().filter(lot=OuterRef("pk"))
    waiting = (
        evaluation.lots_without_a_round()
        .filter(Exists(answered), call__opened_at__isnull=False)
        .order_by()
        .values("call")
        .annotate(n=Count("pk"))
    )
    calls = Call.objects.in_bulk([row["call"] for row in waiting])
    for row in waiting:
        call = calls[row["call"]]
        yield Task(
            title=ngettext("Form %(n)s panel: %(title)s", "Form %(n)s panels: %(title)s", row["n"])
            % {"n": row["n"], "title": titled(call)},
            url=f"/admin/submissions/call/{call.pk}/change/",
            state=_("Submissions are open"),
            number=call.number,
            action=_("To the call"),
        )


def _stages() -> Iterable[Task]:
    """Active rounds, put together by call and by what they need next."""
    awaited = Assignment.objects.filter(
        entry__round=OuterRef("pk"), recusal=None, panelist__left_at=None
    ).exclude(sheet__state__in=[SheetState.SUBMITTED, SheetState.SET_ASIDE])
    groups: dict[tuple[int, str], list[Round]] = {}
    rounds = (
        Round.objects.filter(state__in=ACTIVE)
        .annotate(awaits=Exists(awaited))
        .select_related("lot__call")
        .order_by("lot__call", F("due_at").asc(nulls_last=True), "pk")
    )
    for round_ in rounds[: 10 * MOST]:
        if round_.state == RoundState.SCORING and round_.awaits:
            continue
        groups.setdefault((round_.lot.call_id, round_.state), []).append(round_)
    for (_call, state), members in groups.items():
        n, first = len(members), members[0]
        yield Task(
            title=_stage_title(state, n) % {"n": n, "title": titled(first.lot.call)},
            url=f"/admin/evaluation/round/{first.pk}/change/" if n == 1 else "/admin/evaluation/round/",
            state=first.get_state_display(),
            tone="primary",
            number=first.number if n == 1 else first.lot.call.number,
            due=first.due_at if state == RoundState.SCORING else None,
            action=_("To the rounds"),
        )


def _stage_title(state: str, n: int) -> str:
    if state == RoundState.PREPARING:
        return ngettext("Start %(n)s round: %(title)s", "Start %(n)s rounds: %(title)s", n)
    if state == RoundState.SCORING:
        return ngettext(
            "All sheets are in – finish %(n)s round: %(title)s",
            "All sheets are in – finish %(n)s rounds: %(title)s",
            n,
        )
    return ngettext(
        "Select and publish the results of %(n)s round: %(title)s",
        "Select and publish the results of %(n)s rounds: %(title)s",
        n,
    )


# ── committee and budget ──


def _committee(now: datetime) -> Iterable[Task]:
    wanted = WantedMotion.objects.to_table().count()
    if wanted:
        yield Task(
            title=ngettext(
                "Put %(n)s motion on an agenda: a designation after its evaluation anew",
                "Put %(n)s motions on an agenda: designations after their evaluation anew",
                wanted,
            )
            % {"n": wanted},
            url="/admin/designation/wantedmotion/",
            state=_("Motion wanted"),
            tone="danger",
            action=_("To the motions"),
        )
    on_an_agenda = (
        Motion.objects.to_designate().exclude(state=MotionState.DEFERRED).order_by().values("submission")
    )
    n = (
        evaluation.selected_submissions()
        .filter(lot__call__kind=PROPOSAL)
        .exclude(pk__in=on_an_agenda)
        .count()
    )
    if n:
        yield Task(
            title=ngettext(
                "Put %(n)s selected proposal on an agenda", "Put %(n)s selected proposals on an agenda", n
            )
            % {"n": n},
            url="/admin/designation/meeting/",
            state=_("Selected"),
            tone="information",
            action=_("To the meetings"),
        )
    for meeting in Meeting.objects.exclude(state=MeetingState.CLOSED).order_by("held_at", "pk")[:MOST]:
        held = meeting.state == MeetingState.HELD
        yield Task(
            title=_("Lead the votes and close the meeting") if held else _("Open the meeting"),
            url=f"/admin/designation/meeting/{meeting.pk}/change/",
            state=meeting.get_state_display(),
            tone="primary",
            number=meeting.number,
            text=meeting.place,
            due=None if held else meeting.held_at,
            action=_("To the meeting"),
        )


def _budget(now: datetime) -> Iterable[Task]:
    n = Product.objects.in_force().filter(pilots=None).count()
    if n:
        yield Task(
            title=ngettext("Match %(n)s designated product", "Match %(n)s designated products", n) % {"n": n},
            url="/admin/pilots/budgetline/",
            state=_("Designated"),
            tone="information",
            action=_("To the budget lines"),
        )
    counts = dict(
        Pilot.objects.filter(
            Q(state__in=[PilotState.MATCHED, PilotState.COMMITTED])
            | Q(state=PilotState.CONCLUDED, paid_won=0, contract__inspection__accepted__gt=0)
        )
        .order_by()
        .values_list("state")
        .annotate(n=Count("pk"))
    )
    for state in (PilotState.MATCHED, PilotState.COMMITTED, PilotState.CONCLUDED):
        n = counts.get(state, 0)
        if n:
            yield Task(
                title=_pilot_title(state, n) % {"n": n},
                url=f"/admin/pilots/pilot/?state__exact={state.value}",
                state=str(state.label),
                tone="primary",
                action=_("To the pilot purchases"),
            )


def _pilot_title(state: str, n: int) -> str:
    if state == PilotState.MATCHED:
        return ngettext("Commit %(n)s pilot purchase", "Commit %(n)s pilot purchases", n)
    if state == PilotState.COMMITTED:
        return ngettext("Sign %(n)s contract", "Sign %(n)s contracts", n)
    return ngettext("Pay %(n)s accepted delivery", "Pay %(n)s accepted deliveries", n)
