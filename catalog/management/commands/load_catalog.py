"""`manage.py load_catalog --count N`: fictional products for measuring, the same ones each time, by COPY."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from innomarket.common.models import MovableClock

from ...fictional import Fiction
from ...models import Product
from ...services.public_listing import rebuild

NUMBER = "B26PD"


class Command(BaseCommand):
    help = (
        "Fill a database that is marked as movable (tests, benchmarks) with N fictional products; the same N are the"
        " same products each time. Refused everywhere else."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, required=True, help="products")

    def handle(self, *args: Any, **options: Any) -> None:
        if not MovableClock.objects.filter(database=connection.settings_dict["NAME"]).exists():
            raise CommandError("This database is not marked for tests or benchmarks: nothing was loaded.")
        if options["count"] < 1:
            raise CommandError("Ask for one product at least.")
        if Product.objects.filter(number__startswith=NUMBER).exists():
            raise CommandError("Fictional products are there already: nothing was loaded.")
        began = time.monotonic()
        with transaction.atomic(), connection.cursor() as cursor:
            # The rows agree with each other as the services leave them; asking each trigger would take hours.
            cursor.execute("SET LOCAL session_replication_role = replica")
            Fiction(options["count"]).write()
        copied = time.monotonic()
        written = sum(differed for _seen, differed in rebuild(batch=1000, missing=True))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stdout.write(
            f"{written} products: {copied - began:.0f} s to copy them, {time.monotonic() - copied:.0f} s for their"
            " public listings."
        )
