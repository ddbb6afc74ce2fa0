"""What ``manage.py check --deploy --database default`` asks of the database itself."""

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
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


@register(Tags.security, deploy=True)
def sealing_keys_lie_apart(**_kwargs: Any) -> list[Error]:
    """Keys beside what they seal protect nothing."""
    if not settings.SEALING_KEYS:
        return [
            Error(
                "SEALING_KEYS names no file.",
                hint="Name a file outside MEDIA_STORE and run `manage.py sealing_keys`.",
                id="innomarket.E002",
            )
        ]
    path, errors = Path(settings.SEALING_KEYS).resolve(), []
    if path.is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
        errors.append(Error("The sealing keys lie in the file store that they seal.", id="innomarket.E003"))
    if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        errors.append(
            Error("Others may read the sealing keys.", hint=f"chmod 600 {path}", id="innomarket.E004")
        )
    return errors
