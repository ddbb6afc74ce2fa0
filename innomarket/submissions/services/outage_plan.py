"""What applying an outage would do: the closings that it moves, and the calls that it comes too late for.

Only read: the page shows it before, and ``outage.py`` makes it. The number of queries is the same however many
outages and calls there are.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import F, Max, Q, QuerySet

from innomarket.accounts.models import Organisation
from innomarket.common.clock import now

from .. import outage_rule
from ..models import Call, Outage, OutageRule, OwnClosing, Submission
from ..outage_rule import Span, Terms, Times
from ..states import CallState, SubmissionState


@dataclass(frozen=True)
class Proposal:
    """One closing that an outage moves: of a call, or of one applicant in it."""

    call: Call
    old: Times
    new: Times
    organisation: Organisation | None = None
    person: Any = None
    reopens: bool = False


@dataclass(frozen=True)
class Missed:
    """A call that the outage touched but that cannot reopen: its submissions have been opened."""

    call: Call
    unsent: list[str]
    """Numbers of what was begun, or changed after it had been submitted, and not submitted."""


@dataclass(frozen=True)
class Plan:
    proposals: list[Proposal]
    missed: list[Missed]


@dataclass(frozen=True)
class _Standing:
    """A closing that stands: for all, or for one applicant."""

    closes_at: datetime
    organisation: Organisation | None = None
    person: Any = None


def plan_of(outage: Outage) -> Plan:
    """What applying it now would do: for the page that shows it before."""
    return plans_of([outage])[0]


def plans_of(outages: Sequence[Outage], *, at: datetime | None = None, among: Any = None) -> list[Plan]:
    """One plan for each, decided at ``at`` (now, where not given); ``among``: keys of calls, and of no others."""
    at, terms = at or now(), OutageRule.objects.at().terms()
    touching = touched(outages, terms)
    calls = list(touching if among is None else touching.filter(pk__in=among))
    standing = _standing(calls)
    unsent = _unsent([call for call in calls if call.opened_at is not None])
    return [_plan(outage, calls, standing, unsent, at, terms) for outage in outages]


def touched(outages: Collection[Outage], terms: Terms) -> QuerySet[Call]:
    """Calls with a closing or an opening in reach of one of the outages; the opened ones too. By key."""
    reached, own = Q(pk__in=()), Q(pk__in=())
    for outage in outages:
        reach = (outage.starts_at, outage.ends_at + terms.short)
        own |= Q(move__closes_at__gte=reach[0], move__closes_at__lt=reach[1])
        reached |= Q(closes_at__gte=reach[0], closes_at__lt=reach[1])
        reached |= Q(opened_at=None, opening_at__gte=reach[0], opening_at__lt=outage.ends_at)
    return Call.objects.filter(
        reached | Q(pk__in=OwnClosing.objects.filter(own).values("move__call")),
        state__in=(CallState.ANNOUNCED, CallState.CLOSED),
    ).order_by("pk")


def _standing(calls: Sequence[Call]) -> dict[int, list[_Standing]]:
    """Call → its closing, and the later ones of organisations and of people in the order of their keys."""
    own = OwnClosing.objects.filter(move__call__in=[call.pk for call in calls])
    rows = own.values_list("move__call", "organisation", "person").annotate(last=Max("move__closes_at"))
    found = list(rows.order_by("organisation", "person")) if calls else []
    organisations = Organisation.objects.in_bulk({row[1] for row in found} - {None})
    people = get_user_model().objects.in_bulk({row[2] for row in found} - {None})
    standing = {call.pk: [_Standing(call.closes_at)] for call in calls}
    for call, organisation, person, last in found:
        if last > standing[call][0].closes_at:
            standing[call].append(_Standing(last, organisations.get(organisation), people.get(person)))
    return standing


def _unsent(opened: Sequence[Call]) -> dict[int, list[str]]:
    """Call → numbers of what was written in it and never submitted: drafts, and changes after a submission."""
    numbers: dict[int, list[str]] = defaultdict(list)
    if opened:
        changed = Q(state=SubmissionState.SUBMITTED, saved_at__gt=F("submitted_at"))
        rows = Submission.objects.filter(Q(state=SubmissionState.DRAFT) | changed, lot__call__in=opened)
        for call, number in rows.order_by("number").values_list("lot__call", "number"):
            numbers[call].append(number)
    return numbers


def _plan(
    outage: Outage,
    calls: Sequence[Call],
    standing: dict[int, list[_Standing]],
    unsent: dict[int, list[str]],
    at: datetime,
    terms: Terms,
) -> Plan:
    plan, span = Plan([], []), outage.span
    for call in calls:
        closings = standing[call.pk]
        if call.opened_at is None:
            plan.proposals.extend(_proposals(call, closings, span, at, terms))
        elif any(outage_rule.closing_is_affected(one.closes_at, span, terms) for one in closings):
            plan.missed.append(Missed(call, unsent.get(call.pk, [])))
    return plan


def _proposals(
    call: Call, closings: Sequence[_Standing], span: Span, at: datetime, terms: Terms
) -> Iterator[Proposal]:
    for one in closings:
        old = Times(one.closes_at, call.opening_at)
        new = outage_rule.moved(old, span, terms)
        if new.closes_at > old.closes_at:
            new = outage_rule.from_decision(new, old, at, terms)
        for_one = one.organisation is not None or one.person is not None
        if new == old or (for_one and new.closes_at == old.closes_at):
            continue
        reopens = not for_one and call.closed_at is not None and new.closes_at > old.closes_at
        yield Proposal(call, old, new, one.organisation, one.person, reopens)
