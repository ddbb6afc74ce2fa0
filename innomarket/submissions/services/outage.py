"""Outages: recorded first, their moves looked at, then applied to every call that they touched.

Binding: the outage rule (``outage_rule.py``) with the lengths of the dated ``OutageRule``. Each outage is judged
on the standing closing; where one is applied after others that lie behind it in time, these are judged again on
what it made of the closing.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.locks import lock, lock_all
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from .. import deadlines, permissions
from ..models import Call, Outage, OutageRule
from ..outage_rule import Times
from ..states import CALL_MOVES, OUTAGE_MOVES, OutageState
from .case import record_cases
from .moving import move_for_all, move_for_some, tell_of_opening
from .opening import void_preparation
from .outage_plan import Missed, Proposal, plans_of, touched


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
        rule = lock(OutageRule, OutageRule.objects.at().pk)
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
        for call in lock_all(touched([outage], rule.terms()).filter(opened_at=None)):
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


def apply_outage(*, outage: Outage, by: Any) -> Outage:
    """Make the moves, record them, tell everyone who takes part. Raises Refused.

    The calls that it touches are locked first, and no others: an opening or a closing of theirs that runs is either
    finished and seen, or waits, and in every other call people submit meanwhile. No call comes into reach later: a
    closing is extended only while it lies ahead, and then it is touched already. What can no longer be moved goes to
    the chief of the round, with the cases.
    """
    with transaction.atomic():
        outage = lock(Outage, outage.pk)
        ask(permissions.may_record_outage(by))
        # One at a time: what one of them moves, the next one is judged on.
        rule = lock(OutageRule, OutageRule.objects.at().pk)
        later = Outage.objects.filter(state=OutageState.APPLIED, starts_at__gt=outage.starts_at)
        in_order = [outage, *later.order_by("starts_at")]
        calls = [call.pk for call in lock_all(touched(in_order, rule.terms()))]
        at = now()
        ask(deadlines.earlier_outage(outage))
        state = ask_move(OUTAGE_MOVES, "apply", outage)
        outage = changed(outage, actor=by, verb="submissions.apply_outage", state=state, applied_at=at)
        for one in in_order:
            (plan,) = plans_of([one], at=at, among=calls)
            for _call, its in groupby(plan.proposals, key=lambda proposal: proposal.call.pk):
                _make(list(its), one, by=by, at=at)
            if one == outage:
                for missed in plan.missed:
                    _tell_missed(missed, one, by=by, at=at)
    return outage


# ── making ──


def _make(proposals: Sequence[Proposal], outage: Outage, *, by: Any, at: datetime) -> None:
    """All closings of one call that move. Its opening waits for the last of them, and each is told that one at once."""
    call = lock(Call, proposals[0].call.pk)
    opening_at = max(one.new.opening_at for one in proposals)
    facts: dict[str, Any] = {
        "by": by,
        "at": at,
        "verb": "submissions.move_by_outage",
        "reason": outage.what,
        "outage": outage,
    }
    own = []
    for one in proposals:
        to = Times(one.new.closes_at, opening_at)
        if one.organisation is None and one.person is None:
            move_for_all(call, to, state=ask_move(CALL_MOVES, "reopen", call), **facts)
            continue
        organisations = [one.organisation] if one.organisation else []
        people = [one.person] if one.person else []
        own.append(move_for_some(call, to, organisations, people=people, old=one.old.closes_at, **facts))
    tell_of_opening(own)


def _tell_missed(missed: Missed, outage: Outage, *, by: Any, at: datetime) -> None:
    record(
        actor=by,
        verb="submissions.outage_not_reopened",
        subject=missed.call,
        changes={"outage": outage.pk, "unsent": missed.unsent},
    )
    record_cases(missed.call, outage, missed.unsent, by=by, at=at)
