"""Fill tables as quickly as PostgreSQL takes rows: made by several processes, sent by COPY, indexed afterwards."""

import io
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

import django
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange

BATCH = 2_000
AHEAD = 4  # batches that wait to be sent: some ten megabytes
INDEX_MEMORY = "512MB"

# What holds a promise (keys, unique columns, constraints) stays.
PLAIN_INDEXES = """
    SELECT index.relname, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class index ON index.oid = indexrelid
    WHERE indrelid = ANY (%s::regclass[]) AND NOT indisunique
        AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
    ORDER BY indexrelid
"""

Row = dict[str, Any]
Lines = tuple[list[str], str]
"""The columns, and rows as COPY reads them."""


# ── making ──


class Hands:
    """Make rows in processes beside this one; without any, here."""

    def __init__(self, pool: ProcessPoolExecutor | None) -> None:
        self.pool = pool

    def made(self, work: Callable[..., Any], tasks: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """``work(*task)`` of each task, in their order, a few ahead of what is taken."""
        if self.pool is None:
            yield from (work(*task) for task in tasks)
            return
        coming: deque[Any] = deque()
        for task in tasks:
            coming.append(self.pool.submit(work, *task))
            if len(coming) > AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


@contextmanager
def hands(processes: int) -> Iterator[Hands]:
    """So many processes, each with a connection of its own to this database."""
    if not processes:
        yield Hands(None)
        return
    database = connection.settings_dict["NAME"]
    # Spawned, not forked: a copy of this process would share its connections.
    with ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(database,)
    ) as pool:
        yield Hands(pool)


def _begin(database: Any) -> None:
    django.setup()
    connection.settings_dict["NAME"] = database
    with connection.cursor() as cursor:
        # Two thousand keys look to the planner like a reason to read a whole table, again for each batch.
        cursor.execute("SET enable_seqscan = off")


def parts(count: int) -> Iterator[tuple[int, int]]:
    """0 to ``count`` in batches: first, and the one behind the last."""
    for start in range(0, count, BATCH):
        yield start, min(start + BATCH, count)


# ── writing ──


def lines(model: type[models.Model], rows: Iterable[Row]) -> Lines:
    """Rows (by column) as COPY reads them; what a row does not name takes the model's default."""
    given = list(rows)
    defaults = {
        str(field.column): field.get_default()
        for field in model._meta.concrete_fields
        if field.column not in given[0] and field.db_default is models.NOT_PROVIDED and not field.null
    }
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    names = [*given[0], *defaults]
    texts = [(name, _text_of(fields[name])) for name in names]
    out = []
    for row in given:
        values = defaults | row
        out.append(
            "\t".join([r"\N" if (value := values[name]) is None else text(value) for name, text in texts])
        )
    out.append("")
    return names, "\n".join(out)


def send(model: type[models.Model], made: Lines) -> None:
    """COPY them into the model's table."""
    names, text = made
    columns = ", ".join(str(connection.ops.quote_name(name)) for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", io.BytesIO(text.encode()), size=1 << 18)


@contextmanager
def indexes_afterwards(*tables: type[models.Model]) -> Iterator[None]:
    """Without their plain indexes meanwhile: made at once they take a part of the time that row by row takes.

    In the caller's transaction: whoever else asks these tables waits for its end, and where it fails they are back.
    """
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_INDEXES, [names])
        found = cursor.fetchall()
        for name, _definition in found:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
        for _name, definition in found:
            cursor.execute(definition)


def next_key(model: type[models.Model]) -> int:
    return (model._default_manager.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def go_on_behind(model: type[models.Model], key: int) -> None:
    """Keys that the database gives begin with this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", [model._meta.db_table, key]
        )


def _text_of(field: Any) -> Callable[[Any], str]:
    """How COPY reads a value of this field."""
    if isinstance(field, models.BooleanField):
        return lambda value: "t" if value else "f"
    if isinstance(field, models.CharField | models.TextField | SearchVectorField):
        return _escaped
    return _plain


def _escaped(value: str) -> str:
    for letter, written in (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r")):
        if letter in value:
            value = value.replace(letter, written)
    return value


def _plain(value: Any) -> str:
    """A number, an instant, a range, or a list."""
    if isinstance(value, DateRange):
        return f"[{value.lower},{value.upper})"
    if isinstance(value, list | tuple):
        return _escaped("{" + ",".join(map(_element, value)) + "}")
    return str(value)


def _element(value: Any) -> str:
    """As an array's text has it."""
    if isinstance(value, str):
        return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'
    return str(value)
