"""`manage.py rebuild_listing`: make the public listings anew from the products. Idempotent; runs beside the portal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...services.public_listing import BATCH, rebuild


class Command(BaseCommand):
    help = "Make what the API and the bulk files say of each product anew, in batches. Repeating it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="products in one transaction")
        parser.add_argument(
            "--missing",
            action="store_true",
            help="only products without a row, or with one of another format",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        looked_at = written = 0
        for seen, differed in rebuild(batch=options["batch"], missing=options["missing"]):
            looked_at, written = looked_at + seen, written + differed
        self.stdout.write(f"{looked_at} products, {written} written anew.")
