"""`manage.py rebuild_catalog`: make the public listings anew from the products. Idempotent; runs beside the portal."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...services.batches import BATCH
from ...services.public_listing import differing, rebuild

NAMED = 20


class Command(BaseCommand):
    help = "Make what the API and the bulk files say of each product anew, in batches. Repeating it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=BATCH, help="products in one transaction")
        only = parser.add_mutually_exclusive_group()
        only.add_argument(
            "--missing",
            action="store_true",
            help="only products without a row, or with one of another format",
        )
        only.add_argument(
            "--check",
            action="store_true",
            help="write nothing: fail, and name products, where a row does not say what its product says",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check(options["batch"])
            return
        looked_at = written = 0
        for seen, differed in rebuild(batch=options["batch"], missing=options["missing"]):
            looked_at, written = looked_at + seen, written + differed
        self.stdout.write(f"{looked_at} products, {written} written anew.")

    def _check(self, batch: int) -> None:
        looked_at = 0
        wrong: list[str] = []
        for seen, numbers in differing(batch=batch):
            looked_at, wrong = looked_at + seen, wrong + numbers
        if wrong:
            named = ", ".join(wrong[:NAMED]) + (" …" if len(wrong) > NAMED else "")
            raise CommandError(
                f"{len(wrong)} of {looked_at} products are told otherwise than they are: {named}"
            )
        self.stdout.write(f"{looked_at} products, all told as they are.")
