"""What people are told about organisations and memberships. Places are untrusted values."""

from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

from .tokens import invitation_path

APPLIED = MessageKind(
    "accounts.organisation_applied",
    _("An organisation waits for verification: %(organisation)s"),
    _(
        "%(person)s has applied for “%(organisation)s” (%(kind)s).\n\n"
        "Please check its details and verify or refuse it. Its submissions count only if it is verified"
        " before the opening."
    ),
)
VERIFIED = MessageKind(
    "accounts.organisation_verified",
    _("%(organisation)s is verified"),
    _("Agency staff have verified “%(organisation)s”. Its submissions count from now on."),
    binding=True,
)
REFUSED = MessageKind(
    "accounts.organisation_refused",
    _("%(organisation)s was not verified"),
    _(
        "Agency staff could not verify “%(organisation)s”.\n\nReason: %(reason)s\n\n"
        "An owner can correct the details and apply again."
    ),
    binding=True,
)
MEMBER_ADDED = MessageKind(
    "accounts.member_added",
    _("You now act for %(organisation)s"),
    _(
        "%(person)s has added you to “%(organisation)s” as %(role)s.\n\n"
        "If you do not belong to this organisation, leave it on its page."
    ),
)
MEMBER_CHANGED = MessageKind(
    "accounts.member_changed",
    _("Your role in %(organisation)s has changed"),
    _("%(person)s has changed your role in “%(organisation)s”: %(role)s. May submit: %(may_submit)s."),
)
MEMBER_REMOVED = MessageKind(
    "accounts.member_removed",
    _("You no longer act for %(organisation)s"),
    _("%(person)s has removed you from “%(organisation)s”. You no longer see its drafts and submissions."),
)
MEMBER_LEFT = MessageKind(
    "accounts.member_left",
    _("%(person)s has left %(organisation)s"),
    _("%(person)s no longer acts for “%(organisation)s”."),
)
INVITED = MessageKind(
    "accounts.invited",
    _("You are invited to act for %(organisation)s"),
    _(
        "%(person)s invites you to act for “%(organisation)s” as %(role)s.\n\n"
        "Open the page below, sign in or register with this e-mail address, and accept. The invitation works"
        " once, until %(expires)s. If you do not expect it, you need not do anything."
    ),
    binding=True,
    path_of=invitation_path,
)
INVITATION_ACCEPTED = MessageKind(
    "accounts.invitation_accepted",
    _("%(person)s now acts for %(organisation)s"),
    _("%(person)s has accepted the invitation and now acts for “%(organisation)s” as %(role)s."),
)
TOKEN_REVOKED = MessageKind(
    "accounts.token_revoked",
    _("A token for the API was revoked: %(organisation)s"),
    _(
        "%(person)s revoked the token %(token)s… (“%(label)s”) of “%(organisation)s”.\n\n"
        "Programs that use it are refused from now on. An owner can make a new one on the page below."
    ),
    binding=True,
)

KINDS = (
    APPLIED,
    VERIFIED,
    REFUSED,
    MEMBER_ADDED,
    MEMBER_CHANGED,
    MEMBER_REMOVED,
    MEMBER_LEFT,
    INVITED,
    INVITATION_ACCEPTED,
    TOKEN_REVOKED,
)


def register_all() -> None:
    """Make the kinds known; called once when the app is ready."""
    for kind in KINDS:
        register(kind)


def named(thing: Any) -> Any:
    """The name of something that has one in two languages, chosen when the message is rendered."""

    def name() -> str:
        return thing.name_en if thing.name_en and get_language() == "en" else thing.name_ko

    return lazy(name, str)()
