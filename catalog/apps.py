from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from designation.hooks import designated
        from innomarket.documents.hooks import document_refused

        from . import messages, personal
        from .services.file import on_document_refused
        from .services.product import on_designated

        messages.register_all()
        personal.register_all()
        designated.subscribe(on_designated)
        document_refused.subscribe(on_document_refused)
