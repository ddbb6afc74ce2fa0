"""Packages: releases or records with who published them, written a piece at a time, in constant memory."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.conf import settings

from catalog.public_documents import instant
from innomarket.common.clock import now

from .processes import walk
from .records import record_of
from .releases import Release, releases_of
from .since import Span

VERSION = "1.1"
PAGINATION = "https://raw.githubusercontent.com/open-contracting-extensions/ocds_pagination_extension/master/extension.json"


def head(address: str) -> dict[str, Any]:
    """What every package says of itself; its date is written at the end, when the last release is known."""
    licence = {"license": settings.DATA_LICENCE} if settings.DATA_LICENCE else {}
    return {
        "uri": settings.PUBLIC_URL + address,
        "version": VERSION,
        "publisher": {"name": settings.OCDS_PUBLISHER, "uri": settings.PUBLIC_URL},
        **licence,
        "publicationPolicy": f"{settings.PUBLIC_URL}/ocds/",
    }


def releases_in(span: Span) -> Iterator[Release]:
    """Every release of the span, process by process, each in the order of its dates."""
    for process in walk(span):
        yield from of_span(releases_of(process), span)


def of_span(releases: Iterable[Release], span: Span) -> Iterator[Release]:
    """Those whose date lies in it."""
    for release in releases:
        if span.holds_text(release["date"]):
            yield release


def records_in(span: Span, *, versioned: bool = False) -> Iterator[dict[str, Any]]:
    """The whole record of every process that has a release in the span."""
    for process in walk(span):
        releases = releases_of(process)
        if any(span.holds_text(release["date"]) for release in releases):
            yield record_of(releases, versioned=versioned)


def written(kind: str, rows: Iterable[dict[str, Any]], address: str, **more: Any) -> Iterator[bytes]:
    """A package as bytes: ``kind`` is "releases" or "records". Two runs over the same history are the same bytes:
    its date is that of the latest release in it.
    """
    last, mark = "", b""
    yield orjson.dumps({**head(address), **more})[:-1] + f',"{kind}":['.encode()
    for row in rows:
        last = max(last, row["date"] if kind == "releases" else row["compiledRelease"]["date"])
        yield mark + b"\n" + orjson.dumps(row)
        mark = b","
    yield b'\n],"publishedDate":' + orjson.dumps(last or instant(now())) + b"}\n"


def lines(span: Span) -> Iterator[bytes]:
    """Each release on a line of its own (JSON Lines)."""
    for release in releases_in(span):
        yield orjson.dumps(release) + b"\n"
