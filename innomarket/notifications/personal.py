"""What the outbox keeps about people: taken along, and deleted after a time."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.common import personal

from .models import LocalMail, Message, Preference

OURS = gettext_noop("innomarket: no source states a period")
ENDED = ("sent", "digested", "inbox", "failed", "suppressed")


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form("news", "notifications:preferences")
    personal.no_data("it marks one's own messages as read", "notifications:inbox")
    personal.share(
        personal.Share(
            "notifications.messages",
            _("Messages to you"),
            (
                ("created_at", _("written at")),
                ("subject", _("subject")),
                ("body", _("text")),
                ("sent_at", _("sent at")),
                ("read_at", _("read at")),
            ),
            _messages,
        ),
        personal.Share(
            "notifications.preferences",
            _("How you want to be told"),
            (("group", _("group of messages")), ("way", _("way"))),
            lambda person: Preference.objects.filter(person=person).values("group", "way"),
        ),
    )
    personal.keep(
        personal.Kept(
            "notifications.inbox",
            _("Messages to people"),
            lambda before: Message.objects.filter(
                recipient__isnull=False, state__in=ENDED, created_at__lt=before
            ),
            "created_at",
            36,
            OURS,
            lambda rows: _delete(Message, rows),
        ),
        personal.Kept(
            "notifications.addresses",
            _("Mails to addresses without an account"),
            lambda before: Message.objects.filter(recipient=None, state__in=ENDED, created_at__lt=before),
            "created_at",
            6,
            OURS,
            lambda rows: _delete(Message, rows),
        ),
        personal.Kept(
            "notifications.local_mail",
            _("Mails of the trial's own mailbox"),
            lambda before: LocalMail.objects.filter(at__lt=before),
            "at",
            12,
            OURS,
            lambda rows: _delete(LocalMail, rows),
        ),
    )


def _messages(person: Any) -> Iterator[Any]:
    rows = Message.objects.filter(recipient=person).order_by("pk")
    yield from rows.values("created_at", "subject", "body", "sent_at", "read_at").iterator(1000)


def _delete(model: Any, rows: list[Any]) -> None:
    model._default_manager.filter(pk__in=[row.pk for row in rows]).delete()
