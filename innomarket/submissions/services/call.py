"""Making, announcing, extending and cancelling a call. Closing: ``closing.py``; opening: ``opening.py``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.accounts.models import Organisation
from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.notifications.services import tell
from innomarket.timeline.services import add_milestone

from .. import deadlines, kinds, permissions, reads, wake
from ..models import Call, ClosingRule
from ..outage_rule import Times
from ..specs import GroupSpec, LotSpec, StageSpec
from ..states import CALL_MOVES
from ..words import call_path, moment, titled
from .amendment import amend_call, write_amendment
from .call_parts import ONE_SCORED, ask_parts, stages_of, write_lots, write_parts
from .closing import close_call, close_due_calls, end_own_closings
from .moving import move_for_all, move_for_some, taking_part, tell_of_opening, values_of
from .opening import confirm_opening, prepare_opening, withdraw_preparation

__all__ = [
    "amend_call",
    "announce_call",
    "cancel_call",
    "close_call",
    "close_due_calls",
    "confirm_opening",
    "create_call",
    "edit_call",
    "end_own_closings",
    "extend_call",
    "prepare_opening",
    "withdraw_preparation",
]

NUMBER = "CL"
ANNOUNCED = {"ko": "공고", "en": "Announced"}
BY_SERVICES = ["number", "announced_at", "closed_at", "opened_at", "opened_by"]


def create_call(
    *,
    by: Any,
    kind: str,
    title_ko: str,
    title_en: str,
    opens_at: datetime,
    closes_at: datetime,
    opening_at: datetime,
    groups: Sequence[GroupSpec],
    lots: Sequence[LotSpec] = (),
    stages: Sequence[StageSpec] = ONE_SCORED,
    summary_ko: str = "",
    summary_en: str = "",
    one_per_applicant: bool = False,
) -> Call:
    """A call in preparation, with its stages, their criteria (weights of a stage add up to 100) and lots.

    Without lots of its own it has one, of the call's title; what its stages do not name, the rule for
    evaluation in force today gives. Raises Refused.
    """
    with transaction.atomic():
        ask(permissions.may_create_call(by))
        call = Call(
            number=next_number(NUMBER),
            kind=_known(kind),
            title_ko=title_ko,
            title_en=title_en,
            summary_ko=summary_ko,
            summary_en=summary_en,
            opens_at=opens_at,
            closes_at=closes_at,
            opening_at=opening_at,
            one_per_applicant=one_per_applicant,
        )
        _ask_valid(call)
        ask_parts(stages, groups)
        created(call, actor=by, verb="submissions.create_call", closes_at=closes_at.isoformat())
        write_parts(call, stages, groups)
        write_lots(call, lots)
    return call


def edit_call(
    *,
    call: Call,
    by: Any,
    groups: Sequence[GroupSpec] | None = None,
    lots: Sequence[LotSpec] | None = None,
    stages: Sequence[StageSpec] | None = None,
    **fields: Any,
) -> Call:
    """Change a call that is being prepared: fields by name; stages, criteria and lots are replaced as a whole.

    Stages come with the criteria: where only criteria are given, the stages stand.
    """
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_edit_call(by, call))
        state = ask_move(CALL_MOVES, "edit", call)
        if "kind" in fields:
            _known(fields["kind"])
        for name, value in fields.items():
            setattr(call, name, value)
        _ask_valid(call)
        before = Call.objects.get(pk=call.pk)
        call = changed(before, actor=by, verb="submissions.edit_call", state=state, **fields)
        if groups is not None:
            its = stages_of(call) if stages is None else stages
            ask_parts(its, groups)
            write_parts(call, its, groups)
        if lots is not None:
            write_lots(call, lots)
    return call


def announce_call(*, call: Call, by: Any) -> Call:
    """Make the call public: from now on its criteria are frozen, and it opens by itself at its time."""
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_announce(by, call))
        at = now()
        ask(deadlines.not_announceable(call, at))
        # The rule's row is held, so that two calls announced at once are counted one after the other.
        ask(deadlines.not_a_closing(call, lock(ClosingRule, ClosingRule.objects.at().pk)))
        state = ask_move(CALL_MOVES, "announce", call)
        _ask_both_languages(call)
        call = changed(call, actor=by, verb="submissions.announce_call", state=state, announced_at=at)
        write_amendment(call, by=by, at=at, what_ko=str(ANNOUNCED["ko"]), what_en=str(ANNOUNCED["en"]))
        _tell_stories(call)
        tell(
            kind="submissions.call_announced",
            people=reads.owners_of_lots(call),
            about=call,
            values=values_of(call) | {"opens": moment(call.opens_at)},
            url=call_path(call),
        )
        wake.at_closing(call)
    return call


def extend_call(
    *,
    call: Call,
    by: Any,
    closes_at: datetime,
    opening_at: datetime,
    reason: str,
    organisations: Sequence[Organisation] = (),
    people: Sequence[Any] = (),
) -> Call:
    """Move the closing of an open call to a later instant; who is concerned is told why.

    For all, or for the named organisations and people only: then the call closes as before for the others, and its
    opening waits for the last closing. The move is kept on record (``DeadlineMove``). Raises Refused.
    """
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_extend(by, call))
        at = now()
        ask(deadlines.not_extendable(call, at))
        ask(_not_of_its_applicants(call, organisations, people))
        state = ask_move(CALL_MOVES, "extend", call)
        standing = max(
            *(deadlines.closing_for(call, one) for one in (None, *organisations)),
            *(deadlines.closing_for(call, person=one) for one in people),
            call.closes_at,
        )
        if closes_at <= standing:
            raise Refused(
                "not_later",
                _("An extension must be later than %(when)s.") % {"when": moment(standing)},
                field="closes_at",
            )
        if opening_at < closes_at:
            raise Refused(
                "opening_before_closing",
                _("Submissions are opened after the call closes, not before."),
                field="opening_at",
            )
        if opening_at < call.opening_at:
            raise Refused(
                "opening_earlier",
                _("The opening was announced for %(when)s and cannot be earlier.")
                % {"when": moment(call.opening_at)},
                field="opening_at",
            )
        to, why, verb = Times(closes_at, opening_at), _reason(reason), "submissions.extend_call"
        if organisations or people:
            move = move_for_some(
                call, to, organisations, people=people, old=standing, by=by, at=at, verb=verb, reason=why
            )
            tell_of_opening([move])
        else:
            move_for_all(call, to, by=by, at=at, verb=verb, state=state, reason=why)
    return call


def cancel_call(*, call: Call, by: Any, reason: str) -> Call:
    """End a call before it closes. What was submitted stays sealed and is never evaluated."""
    with transaction.atomic():
        call = lock(Call, call.pk)
        ask(permissions.may_cancel(by, call))
        ask(deadlines.not_cancellable(call, now()))
        was_public = call.announced_at is not None
        state = ask_move(CALL_MOVES, "cancel", call)
        call = changed(call, actor=by, verb="submissions.cancel_call", reason=_reason(reason), state=state)
        if was_public:
            tell(
                kind="submissions.cancelled",
                people=reads.people_behind(taking_part(call)),
                about=call,
                values=values_of(call) | {"reason": reason},
                url=call_path(call),
            )
    return call


# ── what a call must be ──


def _known(kind: str) -> str:
    if kind not in {known.code for known in kinds.all_kinds()}:
        raise Refused("unknown_kind", _("There is no such kind of submission."), field="kind")
    return kind


def _ask_valid(call: Call) -> None:
    """Field by field, then the constraints, each with its own words."""
    try:
        call.full_clean(exclude=BY_SERVICES, validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refused("invalid", messages[0], field=None if field == "__all__" else field) from error


def _ask_both_languages(call: Call) -> None:
    if not (call.title_ko and call.title_en):
        raise Refused("both_languages", _("Give the title in Korean and in English."), field="title_en")


def _not_of_its_applicants(call: Call, organisations: Sequence[Any], people: Sequence[Any]) -> Refusal | None:
    """Who cannot answer the call is given no more time for it: their closing would hold nowhere."""
    of_people = kinds.get(call.kind).applicant == "person"
    if of_people and organisations:
        return Refusal(
            "people_answer",
            _("People answer this call. Name them by their e-mail addresses, not organisations."),
            field="organisations",
        )
    if people and not of_people:
        return Refusal(
            "organisations_answer",
            _("Organisations answer this call. Name them by their numbers, not people."),
            field="people",
        )
    return None


# ── telling ──


def _tell_stories(call: Call) -> None:
    for lot in call.lots.filter(story__isnull=False).select_related("story"):
        story = lot.story
        if story is None:
            continue
        add_milestone(
            story,
            kind="call_announced",
            text=gettext_lazy("Solutions are called for: %(call)s"),
            values={"call": titled(call, "title")},
            url=call_path(call),
        )


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused("reason_missing", _("Give the reason."), field="reason")
    return reason.strip()
