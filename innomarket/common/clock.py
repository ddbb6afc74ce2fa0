"""The one clock: the SQL function ``innomarket_now()``.

It is ``clock_timestamp()``. Only in a database that is marked as movable (a row in
``common_movableclock`` that names this very database: tests, and the sample while it loads) it
honours ``SET LOCAL innomarket.now``, so that the past can be played through the real services.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import BooleanField, DateTimeField, Func

KST = ZoneInfo("Asia/Seoul")


class Now(Func):
    """The clock as an expression, for defaults, filters and constraints' inputs."""

    function = "innomarket_now"
    arity = 0
    output_field = DateTimeField()


class IsMoved(Func):
    """Whether this transaction plays the past: what it writes is then marked "reconstructed"."""

    function = "innomarket_is_moved"
    arity = 0
    output_field = BooleanField()


def now() -> datetime:
    """The database's instant, in UTC. A service reads it after it holds its locks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT innomarket_now()")
        return cursor.fetchone()[0]


def is_moved() -> bool:
    """Whether this transaction plays the past: tasks at an instant are then of no use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT innomarket_is_moved()")
        return cursor.fetchone()[0]


def today() -> date:
    """The calendar day in Seoul: what "valid today" is asked with."""
    return now().astimezone(KST).date()


def kst(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant given as people in Korea would write it."""
    return datetime(year, month, day, hour, minute, tzinfo=KST)


@contextmanager
def moved_to(instant: datetime) -> Iterator[None]:
    """Within a transaction, let the clock stand at ``instant``; afterwards it is what it was.

    Raises RuntimeError outside a transaction, or where the database is not marked as movable:
    nothing a visitor can reach may ever move time.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("The clock moves only inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM common_movableclock WHERE database = current_database()")
        if cursor.fetchone() is None:
            raise RuntimeError("This database's clock cannot be moved.")
        cursor.execute("SELECT coalesce(current_setting('innomarket.now', true), '')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('innomarket.now', %s, true)", [instant.isoformat()])
    try:
        yield
    finally:
        # After a database error the transaction is void, and with it the local setting.
        if not connection.needs_rollback and connection.in_atomic_block:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('innomarket.now', %s, true)", [before])
