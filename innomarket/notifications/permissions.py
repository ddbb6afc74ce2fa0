"""Who may do what with messages."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.common.refusals import Refusal, forbidden

from .models import Message


def may_retry(user: Any, message: Message) -> Refusal | None:
    """Staff who read the audit see failed messages, and may have one tried again."""
    if user.is_staff and user.has_perm("accounts.read_audit"):
        return None
    return forbidden("not_audit", _("Only staff who read the audit may send a message again."))


def may_choose_ways(user: Any, person: Any) -> Refusal | None:
    """People choose for themselves how they are told."""
    if user.is_authenticated and user.pk == person.pk:
        return None
    return forbidden("not_yourself", _("People choose themselves how they are told."))
