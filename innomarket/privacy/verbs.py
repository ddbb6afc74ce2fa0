"""What is done with personal data. In words, for the history that staff read."""

from django.utils.translation import gettext_lazy as _

from innomarket.audit.verbs import register

register(
    {
        "privacy.give_consent": _("Consent given"),
        "privacy.decline_consent": _("Consent declined"),
        "privacy.withdraw_consent": _("Consent withdrawn"),
        "privacy.ask_export": _("Own data asked for"),
        "privacy.make_export": _("Own data put together"),
        "privacy.download_export": _("Own data downloaded"),
        "privacy.ask_erasure": _("Erasure asked for"),
        "privacy.take_back_erasure": _("Erasure taken back"),
        "privacy.hold_up_erasure": _("Erasure held up by a duty"),
        "privacy.erase": _("Erasure carried out"),
        "privacy.erased": _("Person erased"),
        "privacy.retention": _("Deleted after its period"),
    }
)
