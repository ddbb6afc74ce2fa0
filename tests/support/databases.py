"""Databases of the test server: made by cloning, dropped by force. Uses no Django."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.sql import SQL, Identifier, Literal

_numbers = count(1)
_lock = threading.Lock()


def url(name: str) -> str:
    """The address of a database on the test server."""
    return urlunsplit(urlsplit(os.environ["INNOMARKET_TEST_POSTGRES"])._replace(path=f"/{name}"))


def migrated() -> str:
    """The template of this run: migrated, with what ships, and nobody in it."""
    return os.environ["INNOMARKET_TEST_TEMPLATE"]


def name_of_worker() -> str:
    return f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def dsn(name: str) -> str:
    """The same for psycopg2."""
    return url(name).replace("postgres://", "postgresql://", 1)


@contextmanager
def cursor(name: str = "postgres") -> Iterator["psycopg2.extensions.cursor"]:
    """An autocommitting cursor of a connection of its own, for looking at a database from outside."""
    connection = psycopg2.connect(dsn(name))
    connection.autocommit = True
    try:
        with connection.cursor() as made:
            yield made
    finally:
        connection.close()


def exists(name: str) -> bool:
    with cursor() as asked:
        asked.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return asked.fetchone() is not None


def create(name: str, *, template: str | None = None) -> None:
    """Make a database, empty or as a copy. One of the same name is replaced."""
    drop(name)
    with cursor() as asked:
        if template:
            # Nothing is flushed here, so the checkpoint that copying files takes costs less than a log of every page.
            asked.execute(
                SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                    Identifier(name), Identifier(template)
                )
            )
        else:
            asked.execute(SQL("CREATE DATABASE {} TEMPLATE template0").format(Identifier(name)))


def drop(name: str) -> None:
    """Drop it, and end who is still connected: the test that used it is over."""
    with cursor() as asked:
        asked.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def rename(name: str, new: str) -> None:
    """Nobody may be connected to it: who ended a moment ago may still be counted, and is waited for."""
    with cursor() as asked:
        asked.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        asked.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(name), Identifier(new)))


def drop_all(*, keep: str) -> None:
    """Drop what earlier runs left, except one."""
    with cursor() as asked:
        asked.execute("SELECT datname FROM pg_database WHERE datname ~ '^(test_|innomarket_template)'")
        names = [name for (name,) in asked.fetchall()]
    for name in names:
        if name != keep:
            drop(name)


def stand_at(name: str, instant: datetime) -> None:
    """Let the database's clock stand: for sessions that begin from now on, and none is older."""
    with cursor() as asked:
        asked.execute(
            SQL("ALTER DATABASE {} SET innomarket.now = {}").format(
                Identifier(name), Literal(instant.isoformat())
            )
        )
        asked.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def clone(name: str | None = None, *, template: str | None = None) -> str:
    """A copy of the template, or of another database, whose clock is marked as movable. Returns its name."""
    if name is None:
        with _lock:
            name = f"{name_of_worker()}_{next(_numbers)}"
    create(name, template=template or migrated())
    with cursor(name) as asked:
        asked.execute("DELETE FROM common_movableclock")
        asked.execute("INSERT INTO common_movableclock (database) VALUES (current_database())")
    return name
