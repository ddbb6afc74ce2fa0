"""The one message that this app tells itself: the daily mail."""

from django.utils.translation import gettext_lazy as _

from .kinds import DIGEST, MessageKind, register

DAILY = MessageKind(
    DIGEST,
    _("Your daily mail from innomarket: %(count)s messages"),
    _(
        "What we have told you since the last daily mail:\n\n%(lines)s\n\n"
        "You chose to be told of these once a day. You can choose otherwise on the page of your inbox."
    ),
    binding=True,
)


def register_all() -> None:
    """Make the kind known; called once when the app is ready."""
    register(DAILY)
