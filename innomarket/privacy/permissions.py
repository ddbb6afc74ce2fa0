"""Who may do what with personal data. Each answers None (yes) or a Refusal with its reason."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from innomarket.accounts.permissions import staff_with
from innomarket.common import personal
from innomarket.common.refusals import Refusal, forbidden

may_keep = staff_with("read_audit")
"""The desk that reads the audit also keeps notices, erasures and retention (decision 0020)."""


def is_oneself(by: Any, person: Any) -> Refusal | None:
    """Consent, export and taking an erasure back are one's own."""
    if by.is_authenticated and by.is_active and by.pk == person.pk:
        return None
    return forbidden("not_yourself", _("Everybody does this for themselves only."))


def may_ask_erasure(by: Any, person: Any) -> Refusal | None:
    """The person, or the desk that keeps personal data on the person's request."""
    return is_oneself(by, person) and may_keep(by)


def open_duty(person: Any) -> Refusal | None:
    """The first duty that must be ended before the person can be erased."""
    if getattr(person, "erased_at", None):
        return Refusal("erased", _("This person has been erased already."))
    return next((found for ask in personal.duties if (found := ask(person)) is not None), None)
