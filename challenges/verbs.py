"""What is done with challenge tasks and ideas. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "challenges.publish": _("Challenge task published"),
        "challenges.publish_idea": _("Idea published"),
        "challenges.call_for_solutions": _("Call for solutions prepared"),
        "challenges.call_again": _("Another call for solutions prepared, after the cancelled one"),
    }
)
