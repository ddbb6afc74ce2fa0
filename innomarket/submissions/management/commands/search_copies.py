"""Search anonymous copies for their applicants, without waiting for the worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from innomarket.submissions.services import identity


class Command(BaseCommand):
    help = "Search the copies that wait. With --again also those that this server could not search before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--again", action="store_true", help="try those once more that failed for a passing reason"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(f"{identity.try_again()} copies wait again")
        total = 0
        while done := identity.search_due():
            total += done
        self.stdout.write(f"{total} copies searched")
