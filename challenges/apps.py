from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    name = "challenges"
    verbose_name = _("Challenge tasks")

    def ready(self) -> None:
        from innomarket.evaluation.hooks import results_published
        from innomarket.submissions import kinds

        from . import idea_kind, kind, reading  # noqa: F401 – reading registers who reads
        from .services.challenge import publish_selected
        from .services.idea import publish_picked

        for one in (kind, idea_kind):
            kinds.register(one.KIND)
        results_published.subscribe(publish_selected)
        results_published.subscribe(publish_picked)
