"""Tell people: rows in the caller's transaction, which `sending.py` mails afterwards, each once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from innomarket.audit.services import changed
from innomarket.common import waking
from innomarket.common.clock import KST, Now, now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask

from . import fanout, kinds
from .models import Message
from .permissions import may_retry
from .rendering import render
from .states import MOVES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

TASK = "notifications.send_due"
DAILY_HOUR = 8  # of Seoul
RETRIED_AT_ONCE = 1000

_suppressed: ContextVar[bool] = ContextVar("notifications_suppressed", default=False)


# ── writing ──


def tell(
    *,
    kind: str,
    people: Iterable[Any],
    about: Model | None = None,
    version: str | int = "",
    values: dict[str, Any] | None = None,
    url: str = "",
) -> int:
    """Put one message for each person into the outbox, in the caller's transaction; how many are new.

    One message for each kind, object, person and version: telling again changes nothing. A queryset of people
    stays in the database, however many they are; who may not sign in is left out. ``values`` are not trusted;
    ``url`` is a path without language prefix. A person's preference says whether it is mailed at once, with the
    next daily mail or not at all; kinds that bind are always mailed at once. Raises KeyError for an unknown kind.
    """
    found, at = kinds.get(kind), now()
    new, waiting = fanout.write(
        fanout.Fanout(
            kind=kind,
            label=_label(about),
            version=str(version),
            url=url,
            texts={language: render(found, language, values) for language, _name in settings.LANGUAGES},
            group=None if found.binding else found.group,
            goes_first=found.binding,
            suppressed=_suppressed.get(),
            at=at,
            daily=next_daily_mail(at),
        ),
        people,
    )
    if waiting:
        wake()
    return new


def tell_address(
    *,
    kind: str,
    address: str,
    language: str,
    about: Model,
    version: str | int = "",
    values: dict[str, Any] | None = None,
) -> int:
    """The same for an address: nobody asks, and nothing shows, whether somebody is registered with it."""
    found, label = kinds.get(kind), _label(about)
    subject, body = render(found, language, values)
    key = _key(kind, label, address, version)
    row = Message(
        kind=kind,
        address_to=address,
        language=language,
        subject=subject,
        body=body,
        object_label=label,
        key=key,
        goes_first=found.binding,
        state=Message.State.SUPPRESSED if _suppressed.get() else Message.State.WAITING,
    )
    if Message.objects.filter(key=key).exists():
        return 0
    Message.objects.bulk_create([row], ignore_conflicts=True)
    if row.state == Message.State.WAITING:
        wake()
    return 1


def next_daily_mail(after: datetime) -> datetime:
    """The next 08:00 in Seoul after an instant."""
    local = after.astimezone(KST)
    today = local.replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


@contextmanager
def suppressed() -> Iterator[None]:
    """What is told within is kept in the inbox and never sent by mail: the sample plays the past."""
    token = _suppressed.set(True)
    try:
        yield
    finally:
        _suppressed.reset(token)


def wake() -> None:
    """On commit, wake one drain."""
    waking.wake(TASK)


def _label(about: Model | None) -> str:
    return f"{about._meta.label_lower}:{about.pk}" if about is not None else ""


def _key(kind: str, label: str, address: str, version: str | int) -> str:
    """As fanout.py makes it of a person."""
    key = f"{kind}:{label}:{address}:{version}"
    return key if len(key) <= fanout.KEY_MAX else f"{key[:130]}:{hashlib.sha256(key.encode()).hexdigest()}"


# ── reading ──


def mark_read(*, by: AbstractBaseUser, message: Message | None = None) -> int:
    """Mark one of the person's own messages as read, or all; how many were unread."""
    unread = Message.objects.inbox(by).unread()
    if message is not None:
        unread = unread.filter(pk=message.pk)
    return unread.update(read_at=Now())


# ── trying again ──


def retry(*, message: Message, by: AbstractBaseUser, reason: str) -> Message:
    """Staff let a failed message be tried again. Raises Refused without the permission, or when it has not failed."""
    with transaction.atomic():
        message = lock(Message, message.pk)
        ask(may_retry(by, message))
        _wait_again(message, by=by, reason=reason, at=now())
        wake()
    return message


def retry_failed(*, by: AbstractBaseUser, reason: str) -> int:
    """Let every failed message be tried again, the oldest ``RETRIED_AT_ONCE`` of them; how many. Raises Refused.

    For after a mail server that refused everybody: each keeps its Message-ID and has its own entry in the audit.
    """
    with transaction.atomic():
        failed = (
            Message.objects.filter(state=Message.State.FAILED).select_for_update(of=("self",)).order_by("pk")
        )
        messages = list(failed[:RETRIED_AT_ONCE])
        if not messages:
            raise Refused("none_failed", _("No message has failed."))
        ask(may_retry(by, messages[0]))
        at = now()
        for message in messages:
            _wait_again(message, by=by, reason=reason, at=at)
        wake()
    return len(messages)


def _wait_again(message: Message, *, by: AbstractBaseUser, reason: str, at: datetime) -> None:
    state = ask_move(MOVES, "retry", message)
    changed(
        message,
        actor=by,
        verb="notifications.retry",
        reason=reason,
        state=state,
        attempts=0,
        next_attempt_at=at,
    )
