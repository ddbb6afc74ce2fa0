"""A part of a file, for who goes on with a download that broke off (RFC 9110 §14): one stretch of bytes."""

import re
from typing import Any

from django.http import FileResponse, HttpRequest
from whitenoise.responders import SlicedFile

ONE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.IGNORECASE | re.ASCII)


class OutsideTheFile(Exception):
    """What is asked for begins behind the file's end."""


def part_of(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte of the part that is asked for, or None: the whole file.

    Several parts at once, what is no range, and a part of another file than the one of this ETag (``If-Range``; a
    date is not exact enough) are answered with the whole, as the standard has it. Raises OutsideTheFile.
    """
    asked = ONE.fullmatch(request.META.get("HTTP_RANGE", "").strip())
    if request.method != "GET" or asked is None or request.META.get("HTTP_IF_RANGE", etag) != etag:
        return None
    begin, end, tail = asked.groups()
    if tail is not None:
        first, last = max(size - int(tail), 0), size - 1
    else:
        first, last = int(begin), min(int(end), size - 1) if end else size - 1
        if end and int(end) < first:
            return None
    if first > last:
        raise OutsideTheFile
    return first, last


def partial(file: Any, first: int, last: int, size: int, **described: Any) -> FileResponse:
    """206 with these bytes of the file, which is closed with the answer."""
    response = FileResponse(SlicedFile(file, first, last), status=206, **described)
    response["Content-Length"] = str(last - first + 1)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response
