"""Make every motion that is wanted after an evaluation anew and is missing: what stands already stays as it is."""

from django.core.management.base import BaseCommand

from designation.names import CODE
from designation.services.review import want_motion
from innomarket.evaluation.models import Result


class Command(BaseCommand):
    help = "Make the motions that evaluations anew of designated proposals want and that are missing."

    def handle(self, *args: object, **options: object) -> None:
        revised = Result.objects.standing().filter(ordinal__gt=0, entry__round__lot__call__kind=CODE)
        made = sum(want_motion(result=result) is not None for result in revised.order_by("pk"))
        self.stdout.write(f"{made} motions wanted")
