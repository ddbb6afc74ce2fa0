"""What PostgreSQL answers, as the bytes it sends: a ready text is sent on as it lies in the database.

COPY in its binary form neither escapes a text nor makes a string of it that would be written out again; nor does CSV
whose quotes and delimiters are letters that no JSON contains.
"""

import io
import struct
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")

AS_THEY_ARE = r"FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', ESCAPE E'\x02'"

HEAD = 11 + 4  # "PGCOPY…" and flags; the length of an extension follows
COUNT, LENGTH = struct.Struct("!h"), struct.Struct("!i")


def copied(select: str, params: Any = None) -> list[list[memoryview]]:
    """The rows of a SELECT whose columns are all text. A NULL is told as an empty text."""
    with connection.cursor() as cursor:
        return _rows(_taken(cursor, select, params, "FORMAT binary").getbuffer())


def lines_by(cursor: Any, select: str, params: Any = None) -> bytes:
    """The rows of a SELECT of one JSON text, each with a line's end, as they come: none waits for the others.

    By a cursor that is open already, in whichever thread.
    """
    return _taken(cursor, select, params, AS_THEY_ARE).getvalue()


def _taken(cursor: Any, select: str, params: Any, form: str) -> io.BytesIO:
    taken = io.BytesIO()
    statement = cursor.mogrify(select, params).decode()
    cursor.copy_expert(f"COPY ({statement}) TO STDOUT ({form})", taken)
    return taken


def once_more(read: Callable[[], T]) -> T:
    """What only reads, without first asking whether the connection still stands: where it has gone, it is read again.

    Django asks once in a request, which is a trip to the database as long as reading a page.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return read()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block or (connection.connection is not None and connection.is_usable()):
            raise
        connection.close()
        return read()


def _rows(data: memoryview) -> list[list[memoryview]]:
    rows = []
    at = HEAD + LENGTH.size + LENGTH.unpack_from(data, HEAD)[0]
    while (columns := COUNT.unpack_from(data, at)[0]) >= 0:
        at += COUNT.size
        row = []
        for _ in range(columns):
            length = max(LENGTH.unpack_from(data, at)[0], 0)
            at += LENGTH.size
            row.append(data[at : at + length])
            at += length
        rows.append(row)
    return rows
