"""Tell the stories the results of every published round of proposals: what they know already is kept."""

from django.core.management.base import BaseCommand

from designation.names import CODE
from designation.services.proposal import tell_results
from innomarket.evaluation.models import Round


class Command(BaseCommand):
    help = "Add the milestones of published results that a story lacks."

    def handle(self, *args: object, **options: object) -> None:
        rounds = Round.objects.concluding().filter(lot__call__kind=CODE).order_by("pk")
        count = sum(tell_results(round=round_) is not None for round_ in rounds)
        self.stdout.write(f"{count} milestones added")
