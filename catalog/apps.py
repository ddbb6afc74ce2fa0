from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from designation.hooks import designated, designation_ended
        from innomarket.documents.hooks import document_refused

        from . import messages, personal
        from .services.file import on_document_refused
        from .services.product import on_designated, on_designation_ended

        messages.register_all()
        personal.register_all()
        designated.subscribe(on_designated)
        designation_ended.subscribe(on_designation_ended)
        document_refused.subscribe(on_document_refused)
