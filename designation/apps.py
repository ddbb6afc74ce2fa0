from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DesignationConfig(AppConfig):
    name = "designation"
    verbose_name = _("Proposals and designation")

    def ready(self) -> None:
        from innomarket.evaluation.hooks import result_revised, results_published
        from innomarket.submissions import kinds

        from . import messages, personal, reading  # noqa: F401 – register what is told, and who reads
        from .hooks import designated
        from .kind import KIND
        from .services.proposal import tell_results
        from .services.review import want_after_designation, want_motion

        personal.register_all()
        kinds.register(KIND)
        results_published.subscribe(tell_results)
        result_revised.subscribe(want_motion)
        designated.subscribe(want_after_designation)
