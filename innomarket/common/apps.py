from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonConfig(AppConfig):
    name = "innomarket.common"
    verbose_name = _("Ground")

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers itself
