"""Conditional requests: a client that has the present state already is told so in a few bytes (RFC 9110 §13)."""

import hashlib
from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date

KEEP = "public, no-cache"
"""Anybody may keep the answer, and asks each time whether it still holds: nobody is shown an older state."""


def etag_of(*parts: object) -> str:
    """A strong validator of everything that the answer depends on."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part if isinstance(part, bytes) else str(part).encode())
        digest.update(b"\0")
    return f'"{digest.hexdigest()}"'


def not_modified(request: HttpRequest, etag: str) -> HttpResponse | None:
    """The answer 304 where the client's validators hold; only ETags are asked: a second holds many changes."""
    if "HTTP_IF_NONE_MATCH" not in request.META:
        return None
    answer = get_conditional_response(request, etag=etag)
    if answer is not None:
        answer["ETag"], answer["Cache-Control"] = etag, KEEP
    return answer


def validated(response: HttpResponse, etag: str, written_at: datetime | None) -> HttpResponse:
    """Put the validators on an answer. ``Last-Modified`` is a whole second that has passed, or left out."""
    response["ETag"] = etag
    response["Cache-Control"] = KEEP
    if written_at is not None:
        second = written_at.replace(microsecond=0) + timedelta(seconds=1)
        if second <= datetime.now(UTC):
            response["Last-Modified"] = http_date(second.timestamp())
    return response
