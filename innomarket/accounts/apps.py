from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "innomarket.accounts"
    verbose_name = _("People and organisations")

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added

        from . import messages, personal, recording
        from .middleware import note_first_use

        messages.register_all()
        recording.connect()
        personal.register_all()
        authenticator_added.connect(note_first_use, dispatch_uid="accounts.note_first_use")
