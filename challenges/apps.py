from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChallengesConfig(AppConfig):
    name = "challenges"
    verbose_name = _("Challenge tasks")

    def ready(self) -> None:
        from innomarket.evaluation.hooks import results_published
        from innomarket.submissions import kinds

        from . import reading  # noqa: F401 – registers who reads
        from .kind import KIND
        from .services.challenge import publish_selected

        kinds.register(KIND)
        results_published.subscribe(publish_selected)
