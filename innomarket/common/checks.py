"""What ``manage.py check --deploy --database default`` asks of the database itself."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import DatabaseError, connections

MOVABLE = Error(
    "The clock of this database can be moved.",
    hint="Delete the row of common_movableclock that names it: only tests and the loading sample have one.",
    id="innomarket.E001",
)


@register(Tags.database, deploy=True)
def clock_is_fixed(*, databases: Sequence[str] | None = None, **_kwargs: Any) -> list[Error]:
    """A server whose time could be set by a session would prove no deadline."""
    errors = []
    for alias in databases or ():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1 FROM common_movableclock WHERE database = current_database()")
                errors += [MOVABLE] if cursor.fetchone() else []
        except DatabaseError:  # not migrated yet: nothing can be moved
            connections[alias].rollback()
    return errors
