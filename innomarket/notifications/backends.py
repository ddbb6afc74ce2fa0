"""The local mailbox: with the embedded services and no MAIL_URL, every mail becomes a row that a page shows."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from .models import LocalMail


def local_mailbox_is_on() -> bool:
    """Whether the mailbox pages exist: only on a checkout's own services, and only without a mail server."""
    return settings.EMBEDDED and not settings.MAIL_URL


class LocalMailbox(BaseEmailBackend):
    """Keeps each mail once for each address, by its Message-ID."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        for mail in email_messages:
            # A savepoint: the drain notes an error of this table as the one mail's, in its own transaction.
            with transaction.atomic():
                LocalMail.objects.bulk_create(_rows(mail), ignore_conflicts=True)
            sent += 1
        return sent


def _rows(mail: EmailMessage) -> list[LocalMail]:
    # Made into a real mail first: a header with a line break fails here as it would at a server.
    headers: Any = mail.message()
    to = ", ".join(mail.recipients())
    return [
        LocalMail(
            to=to[:300],
            sender=mail.from_email[:300],
            subject=mail.subject[:300],
            body=str(mail.body),
            message_id=headers["Message-ID"][:200],
        )
    ]
