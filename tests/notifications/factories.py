"""Messages for tests, written as services write them; and kinds that only tests know."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.notifications import services
from innomarket.notifications.kinds import MessageKind, register
from innomarket.notifications.models import Message

# The words stand in the portal's catalogue, so that both languages can be told apart.
GREETING = register(MessageKind("test.greeting", _("Inbox"), _("Inbox")))
TITLED = register(MessageKind("test.titled", "About %(title)s", "We tell you of %(title)s.\n\nSee you."))


def message(person: Any, *, kind: str = "test.titled", title: str = "x", **fields: Any) -> Message:
    """One told message of a person, with a version of its own."""
    version = fields.pop("version", Message.objects.count())
    services.tell(kind=kind, people=[person], version=version, values={"title": title}, url="/inbox/")
    found = Message.objects.latest("pk")
    if fields:
        Message.objects.filter(pk=found.pk).update(**fields)
        found.refresh_from_db()
    return found
