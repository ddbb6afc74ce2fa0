from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from designation.hooks import designated

        from . import messages, personal
        from .services.product import on_designated

        messages.register_all()
        personal.register_all()
        designated.subscribe(on_designated)
