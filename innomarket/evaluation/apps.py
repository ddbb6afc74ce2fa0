from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    name = "innomarket.evaluation"
    verbose_name = _("Evaluation")

    def ready(self) -> None:
        from innomarket.accounts import hooks as accounts_hooks
        from innomarket.documents import hooks as documents
        from innomarket.submissions import chiefs, hooks, outcomes, readers, stage_rules

        from . import messages, personal, reads
        from .readers import assigned_evaluators
        from .services.blinding import refuse_returned_copy
        from .services.conflict import check_again
        from .services.infected import tell_refused
        from .services.round import refuse_excluded_entry

        messages.register_all()
        personal.register_all()
        readers.register(assigned_evaluators)
        outcomes.register(reads.decided_calls)
        hooks.submission_excluded.subscribe(refuse_excluded_entry)
        hooks.copy_returned.subscribe(refuse_returned_copy)
        accounts_hooks.member_joined.subscribe(check_again)
        documents.document_refused.subscribe(tell_refused)
        chiefs.register(reads.chiefs_of_lot)
        stage_rules.register(reads.stage_rule)
