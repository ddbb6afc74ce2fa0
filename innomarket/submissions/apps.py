from importlib.util import find_spec

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    name = "innomarket.submissions"
    verbose_name = _("Calls and submissions")

    def ready(self) -> None:
        if find_spec("innomarket.notifications.kinds"):  # TEMPORARY while the house is built
            from . import messages

            messages.register_all()
