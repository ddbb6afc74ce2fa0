"""The ORM of the test's own process, pointed at another database, with real commits and connections of any thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections


@contextmanager
def pointed_at(name: str, blocker: Any) -> Iterator[None]:
    """``blocker`` is the fixture django_db_blocker. At the end no connection to that database is left."""
    settings = connections.settings["default"]  # the same dict for the connections of all threads
    with blocker.unblock():
        connections.close_all()
        before, settings["NAME"] = settings["NAME"], name
        try:
            yield
        finally:
            connections.close_all()
            settings["NAME"] = before
