"""What staff do with dated rules. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "rules.enter": _("Rule entered"),
        "rules.move_end": _("End of a rule moved"),
        "rules.take_back": _("Rule taken back"),
    }
)
