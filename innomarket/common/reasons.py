"""The reason that a risky step asks for."""

from django.utils.translation import gettext as _

from .refusals import Refused


def reason_given(reason: str, *, most: int | None = None) -> str:
    """The reason without spaces around it. Raises Refused where none is given, or a longer one than is kept."""
    reason = reason.strip()
    if not reason:
        raise Refused("reason_needed", _("Give the reason."), field="reason")
    if most is not None and len(reason) > most:
        raise Refused(
            "reason_too_long",
            _("Give the reason in at most %(most)s characters.") % {"most": most},
            field="reason",
        )
    return reason
