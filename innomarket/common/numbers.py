"""Numbers that people quote, from sequences: never reused, gaps allowed.

Their shape follows the national procurement system's (domain.md §2.6): ``T`` or ``R`` (mock or
real), two digits of the year, two letters for the kind, eight digits: ``R26CT00000157``.
"""

from django.conf import settings
from django.db import connection, migrations

from .clock import KST, now


def next_number(kind: str) -> str:
    """The next number of a kind, e.g. ``next_number("CT")``; its sequence is ``number_ct``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [f"number_{kind.lower()}"])
        serial = cursor.fetchone()[0]
    return f"{settings.NUMBER_PREFIX}{now().astimezone(KST):%y}{kind}{serial:08d}"


def ordinal(revision: int) -> str:
    """A revision as people write it: 00, 01, …"""
    return f"{revision:02d}"


def create_sequence(kind: str) -> migrations.RunSQL:
    """The migration that makes a kind's sequence."""
    name = f"number_{kind.lower()}"
    return migrations.RunSQL(f"CREATE SEQUENCE IF NOT EXISTS {name}", f"DROP SEQUENCE IF EXISTS {name}")
