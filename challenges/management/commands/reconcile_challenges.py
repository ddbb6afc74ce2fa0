"""Publish the selected tasks of every published round again: what is public already stays as it is."""

from django.core.management.base import BaseCommand

from challenges.names import CODE
from challenges.services.challenge import publish_selected
from innomarket.evaluation.models import Round


class Command(BaseCommand):
    help = "Make public what published rounds have selected and what is not yet public."

    def handle(self, *args: object, **options: object) -> None:
        rounds = Round.objects.concluding().filter(lot__call__kind=CODE).order_by("pk")
        count = sum(len(publish_selected(round=round_)) for round_ in rounds)
        self.stdout.write(f"{count} challenge tasks made public")
