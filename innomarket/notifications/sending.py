"""The drain of the outbox: batches under locks that other drains skip, over one session with the mail server.

What was sent is noted in the transaction that holds the batch. Two drains never hold the same message; one that is
killed leaves its batch waiting, to be sent again under the same Message-IDs, so that nothing is lost and a receiver
that honours the Message-ID shows each mail once. A batch ends after a second, however slow the server: that is the
most that others could see twice (docs/decisions/0014-outbox.md).
"""

from __future__ import annotations

import smtplib
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, QuerySet

from innomarket.common.clock import Now, now

from . import kinds
from .models import Message
from .rendering import text_mail
from .services import wake

log = structlog.get_logger(__name__)

BATCH = 500
SECONDS_OF_A_BATCH = 1.0
SECONDS_OF_A_RUN = 5  # then other tasks have their turn: closings and heartbeats wait behind no newsletter
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
UNREACHED_PAUSE = timedelta(minutes=2)


class Unreached(Exception):
    """No session with the server: away, no such host, or it does not take our sign-in. No message's fault."""


@dataclass
class Batch:
    """What became of the messages of one batch, before it is noted."""

    sent: list[int] = field(default_factory=list)
    failed: list[tuple[Message, Exception]] = field(default_factory=list)
    unreached: str = ""

    @property
    def went_on(self) -> bool:
        return bool(self.sent or self.failed)


def send_due() -> int:
    """Send what is due, what binds first and then each in its turn; how many were sent.

    A failed one is kept with its error and tried again after 1, 5, 15, 60, 180, 360 and 720 minutes; then it is
    "failed" until staff try it again. A server that is not reached costs no attempt and ends the run. Safe to run
    several at once.
    """
    deadline, sent = time.monotonic() + SECONDS_OF_A_RUN, 0
    mail_server = get_connection()
    try:
        while (batch := _send_batch(mail_server)).went_on:
            sent += len(batch.sent)
            if batch.unreached:
                break
            if time.monotonic() > deadline:
                wake()
                break
    finally:
        mail_server.close()
    if batch.unreached:
        log.warning("mail server not reached, run ended", error=batch.unreached)
    return sent


def message_id(message: Message) -> str:
    """The same for every attempt of one row, and of no other."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    return f"<innomarket.{message.pk}.{message.created_at:%Y%m%d%H%M%S%f}@{host}>"


def _send_batch(mail_server: Any) -> Batch:
    """Claim the next messages, send as many as a second allows, and note what became of each."""
    with transaction.atomic():
        rows = list(_due()[:BATCH])
        until, batch = time.monotonic() + SECONDS_OF_A_BATCH, Batch()
        for message in rows:
            try:
                _send(message, mail_server)
                batch.sent.append(message.pk)
            except Unreached as error:
                batch.unreached = str(error)
                break
            except Exception as error:  # one message's failure is not the next one's
                batch.failed.append((message, error))
                mail_server.close()  # after an error the session's state is unknown
            if time.monotonic() > until:
                break
        _note(rows, batch)
    return batch


def _due() -> QuerySet[Message]:
    """What is due and no other drain holds: a receipt waits behind no fan-out. The partial index stands so."""
    return (
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("recipient")
        .filter(state=Message.State.WAITING, next_attempt_at__lte=Now())
        .order_by("-goes_first", "turn")
    )


def _send(message: Message, mail_server: Any) -> None:
    try:
        mail_server.open()  # nothing where the session stands
    except (OSError, smtplib.SMTPException) as error:
        raise Unreached(_told(error)) from error
    _mail(message, mail_server).send(fail_silently=False)


def _mail(message: Message, mail_server: Any) -> EmailMessage:
    return EmailMessage(
        subject=message.subject,
        body=text_mail(body=message.body, path=_path(message), language=message.language),
        to=[message.mail_address],
        connection=mail_server,
        headers={
            "Message-ID": message_id(message),
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )


def _path(message: Message) -> str:
    kind = kinds.find(message.kind)
    if kind is None or kind.path_of is None:
        return message.url
    # A savepoint: its failing query must not undo what is noted of the others.
    with transaction.atomic():
        return kind.path_of(message)


def _note(rows: list[Message], batch: Batch) -> None:
    """What was sent in one statement; failures one by one; a server that was away, at all that it kept waiting."""
    Message.objects.filter(pk__in=batch.sent).update(
        state=Message.State.SENT, sent_at=Now(), attempts=F("attempts") + 1, error=""
    )
    for message, error in batch.failed:
        _note_failure(message, error)
    if batch.unreached:
        tried = {*batch.sent, *(message.pk for message, _error in batch.failed)}
        Message.objects.filter(pk__in=[row.pk for row in rows if row.pk not in tried]).update(
            error=batch.unreached, next_attempt_at=Now() + UNREACHED_PAUSE
        )


def _note_failure(message: Message, error: Exception) -> None:
    message.attempts += 1
    message.error = _told(error)
    if message.attempts > len(BACK_OFF) or _is_final(error):
        message.state = Message.State.FAILED
    else:
        message.next_attempt_at = now() + BACK_OFF[message.attempts - 1]
    message.save(update_fields=["state", "attempts", "error", "next_attempt_at"])
    log.warning("mail not sent", message=message.pk, attempts=message.attempts, error=type(error).__name__)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".replace("\0", "")[:2000]


def _is_final(error: Exception) -> bool:
    """The server says that this address will never take mail (SMTP 5xx)."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        500 <= code < 600 for code, _reason in error.recipients.values()
    )
