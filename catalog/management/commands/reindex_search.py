"""Rebuild what products are found by; safe to run at any time, and again."""

from django.core.management.base import BaseCommand, CommandParser

from catalog.services.search import reindex


class Command(BaseCommand):
    help = "Rebuild the search documents of all products, or of those that have none (--missing)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missing", action="store_true", help="only products that cannot be found yet")

    def handle(self, *args: object, **options: object) -> None:
        done = reindex(missing=bool(options["missing"]))
        self.stdout.write(f"{done} indexed")
