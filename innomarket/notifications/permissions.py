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
