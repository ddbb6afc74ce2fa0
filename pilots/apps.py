from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PilotsConfig(AppConfig):
    name = "pilots"
    verbose_name = _("Pilot purchases")

    def ready(self) -> None:
        from innomarket.common import personal

        from . import messages

        messages.register_all()
        personal.form("purchase", "pilots:inspection", "pilots:measures", "pilots:verdict", "pilots:use")
