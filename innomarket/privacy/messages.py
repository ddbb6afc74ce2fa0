"""What people are told about their own data."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

ERASURE_ASKED = MessageKind(
    "privacy.erasure_asked",
    _("Your account will be erased"),
    _(
        "The erasure of your account has been asked for. It is carried out from %(due)s on; until then it can be"
        " taken back on the page “My data”.\n\nIf it was not you who asked, take it back and change your password."
    ),
    binding=True,
)
ERASURE_HELD_UP = MessageKind(
    "privacy.erasure_held_up",
    _("Your account could not be erased yet"),
    _("Something must be done first: %(reason)s\n\nWe try again every day."),
    binding=True,
)
EXPORT_READY = MessageKind(
    "privacy.export_ready",
    _("Your data are ready"),
    _("What is kept about you has been put together. You can download it from the page “My data”."),
    binding=True,
)


def register_all() -> None:
    """Make the kinds known; called once when the app is ready."""
    for kind in (ERASURE_ASKED, ERASURE_HELD_UP, EXPORT_READY):
        register(kind)
