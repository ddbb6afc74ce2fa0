"""A panel by draw: promised while nobody can know the outcome, carried out after the opening, followed ever after."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refused, ask
from innomarket.submissions.models import Call
from innomarket.submissions.states import CallState

from .. import drawing, permissions, pool
from ..models import Draw, Expertise, Round
from ..states import DRAW_MOVES, RoundState
from . import calling
from .seating import REASON_MAX

NUMBER = "DW"


def commit_draw(
    *,
    round: Round,
    by: Any,
    fields: Sequence[Expertise] = (),
    seats: Mapping[str, int] | None = None,
    source_text: str = "",
    source_from: datetime | None = None,
) -> Draw:
    """Freeze the pool, make a secret that nobody reads, and publish both hashes at once.

    ``fields``: who knows one of them is eligible (none: everybody). ``seats`` by kind of expert, else the rule's.
    Without another source the public value is made of the receipts of the call: then this is refused from the
    closing on. With ``source_text`` (which value, published where) and ``source_from`` (an instant to come)
    it is that value. Raises Refused where somebody sits already or the pool cannot fill the seats.
    """
    with transaction.atomic():
        call = share(Call, round.lot.call_id)
        round = lock(Round.objects.select_related("lot__call"), round.pk)
        ask(permissions.may_seat(by, round))
        at = now()
        _ask_preparing(round)
        _ask_source(call, at, source_text.strip(), source_from)
        if round.panelists.filter(left_at=None).exists():
            raise Refused(
                "panel_not_empty", _("Somebody sits on the panel already. A draw begins with an empty panel.")
            )
        frozen = pool.freeze(round=round, fields=fields, seats=seats, at=at)
        frozen.ask_enough()
        secret = secrets.token_bytes(drawing.SECRET_BYTES)
        number = next_number(NUMBER)
        secret_sha256 = hashlib.sha256(secret).hexdigest()
        text = pool.text_of(
            frozen,
            number=number,
            at=at,
            secret_sha256=secret_sha256,
            source_text=source_text.strip(),
            source_from=source_from,
        )
        with in_words(Draw):
            return created(
                Draw(
                    number=number,
                    round=round,
                    pool=text.decode(),
                    pool_sha256=hashlib.sha256(text).hexdigest(),
                    evaluators=frozen.keys,
                    secret=secret.hex(),
                    secret_sha256=secret_sha256,
                    source=Draw.Source.NAMED if source_text.strip() else Draw.Source.RECEIPTS,
                    source_text=source_text.strip(),
                    source_from=source_from,
                    committed_at=at,
                    committed_by=by,
                ),
                actor=by,
                verb="evaluation.commit_draw",
                round=round.pk,
                candidates=len(frozen.keys),
            )


def enter_value(*, draw: Draw, by: Any, value: str) -> Draw:
    """The value that others have published, as one member of staff reads it; another one carries the draw out."""
    with transaction.atomic():
        lock(Round, draw.round_id)
        draw = lock(Draw, draw.pk)
        ask(permissions.may_seat(by))
        state = ask_move(DRAW_MOVES, "enter_value", draw)
        at = now()
        if draw.source_from is None:
            raise Refused("no_named_value", _("This draw takes its value from the receipts of the call."))
        if at < draw.source_from:
            raise Refused("value_too_early", _("The value is not published yet."), field="value")
        value = value.strip()
        if not value or len(value) > REASON_MAX:
            raise Refused("value_needed", _("Write the value exactly as it is published."), field="value")
        return changed(
            draw,
            actor=by,
            verb="evaluation.enter_draw_value",
            state=state,
            named_value=value,
            named_at=at,
            named_by=by,
        )


def carry_out_draw(*, draw: Draw, by: Any) -> Draw:
    """After the recorded opening: open the secret, compute the seed, walk down the order, seat and tell.

    Seats for which nobody is left stay empty; then staff appoint. Raises Refused before the opening, and for a
    named value until one has entered it and another one calls this.
    """
    with transaction.atomic():
        share(Call, draw.round.lot.call_id)
        round = lock(Round.objects.select_related("lot__call"), draw.round_id)
        draw = lock(Draw, draw.pk)
        ask(permissions.may_seat(by, round))
        state = ask_move(DRAW_MOVES, "carry_out", draw)
        _ask_preparing(round)
        if round.lot.call.opened_at is None:
            raise Refused(
                "not_opened", _("Open the submissions of the call first. Until then they are sealed.")
            )
        receipts = pool.receipts_of(round.lot.call)
        value = _public_value(draw, receipts, by)
        seed = drawing.seed_of(bytes.fromhex(draw.secret), value)
        at = now()
        with in_words(Draw):
            draw = changed(
                draw,
                actor=by,
                verb="evaluation.carry_out_draw",
                state=state,
                seed=seed.hex(),
                receipts=receipts,
                drawn_at=at,
                drawn_by=by,
                secret=draw.secret,  # unchanged, and written again: plain from now on
            )
        calling.first_walk(draw=draw, round=round, by=by)
    return draw


def give_up_draw(*, draw: Draw, by: Any, reason: str) -> Draw:
    """A committed draw will not be carried out: it stays published, with the reason. Its secret stays closed."""
    with transaction.atomic():
        lock(Round, draw.round_id)
        draw = lock(Draw, draw.pk)
        ask(permissions.may_seat(by))
        state = ask_move(DRAW_MOVES, "give_up", draw)
        reason = reason_given(reason, most=REASON_MAX)
        return changed(
            draw,
            actor=by,
            verb="evaluation.give_up_draw",
            reason=reason,
            state=state,
            ended_at=now(),
            end_reason=reason,
        )


def _ask_preparing(round: Round) -> None:
    if round.state != RoundState.PREPARING:
        raise Refused("draw_not_now", _("A panel is drawn before its round starts."))


def _ask_source(call: Call, at: datetime, text: str, instant: datetime | None) -> None:
    if call.state in (CallState.DRAFT, CallState.CANCELLED):
        raise Refused("call_not_announced", _("Only an announced call is evaluated."))
    if not text:
        if call.state != CallState.ANNOUNCED or at >= call.closes_at:
            raise Refused(
                "receipts_known",
                _(
                    "The call has closed: the hashes of its receipts can be known already. "
                    "Name another value that is published later."
                ),
                field="source_text",
            )
        return
    if instant is None or instant <= at:
        raise Refused(
            "value_not_to_come",
            _("Say from when on the value is published: an instant that is still to come."),
            field="source_from",
        )


def _public_value(draw: Draw, receipts: list[str], by: Any) -> bytes:
    if draw.source == Draw.Source.RECEIPTS:
        if not receipts:
            raise Refused(
                "nothing_to_judge", _("Nothing was submitted to this call. There is nothing to draw for.")
            )
        return drawing.receipts_value(receipts)
    if draw.named_by_id is None:
        raise Refused("value_needed", _("First somebody enters the value that was published."))
    if draw.named_by_id == by.pk:
        raise Refused(
            "second_person", _("Another person confirms the value than who entered it."), status=403
        )
    return draw.named_value.encode()
