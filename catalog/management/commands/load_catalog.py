"""`manage.py load_catalog --count N`: fictional products for measuring, the same ones each time, by COPY."""

import os
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.db.models import Model, QuerySet

from innomarket.common.models import MovableClock

from ...fictional import Fiction
from ...loading import Hands, Lines, hands, indexes_afterwards, lines, parts, send
from ...models import Product, PublicListing, SearchDocument
from ...services import public_listing, search
from ...services.known_version import rises_on_commit

NUMBER = "B26PD"
FEW = 10_000
"""Up to here further processes take longer to begin than they save."""


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
            _count_rows()
            copied = time.monotonic()
            with transaction.atomic():
                _without_triggers()
                _list(fiction, made)
            _count_rows()
            listed = time.monotonic()
            with transaction.atomic():
                _without_triggers()
                _make_findable(fiction, made)
        findable = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.stdout.write(
            f"{count} products: {copied - began:.0f} s to copy them, {listed - copied:.0f} s for their public listings,"
            f" {findable - listed:.0f} s for what they are found by, {time.monotonic() - findable:.0f} s to vacuum."
        )


def _without_triggers() -> None:
    """The rows agree with each other as the services leave them; asking each trigger would take hours."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")


def _count_rows() -> None:
    """What follows reads these rows at once, before PostgreSQL would look at them by itself."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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
    rows = public_listing.rows_of(_between(start, stop))
    for position, row in enumerate(rows, start=place):
        row.position, row.written_at = position, at
    return _lines_of(PublicListing, rows)


def _make_findable(fiction: Fiction, made: Hands) -> None:
    """The search document of each product, as its service makes it, and the words that mistyped ones may have meant."""
    first = fiction.first[Product]
    known: set[str] = set()
    with indexes_afterwards(SearchDocument):
        tasks = ((first + start, first + stop) for start, stop in parts(fiction.count))
        for rows, words in made.made(_found_by, tasks):
            send(SearchDocument, rows)
            known.update(words)
    search.learn(known)


def _found_by(start: int, stop: int) -> tuple[Lines, list[str]]:
    rows, words = search.rows_of(_between(start, stop))
    return _lines_of(SearchDocument, rows), words


def _between(start: int, stop: int) -> QuerySet[Product]:
    return Product.objects.filter(pk__gte=start, pk__lt=stop)


def _lines_of(model: type[Model], rows: Iterable[Model]) -> Lines:
    names = [field.attname for field in model._meta.concrete_fields]
    return lines(model, [{name: getattr(row, name) for name in names} for row in rows])
