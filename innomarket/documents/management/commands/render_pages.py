"""Draw pages for the screen, without waiting for the worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from innomarket.documents import pages


class Command(BaseCommand):
    help = "Draw the pages that wait. With --again also those of files that could not be shown before."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="try failed ones once more")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(f"{pages.try_again()} documents wait again")
        total = 0
        while done := pages.render_due():
            total += done
        self.stdout.write(f"{total} documents done")
