from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "innomarket.documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        from django.conf import settings

        from innomarket.common import health, personal

        from . import dropping, hooks, pages, pictures, quarantine

        hooks.document_refused.subscribe(pages.refused)
        hooks.document_refused.subscribe(pictures.refused)
        personal.keep(*dropping.periods())
        if settings.CLAMAV_ADDRESS:
            health.SHOWN["clamav"] = quarantine.check_health
