"""Publish what every published round selected again, tasks and ideas: what is public already stays as it is."""

from django.core.management.base import BaseCommand

from challenges.names import CODE, IDEA
from challenges.services.challenge import publish_selected
from challenges.services.idea import publish_picked
from innomarket.evaluation.models import Round


class Command(BaseCommand):
    help = "Make public what published rounds have selected and what is not yet public."

    def handle(self, *args: object, **options: object) -> None:
        rounds = list(Round.objects.concluding().filter(lot__call__kind__in=(CODE, IDEA)).order_by("pk"))
        tasks = sum(len(publish_selected(round=round_)) for round_ in rounds)
        ideas = sum(len(publish_picked(round=round_)) for round_ in rounds)
        self.stdout.write(f"{tasks} challenge tasks and {ideas} ideas made public")
