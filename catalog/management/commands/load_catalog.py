"""`manage.py load_catalog --count N`: fictional products for measuring, the same ones each time, by COPY."""

import os
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from innomarket.common.models import MovableClock

from ...fictional import Fiction
from ...loading import Hands, Lines, hands, indexes_afterwards, lines, parts, send
from ...models import Product, PublicListing
from ...services.known_version import rises_on_commit
from ...services.public_listing import rows_of

NUMBER = "B26PD"
FEW = 10_000
"""Up to here further processes take longer to begin than they save."""
COLUMNS = [field.attname for field in PublicListing._meta.concrete_fields]


class Command(BaseCommand):
    help = (
        "Fill a database that is marked as movable (tests, benchmarks) with N fictional products; the same N are the"
        " same products each time. Refused everywhere else. The catalogue is locked meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--count", type=int, required=True, help="products")
        parser.add_argument(
            "--processes",
            type=int,
            help="that make the rows (of few products none: the command itself; else one for each processor)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count, processes = options["count"], options["processes"]
        if not MovableClock.objects.filter(database=connection.settings_dict["NAME"]).exists():
            raise CommandError("This database is not marked for tests or benchmarks: nothing was loaded.")
        if count < 1:
            raise CommandError("Ask for one product at least.")
        if Product.objects.filter(number__startswith=NUMBER).exists():
            raise CommandError("Fictional products are there already: nothing was loaded.")
        if processes is None:
            processes = 0 if count <= FEW else os.cpu_count() or 1
        began, fiction = time.monotonic(), Fiction(count)
        with hands(processes) as made:
            with transaction.atomic():
                _without_triggers()
                fiction.write(made)
            copied = time.monotonic()
            with transaction.atomic():
                _without_triggers()
                _list(fiction, made)
        listed = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(
            f"{count} products: {copied - began:.0f} s to copy them, {listed - copied:.0f} s for their public listings,"
            f" {time.monotonic() - listed:.0f} s to vacuum."
        )


def _without_triggers() -> None:
    """The rows agree with each other as the services leave them; asking each trigger would take hours."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _list(fiction: Fiction, made: Hands) -> None:
    """The public row of each product, as its service makes it, in the order of their keys."""
    first = fiction.first[Product]
    with indexes_afterwards(PublicListing), connection.cursor() as cursor:
        # The table is locked: nobody else takes a place, nor reads past these, before they are there.
        cursor.execute(
            "SELECT setval('catalog_position', nextval('catalog_position') + %s - 1), clock_timestamp()",
            [fiction.count],
        )
        last, at = cursor.fetchone()
        place = last - fiction.count + 1
        tasks = ((first + start, first + stop, place + start, at) for start, stop in parts(fiction.count))
        for rows in made.made(_listed, tasks):
            send(PublicListing, rows)
    rises_on_commit()


def _listed(start: int, stop: int, place: int, at: datetime) -> Lines:
    """The rows of products ``start`` to ``stop`` (by key); in whichever process."""
    rows = rows_of(Product.objects.filter(pk__gte=start, pk__lt=stop))
    for position, row in enumerate(rows, start=place):
        row.position, row.written_at = position, at
    return lines(PublicListing, [{name: getattr(row, name) for name in COLUMNS} for row in rows])
