"""What the people behind an unsubmitted draft are told before the closing."""

from django.utils.translation import gettext_lazy as _

from innomarket.notifications.kinds import MessageKind, register

REMINDER = MessageKind(
    "submissions.reminder",
    _("Not submitted yet, %(left)s left: your draft for %(call)s"),
    _(
        "Your draft %(number)s for “%(call)s” is not submitted. What is not submitted does not take part.\n"
        "The call closes on %(closes)s: %(left)s left.\n"
        "The page below says what is still missing, and submits. No more reminders come once it is submitted."
    ),
    binding=True,
)


def register_all() -> None:
    """Make the kind known; called once when the app is ready."""
    register(REMINDER)
