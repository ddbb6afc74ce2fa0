"""Outages: recorded first, their moves looked at, then applied to every call that they touched.

Binding: the outage rule (``outage_rule.py``) with the lengths of the dated ``OutageRule``. Each outage is judged
on the standing closing; where one is applied after others that lie behind it in time, these are judged again on
what it made of the closing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from innomarket.accounts.models import Organisation
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from .. import deadlines, outage_rule, permissions
from ..models import Call, DeadlineMove, Outage, OutageRule, OwnClosing, Submission
from ..outage_rule import Span, Terms, Times
from ..states import CALL_MOVES, OUTAGE_MOVES, CallState, OutageState, SubmissionState
from .case import record_cases
from .moving import move_for_all, move_for_some
from .opening import void_preparation


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
    drafts: list[str]
    """Numbers of what was begun and not submitted."""


@dataclass(frozen=True)
class Plan:
    proposals: list[Proposal]
    missed: list[Missed]


def record_outage(
    *, by: Any, starts_at: datetime, ends_at: datetime, noticed_at: datetime, what: str
) -> Outage:
    """Write down an outage that is over. Nothing moves before it is applied. Raises Refused."""
    with transaction.atomic():
        ask(permissions.may_record_outage(by))
        at = now()
        if noticed_at > at:
            raise Refused(
                "notice_ahead",
                _("Record an outage when its recovery has been announced, not before."),
                field="noticed_at",
            )
        if ends_at <= starts_at:
            raise Refused("invalid", _("An outage ends after it has started."), field="ends_at")
        outage = Outage(
            starts_at=starts_at,
            ends_at=ends_at,
            noticed_at=noticed_at,
            what=what.strip(),
            recorded_at=at,
            recorded_by=by,
        )
        # One at a time: two that overlap would otherwise meet in the constraint, without words.
        lock(OutageRule, OutageRule.objects.at().pk)
        try:
            outage.full_clean(exclude=["recorded_by"])
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            raise Refused("invalid", messages[0], field=None if field == "__all__" else field) from error
        outage = created(
            outage,
            actor=by,
            verb="submissions.record_outage",
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
            noticed_at=noticed_at.isoformat(),
        )
        # An opening that runs is finished and seen, or it waits and then finds the outage.
        for call in lock_all(_candidates().filter(pk__in=[call.pk for call in _touched(outage, _terms())])):
            void_preparation(call, by=by, at=at, reason=outage.what)
        return outage


def discard_outage(*, outage: Outage, by: Any, reason: str) -> Outage:
    """Take back an outage that was recorded by mistake and has moved nothing."""
    with transaction.atomic():
        outage = lock(Outage, outage.pk)
        ask(permissions.may_record_outage(by))
        state = ask_move(OUTAGE_MOVES, "discard", outage)
        if not reason.strip():
            raise Refused("reason_missing", _("Give the reason."), field="reason")
        return changed(
            outage, actor=by, verb="submissions.discard_outage", reason=reason.strip(), state=state
        )


def plan_of(outage: Outage) -> Plan:
    """What applying it now would do: for the page that shows it before."""
    return _plan(outage, list(_touched(outage, _terms())), now(), _terms())


def apply_outage(*, outage: Outage, by: Any) -> Outage:
    """Make the moves, record them, tell everyone who takes part. Raises Refused.

    The calls are locked first, so that an opening or a closing that runs is either finished and seen, or waits.
    What can no longer be moved goes to the chief of the round, with the cases.
    """
    with transaction.atomic():
        outage = lock(Outage, outage.pk)
        ask(permissions.may_record_outage(by))
        lock_all(_candidates())
        at = now()
        ask(deadlines.earlier_outage(outage))
        state = ask_move(OUTAGE_MOVES, "apply", outage)
        later = Outage.objects.filter(state=OutageState.APPLIED, starts_at__gt=outage.starts_at)
        outage = changed(outage, actor=by, verb="submissions.apply_outage", state=state, applied_at=at)
        for one in (outage, *later.order_by("starts_at")):
            plan = _plan(one, list(_touched(one, _terms())), at, _terms())
            for proposal in plan.proposals:
                _make(proposal, one, by=by, at=at)
            if one == outage:
                for missed in plan.missed:
                    _tell_missed(missed, one, by=by, at=at)
    return outage


# ── planning ──


def _terms() -> Terms:
    return OutageRule.objects.at().terms()


def _candidates() -> Any:
    return Call.objects.filter(state__in=(CallState.ANNOUNCED, CallState.CLOSED), opened_at=None)


def _touched(outage: Outage, terms: Terms) -> Iterator[Call]:
    """Calls with a closing or an opening in reach of the outage; the opened ones too."""
    reach = (outage.starts_at, outage.ends_at + terms.short)
    own = OwnClosing.objects.filter(move__closes_at__gte=reach[0], move__closes_at__lt=reach[1]).values(
        "move__call"
    )
    standing = Q(closes_at__gte=reach[0], closes_at__lt=reach[1]) | Q(
        opened_at=None, opening_at__gte=reach[0], opening_at__lt=outage.ends_at
    )
    return (
        Call.objects.filter(standing | Q(pk__in=own), state__in=(CallState.ANNOUNCED, CallState.CLOSED))
        .order_by("pk")
        .iterator()
    )


def _plan(outage: Outage, calls: list[Call], at: datetime, terms: Terms) -> Plan:
    plan = Plan([], [])
    for call in calls:
        if call.opened_at is not None:
            missed = _missed(call, outage, terms)
            if missed:
                plan.missed.append(missed)
            continue
        plan.proposals.extend(_proposals(call, outage.span, at, terms))
    return plan


def _proposals(call: Call, span: Span, at: datetime, terms: Terms) -> Iterator[Proposal]:
    standing: list[tuple[Organisation | None, Any, datetime]] = [(None, None, call.closes_at)]
    own, people = deadlines.own_closings(call), deadlines.closings_of_people(call)
    named, persons = Organisation.objects.in_bulk(own), get_user_model().objects.in_bulk(people)
    standing += [(named[pk], None, one) for pk, one in sorted(own.items()) if one > call.closes_at]
    standing += [(None, persons[pk], one) for pk, one in sorted(people.items()) if one > call.closes_at]
    for organisation, person, closes_at in standing:
        old = Times(closes_at, call.opening_at)
        new = outage_rule.moved(old, span, terms)
        if new.closes_at > old.closes_at:
            new = outage_rule.from_decision(new, old, at, terms)
        for_one = organisation is not None or person is not None
        if new == old or (for_one and new.closes_at == old.closes_at):
            continue
        reopens = not for_one and call.closed_at is not None and new.closes_at > old.closes_at
        yield Proposal(call, old, new, organisation, person, reopens)


def _missed(call: Call, outage: Outage, terms: Terms) -> Missed | None:
    own = [*deadlines.own_closings(call).values(), *deadlines.closings_of_people(call).values()]
    if not any(outage_rule.closing_is_affected(one, outage.span, terms) for one in (call.closes_at, *own)):
        return None
    drafts = Submission.objects.filter(lot__call=call, state=SubmissionState.DRAFT).order_by("number")
    return Missed(call, list(drafts.values_list("number", flat=True)))


# ── making ──


def _make(proposal: Proposal, outage: Outage, *, by: Any, at: datetime) -> DeadlineMove:
    call = lock(Call, proposal.call.pk)
    verb = "submissions.move_by_outage"
    if proposal.organisation is not None or proposal.person is not None:
        return move_for_some(
            call,
            proposal.new,
            [proposal.organisation] if proposal.organisation else [],
            people=[proposal.person] if proposal.person else [],
            old=proposal.old.closes_at,
            by=by,
            at=at,
            verb=verb,
            reason=outage.what,
            outage=outage,
        )
    state = ask_move(CALL_MOVES, "reopen", call)
    return move_for_all(
        call, proposal.new, by=by, at=at, verb=verb, state=state, reason=outage.what, outage=outage
    )


def _tell_missed(missed: Missed, outage: Outage, *, by: Any, at: datetime) -> None:
    record(
        actor=by,
        verb="submissions.outage_not_reopened",
        subject=missed.call,
        changes={"outage": outage.pk, "drafts": missed.drafts},
    )
    record_cases(missed.call, outage, missed.drafts, by=by, at=at)
