"""What is done with messages. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "notifications.retry": _("Failed message sent again"),
        "notifications.choose_ways": _("Ways of being told chosen"),
    }
)
