"""Take an erased person out of the outbox: their own messages, and their name in those that others keep."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from . import kinds
from .models import LocalMail, Message, Preference


def forget_person(*, person: Any, addresses: Iterable[str], labels: list[str], code: str) -> int:
    """Delete what was told to the person, and write the code where others' messages name them; how many messages.

    ``labels``: the objects about which others were told with the person's name. An address is replaced wherever
    it stands; a name only in kinds that name a person, about these objects: another may have the same name.
    """
    own = Q(recipient=person)
    to_address = Q()
    for address in addresses:
        to_address |= Q(address_to__iexact=address)
    n, _models = Message.objects.filter(own | to_address).delete()
    Preference.objects.filter(person=person).delete()
    words = [*addresses]
    mentions = Q()
    for address in words:
        mentions |= Q(body__icontains=address) | Q(subject__icontains=address)
    naming = [kind.code for kind in kinds.all_kinds() if "%(person)s" in f"{kind.subject}{kind.body}"]
    named = Q(kind__in=naming, object_label__in=labels)
    named &= Q(body__contains=person.name) | Q(subject__contains=person.name)
    # The daily mails repeat the subjects of what they gather.
    gathered = Message.objects.filter(named, digest__isnull=False).order_by().values("digest")
    for row in (
        Message.objects.select_for_update().filter(mentions | named | Q(pk__in=gathered)).order_by("pk")
    ):
        row.subject = _without(row.subject, person.name, words, code)
        row.body = _without(row.body, person.name, words, code)
        row.save(update_fields=["subject", "body"])
        n += 1
    _forget_local(person.name, words)
    return n


def _without(text: str, name: str, addresses: list[str], code: str) -> str:
    """A name that begins in the middle of a word is another word; Korean particles may follow it."""
    for address in addresses:
        text = re.sub(re.escape(address), code, text, flags=re.IGNORECASE)
    return re.sub(rf"(?<!\w){re.escape(name)}", code, text)


def _forget_local(name: str, addresses: list[str]) -> None:
    """The trial's own mailbox stands for the mail server's: what reached the person, or names them, goes."""
    found = Q(body__contains=name) | Q(subject__contains=name)
    for address in addresses:
        found |= Q(to__icontains=address) | Q(body__icontains=address)
    LocalMail.objects.filter(found).delete()
