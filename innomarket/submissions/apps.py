from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    name = "innomarket.submissions"
    verbose_name = _("Calls and submissions")

    def ready(self) -> None:
        from . import messages

        messages.register_all()
