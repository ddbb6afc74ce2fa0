"""Write one move of a closing: the record, the call's own times, and who is told. Callers hold the call's lock."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy

from innomarket.accounts.models import Organisation
from innomarket.audit.services import changed, created
from innomarket.notifications.services import tell
from innomarket.timeline.services import add_milestone

from .. import reads, wake
from ..models import Call, DeadlineMove, Outage, OwnClosing, Submission
from ..outage_rule import Times
from ..states import SubmissionState
from ..words import call_path, moment, titled
from .opening import void_preparation


def move_for_all(
    call: Call,
    to: Times,
    *,
    by: Any,
    at: datetime,
    verb: str,
    state: str,
    reason: str,
    outage: Outage | None = None,
) -> DeadlineMove:
    """Move the closing and the opening of the whole call; one that had closed takes submissions again."""
    move = _record(call, to, by=by, at=at, reason=reason, outage=outage)
    reopened = {"closed_at": None} if call.closed_at and to.closes_at > at else {}
    state = state if reopened or call.closed_at is None else call.state
    fields = {"state": state, "closes_at": to.closes_at, "opening_at": to.opening_at, **reopened}
    changed(call, actor=by, verb=verb, reason=reason, **fields)
    _tell(move, reads.people_behind(taking_part(call)), "submissions.extended", reason)
    _tell_stories(move)
    if call.closed_at is None:
        wake.at_closing(call)
    return move


def move_for_some(
    call: Call,
    to: Times,
    organisations: Iterable[Organisation],
    *,
    people: Iterable[Any] = (),
    old: datetime,
    by: Any,
    at: datetime,
    verb: str,
    reason: str,
    outage: Outage | None = None,
) -> DeadlineMove:
    """A later closing for the named organisations and people. The call's opening waits for the last of them.

    Where it moves by that, the caller tells it to the others (``tell_of_opening``), once for all moves that it makes.
    """
    named, persons = list(organisations), list(people)
    opening_at = max(call.opening_at, to.opening_at)
    move = _record(
        call,
        Times(to.closes_at, opening_at),
        by=by,
        at=at,
        reason=reason,
        outage=outage,
        for_all=False,
        old_closes_at=old,
    )
    OwnClosing.objects.bulk_create(OwnClosing(move=move, organisation=one) for one in named)
    OwnClosing.objects.bulk_create(OwnClosing(move=move, person=one) for one in persons)
    changed(call, actor=by, verb=verb, reason=reason, opening_at=opening_at)
    theirs = taking_part(call).filter(Q(applicant_organisation__in=named) | Q(applicant_person__in=persons))
    _tell(move, reads.people_behind(theirs), "submissions.extended_for_you", reason)
    return move


def tell_of_opening(moves: Sequence[DeadlineMove]) -> None:
    """Where these moves for some moved a call's opening: everybody who takes part and is named in none of them is
    told so, once, without the reason: it may say whose."""
    if not any(move.moves_opening for move in moves):
        return
    call, last = moves[-1].call, moves[-1]
    own = OwnClosing.objects.filter(move__in=moves)
    theirs = taking_part(call).filter(
        Q(applicant_organisation__in=own.values("organisation"))
        | Q(applicant_person__in=own.values("person"))
    )
    others = reads.people_behind(taking_part(call).exclude(pk__in=theirs.values("pk")))
    tell(
        kind="submissions.opening_moved",
        people=others.exclude(pk__in=reads.people_behind(theirs).values("pk")),
        about=call,
        version=last.ordinal,
        values=values_of(call) | {"opening": moment(last.opening_at)},
        url=call_path(call),
    )


def taking_part(call: Call) -> Any:
    return Submission.objects.filter(lot__call=call).exclude(state=SubmissionState.WITHDRAWN)


def values_of(call: Call) -> dict[str, Any]:
    return {
        "call": titled(call, "title"),
        "number": call.number,
        "closes": moment(call.closes_at),
        "opening": moment(call.opening_at),
    }


def _record(
    call: Call,
    to: Times,
    *,
    by: Any,
    at: datetime,
    reason: str,
    outage: Outage | None,
    for_all: bool = True,
    old_closes_at: datetime | None = None,
) -> DeadlineMove:
    void_preparation(call, by=by, at=at, reason=reason)
    last = call.moves.aggregate(last=Max("ordinal"))["last"] or 0
    move = DeadlineMove(
        call=call,
        ordinal=last + 1,
        outage=outage,
        reason=reason,
        for_all=for_all,
        old_closes_at=old_closes_at or call.closes_at,
        closes_at=to.closes_at,
        old_opening_at=call.opening_at,
        opening_at=to.opening_at,
        decided_at=at,
        decided_by=by,
    )
    return created(move, actor=by, verb="submissions.move_deadline", closes_at=to.closes_at.isoformat())


def _tell(move: DeadlineMove, people: Any, kind: str, reason: str) -> None:
    call = move.call
    values = values_of(call) | {
        "reason": reason,
        "closes": moment(move.closes_at),
        "opening": moment(move.opening_at),
    }
    tell(kind=kind, people=people, about=call, version=move.ordinal, values=values, url=call_path(call))


def _tell_stories(move: DeadlineMove) -> None:
    call = move.call
    for lot in call.lots.filter(story__isnull=False).select_related("story"):
        if lot.story is not None:
            add_milestone(
                lot.story,
                kind="call_moved",
                text=gettext_lazy("The call now closes on %(closes)s: %(call)s"),
                values={"call": titled(call, "title"), "closes": moment(move.closes_at)},
                url=call_path(call),
            )
