"""What PostgreSQL answers, as the bytes it sends: a ready text is sent on as it lies in the database.

COPY in its binary form neither escapes a text nor makes a string of it that would be written out again.
"""

import io
import struct
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection

T = TypeVar("T")

HEAD = 11 + 4  # "PGCOPY…" and flags; the length of an extension follows
COUNT, LENGTH = struct.Struct("!h"), struct.Struct("!i")


def copied(select: str, params: Any = None) -> list[list[memoryview]]:
    """The rows of a SELECT whose columns are all text. A NULL is told as an empty text."""
    with connection.cursor() as cursor:
        return _rows(taken_by(cursor, select, params))


def taken_by(cursor: Any, select: str, params: Any = None) -> memoryview:
    """What COPY sends of a SELECT, not taken apart yet; by a cursor that is open already, in whichever thread."""
    taken = io.BytesIO()
    statement = cursor.mogrify(select, params).decode()
    cursor.copy_expert(f"COPY ({statement}) TO STDOUT (FORMAT binary)", taken)
    return taken.getbuffer()


def texts_in(taken: memoryview) -> list[memoryview]:
    """The texts of a SELECT of one column that is never NULL."""
    texts = []
    at, end = _first(taken), len(taken) - COUNT.size  # behind the last row stands a count of -1
    while at < end:
        begin = at + COUNT.size + LENGTH.size
        at = begin + LENGTH.unpack_from(taken, at + COUNT.size)[0]
        texts.append(taken[begin:at])
    return texts


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
    at = _first(data)
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


def _first(data: memoryview) -> int:
    """Where the first row begins."""
    return HEAD + LENGTH.size + int(LENGTH.unpack_from(data, HEAD)[0])
