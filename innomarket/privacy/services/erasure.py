"""Erasing a person: asked for, waited for, taken back or carried out. What must be kept names them by a code only."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innomarket.audit import services as audit
from innomarket.common import personal
from innomarket.common.clock import now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications import services as outbox

from .. import messages, permissions
from ..models import Erasure, PrivacyRule
from ..states import ERASURE_MOVES, ErasureState

log = structlog.get_logger(__name__)


def ask_erasure(*, person: Any, by: Any, reason: str = "") -> Erasure:
    """Ask that a person be erased after the waiting time of today's rule.

    ``by`` is the person, or staff who keep personal data (with a reason). Raises Refused while a duty is open.
    """
    with transaction.atomic():
        person = lock(get_user_model(), person.pk)
        ask(permissions.may_ask_erasure(by, person), permissions.open_duty(person))
        at = now()
        due = at + timedelta(days=PrivacyRule.objects.at().waiting_days)
        row = Erasure(person=person, asked_by=by, asked_at=at, due_at=due)
        with in_words(Erasure):
            audit.created(row, actor=by, verb="privacy.ask_erasure", reason=reason, person=person.pk)
        outbox.tell(
            kind=messages.ERASURE_ASKED.code,
            people=[person],
            about=row,
            values={"due": due},
            url="/people/me/data/",
        )
    return row


def take_back(*, erasure: Erasure, by: Any) -> Erasure:
    """The person stays. Raises Refused for others, and once it has been carried out."""
    with transaction.atomic():
        person = lock(get_user_model(), erasure.person_id)
        erasure = lock(Erasure, erasure.pk)
        ask(permissions.is_oneself(by, person))
        state = ask_move(ERASURE_MOVES, "take_back", erasure)
        return audit.changed(erasure, actor=by, verb="privacy.take_back_erasure", state=state, ended_at=now())


def carry_out(*, erasure: Erasure) -> Erasure:
    """Erase now: everything that each app registered, and the account's own row, in one transaction.

    Raises Refused before the waiting time is over, and while a duty is open.
    """
    with transaction.atomic():
        person = lock(get_user_model(), erasure.person_id)
        erasure = lock(Erasure, erasure.pk)
        state = ask_move(ERASURE_MOVES, "carry_out", erasure)
        at = now()
        if at < erasure.due_at:
            raise Refused("too_early", _("The waiting time is not over yet."))
        ask(permissions.open_duty(person))
        code = _code()
        # The apps above first: they still ask for name and addresses, which the account's own eraser takes.
        counts = {name: personal.erasers[name](person, code) for name in reversed(personal.erasers)}
        audit.changed(
            erasure,
            actor=None,
            verb="privacy.erase",
            state=state,
            ended_at=at,
            held_up_by="",
            next_try_at=None,
        )
        audit.record(actor=None, verb="privacy.erased", subject=person, changes={"code": code, **counts})
    return erasure


def carry_out_due() -> int:
    """Carry out what is due, each in a transaction of its own; how many. What a duty holds up is tried daily."""
    at, done = now(), 0
    due = Erasure.objects.waiting().filter(due_at__lte=at).exclude(next_try_at__gt=at)
    for row in due.order_by("pk"):
        try:
            carry_out(erasure=row)
            done += 1
        except Refused as refused:
            _hold_up(row, refused)
        except Exception:  # one person's erasure does not keep the others'
            log.exception("erasure not carried out", erasure=row.pk)
    return done


def _hold_up(row: Erasure, refused: Refused) -> None:
    with transaction.atomic():
        row = lock(Erasure, row.pk)
        if row.state != ErasureState.WAITING:
            return
        told = row.held_up_by == refused.code
        audit.changed(
            row,
            actor=None,
            verb="privacy.hold_up_erasure",
            held_up_by=refused.code,
            next_try_at=now() + timedelta(days=1),
        )
        if not told:
            outbox.tell(
                kind=messages.ERASURE_HELD_UP.code,
                people=[row.person],
                about=row,
                version=refused.code,
                values={"reason": refused.reason},
                url="/people/me/data/",
            )


def _code() -> str:
    people = get_user_model()._default_manager
    while people.filter(former_code=(code := secrets.token_hex(3))).exists():
        continue
    return code
