from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "innomarket.notifications"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from . import messages, personal

        messages.register_all()
        personal.register_all()
