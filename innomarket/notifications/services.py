"""Tell people: rows in the caller's transaction, sent afterwards, each once.

``send_due`` takes one message at a time under a lock that others skip (FOR UPDATE SKIP LOCKED) and marks it in the
same transaction. Two drains never hold the same message; one that is killed leaves it waiting, with the same
Message-ID, so that a mail server that had already taken it can drop the double.
"""

from __future__ import annotations

import hashlib
import smtplib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import Model

from innomarket.audit.services import changed
from innomarket.common.clock import KST, Now, now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import ask

from . import kinds, preferences
from .models import Message, Way
from .permissions import may_retry
from .rendering import render, text_mail
from .states import MOVES

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

log = structlog.get_logger(__name__)

TASK = "notifications.send_due"
BATCH = 100
SECONDS_OF_A_RUN = 240  # well below the task's time limit; what is left is sent by the next wake-up
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
DEAD_SERVER = (
    3  # failures in a row to reach the server end a run: a server that is away is no message's fault
)
UNREACHED_PAUSE = timedelta(minutes=2)
DAILY_HOUR = 8  # of Seoul

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

    One message for each kind, object, person and version: telling again changes nothing. ``values`` are not
    trusted; ``url`` is a path without language prefix. A person's preference says whether it is mailed at
    once, with the next daily mail or not at all; kinds that bind are always mailed at once. Raises KeyError for
    an unknown kind.
    """
    found, label, people = kinds.get(kind), _label(about), list(people)
    plans = _plans(found, people)
    texts: dict[str, tuple[str, str]] = {}
    rows: dict[str, Message] = {}
    for person in people:
        if not person.is_active:
            continue
        if person.language not in texts:
            texts[person.language] = render(found, person.language, values)
        subject, body = texts[person.language]
        key = _key(kind, label, person.pk, version)
        rows[key] = Message(
            **plans.get(person.pk, {}),
            kind=kind,
            recipient=person,
            language=person.language,
            subject=subject,
            body=body,
            url=url,
            object_label=label,
            key=key,
        )
    return _write(rows)


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
    )
    return _write({key: row})


def _plans(kind: kinds.MessageKind, people: list[Any]) -> dict[int, dict[str, Any]]:
    """State and time for those who do not want the kind by mail at once."""
    if kind.binding or _suppressed.get():
        return {}
    ways = preferences.ways_of(people, kind.group)
    plans: dict[int, dict[str, Any]] = {}
    if Way.DIGEST in ways.values():
        daily = {"state": Message.State.DIGEST, "next_attempt_at": next_daily_mail(now())}
        plans |= {pk: daily for pk, way in ways.items() if way == Way.DIGEST}
    inbox = {"state": Message.State.INBOX}
    return plans | {pk: inbox for pk, way in ways.items() if way == Way.INBOX}


def _write(rows: dict[str, Message]) -> int:
    if _suppressed.get():
        for row in rows.values():
            row.state = Message.State.SUPPRESSED
    known = set(Message.objects.filter(key__in=rows).values_list("key", flat=True))
    new = [row for key, row in rows.items() if key not in known]
    Message.objects.bulk_create(new, ignore_conflicts=True, batch_size=1000)
    if any(row.state == Message.State.WAITING for row in new):
        wake()
    return len(new)


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
    """On commit, wake one drain. A broker that is away is no harm: the sweep finds what is due."""
    if not any(function is _send_task for _sids, function, *_ in connection.run_on_commit):
        transaction.on_commit(_send_task, robust=True)


def _send_task() -> None:
    current_app.send_task(TASK, retry=False)


def _label(about: Model | None) -> str:
    return f"{about._meta.label_lower}:{about.pk}" if about is not None else ""


def _key(kind: str, label: str, person: object, version: str | int) -> str:
    key = f"{kind}:{label}:{person}:{version}"
    return key if len(key) <= 200 else f"{key[:130]}:{hashlib.sha256(key.encode()).hexdigest()}"


# ── reading ──


def mark_read(*, by: AbstractBaseUser, message: Message | None = None) -> int:
    """Mark one of the person's own messages as read, or all; how many were unread."""
    unread = Message.objects.inbox(by).unread()
    if message is not None:
        unread = unread.filter(pk=message.pk)
    return unread.update(read_at=Now())


# ── sending ──


def send_due() -> int:
    """Send what is due, oldest first, each in a transaction of its own; how many were sent.

    A failed one is kept with its error and tried again after 1, 5, 15, 60, 180, 360 and 720 minutes; then it is
    "failed" until staff try it again. A server that is not reached costs no attempt. Safe to run several at once.
    """
    deadline, sent, unreached = time.monotonic() + SECONDS_OF_A_RUN, 0, 0
    mail_server = get_connection()
    try:
        for pk in _due():
            if time.monotonic() > deadline:
                wake()
                break
            outcome = _deliver(pk, mail_server)
            sent += outcome is True
            unreached = unreached + 1 if _is_unreached(outcome) else 0
            if unreached >= DEAD_SERVER:
                log.warning("mail server not reached, run ended", error=str(outcome))
                break
    finally:
        mail_server.close()
    return sent


def retry(*, message: Message, by: AbstractBaseUser, reason: str) -> Message:
    """Staff let a failed message be tried again. Raises Refused without the permission, or when it has not failed."""
    with transaction.atomic():
        message = lock(Message, message.pk)
        ask(may_retry(by, message))
        state = ask_move(MOVES, "retry", message)
        changed(
            message,
            actor=by,
            verb="notifications.retry",
            reason=reason,
            state=state,
            attempts=0,
            next_attempt_at=now(),
        )
        wake()
    return message


def message_id(message: Message) -> str:
    """The same for every attempt of one row, and of no other."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<innomarket.{message.pk}.{message.created_at:%Y%m%d%H%M%S%f}@{host}>"


def _due() -> Iterator[int]:
    """Ids of what is due, batch by batch. Not locked yet: each is asked for again when it is taken."""
    last = 0
    due = Message.objects.filter(state=Message.State.WAITING, next_attempt_at__lte=Now()).order_by("pk")
    while batch := list(due.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield from batch
        last = batch[-1]


def _deliver(pk: int, mail_server: Any) -> bool | Exception:
    """Claim one message and send it. True: sent; False: another drain has it; else what went wrong."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("recipient")
            .filter(pk=pk, state=Message.State.WAITING, next_attempt_at__lte=Now())
            .first()
        )
        if message is None:
            return False
        message.attempts += 1
        try:
            # A savepoint: an error of the local mailbox's own table must not undo what is noted here.
            with transaction.atomic():
                mail_server.open()  # one session for the run; opened again after an error
                _mail(message, mail_server).send(fail_silently=False)
        except Exception as error:
            _note_failure(message, error)
            mail_server.close()  # after an error the session's state is unknown
            return error
        message.state, message.sent_at, message.error = Message.State.SENT, now(), ""
        message.save(update_fields=["state", "sent_at", "attempts", "error"])
        return True


def _mail(message: Message, mail_server: Any) -> EmailMessage:
    kind = kinds.find(message.kind)
    path = kind.path_of(message) if kind and kind.path_of else message.url
    return EmailMessage(
        subject=message.subject,
        body=text_mail(body=message.body, path=path, language=message.language),
        to=[message.mail_address],
        connection=mail_server,
        headers={
            "Message-ID": message_id(message),
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )


def _note_failure(message: Message, error: Exception) -> None:
    message.error = f"{type(error).__name__}: {error}"[:2000]
    if _is_unreached(error):
        message.attempts -= 1
        message.next_attempt_at = now() + UNREACHED_PAUSE
    elif message.attempts > len(BACK_OFF) or _is_final(error):
        message.state = Message.State.FAILED
    else:
        message.next_attempt_at = now() + BACK_OFF[message.attempts - 1]
    message.save(update_fields=["state", "attempts", "error", "next_attempt_at"])
    log.warning("mail not sent", message=message.pk, attempts=message.attempts, error=type(error).__name__)


def _is_unreached(outcome: object) -> bool:
    """No session with the server: away, no such host, or it does not take our sign-in."""
    if isinstance(
        outcome, (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError, smtplib.SMTPAuthenticationError)
    ):
        return True
    return isinstance(outcome, OSError) and not isinstance(outcome, smtplib.SMTPException)


def _is_final(error: Exception) -> bool:
    """The server says that this address will never take mail (SMTP 5xx)."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _reason in error.recipients.values()
    )
