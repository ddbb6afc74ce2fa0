"""The daily mail: one for each person and day at 08:00 in Seoul, of what waits for it.

The sweep holds the person's row, which others skip: two sweeps never gather for the same person, one that is
killed leaves everything waiting, and the key of the mail (person and day) lets the database keep it single.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from innomarket.common.clock import KST, Now, now

from . import kinds
from .models import Message
from .rendering import Lines, absolute, render
from .services import next_daily_mail, wake

log = structlog.get_logger(__name__)

MOST_LINES = 200  # a mail stays readable; the rest stands in the inbox, whose address the mail gives


def write_due_digests() -> int:
    """Write the daily mail of everyone whose messages are due, each in a transaction of its own; how many."""
    due = Message.objects.filter(state=Message.State.DIGEST, next_attempt_at__lte=Now())
    written = 0
    for person in due.order_by("recipient").values_list("recipient", flat=True).distinct():
        try:
            with transaction.atomic():
                written += _gather(person)
        except Exception:  # one person's mail does not keep the others'
            log.exception("daily mail not written", person=person)
    return written


def _gather(pk: Any) -> int:
    """1 where a mail was written; 0 where another sweep has the person, or nothing is left for today."""
    people = get_user_model()._default_manager.select_for_update(skip_locked=True, of=("self",))
    person: Any = people.filter(pk=pk).first()
    if person is None:
        return 0
    at = now()
    due = Message.objects.filter(recipient=person, state=Message.State.DIGEST, next_attempt_at__lte=at)
    if not person.is_active:
        due.update(state=Message.State.INBOX)
        return 0
    key = f"{kinds.DIGEST}:{person.pk}:{at.astimezone(KST).date():%Y-%m-%d}"
    if Message.objects.filter(key=key).exists():
        # Committed after today's mail was written: it goes with tomorrow's.
        due.update(next_attempt_at=next_daily_mail(at))
        return 0
    rows = list(due.order_by("pk"))
    if not rows:
        return 0
    mail = _write(person, rows, key)
    _mark(due.filter(pk__in=[row.pk for row in rows]), mail)
    wake()
    return 1


def _write(person: Any, rows: list[Message], key: str) -> Message:
    values = {"count": len(rows), "lines": _lines(rows, person.language)}
    subject, body = render(kinds.get(kinds.DIGEST), person.language, values)
    return Message.objects.create(
        kind=kinds.DIGEST,
        recipient=person,
        language=person.language,
        subject=subject,
        body=body,
        url="/inbox/",
        key=key,
    )


def _lines(rows: list[Message], language: str) -> Lines:
    """Subjects, harmless since they were written, each with the address of what it is about."""
    parts = [
        f"– {row.subject}" + (f"\n  {absolute(row.url, language)}" if row.url else "")
        for row in rows[:MOST_LINES]
    ]
    return Lines("\n".join([*parts, "…"] if len(rows) > MOST_LINES else parts))


def _mark(rows: QuerySet[Message], mail: Message) -> None:
    rows.update(state=Message.State.DIGESTED, digest=mail)
