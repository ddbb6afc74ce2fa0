from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    name = "innomarket.submissions"
    verbose_name = _("Calls and submissions")

    def ready(self) -> None:
        from innomarket.accounts import queue
        from innomarket.documents import hooks as documents

        from . import messages, personal, reads, reminding, supplementing
        from .services import infection, supplement_infected

        messages.register_all()
        personal.register_all()
        reminding.register_all()
        supplementing.register_all()
        queue.register(reads.nearest_closing)
        documents.document_refused.subscribe(infection.take_out)
        documents.document_refused.subscribe(supplement_infected.take_out_paper)
