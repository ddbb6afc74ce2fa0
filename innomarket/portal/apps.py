from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "innomarket.portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from .ocds import nightly

        nightly.register_all()
