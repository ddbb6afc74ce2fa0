from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "innomarket.privacy"
    verbose_name = _("Personal data")

    def ready(self) -> None:
        from innomarket.common import personal

        from . import messages, reads
        from . import personal as own

        messages.register_all()
        personal.provide_notices(reads.notice_for)
        own.register_all()
