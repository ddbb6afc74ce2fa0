"""The addresses of the procurement data: releases page by page, records, the whole history; and a page for people."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request

from catalog.api import base
from catalog.api.files import AnyType, last_made, nightly_file
from catalog.bulk import gzipped
from catalog.models import Snapshot
from catalog.public_documents import instant
from innomarket.accounts.models import Scope
from innomarket.common.clock import now
from innomarket.common.conditional import KEEP, etag_of, not_modified, validated
from innomarket.common.encodings import takes_gzip

from . import package
from .facts import Process
from .processes import Place, batch, by_ocid, of_number
from .records import record_of
from .releases import Release, ocid_of, releases_of
from .since import Span, moment_of
from .words import tag_words

NIGHTS = 7
CURSOR = re.compile(r"([tl])([0-9]{1,18})")
SHOWN = 30


@extend_schema(exclude=True)
class Releases(AnyType):
    """Release packages, some processes on a page; `links.next` leads on, until it is absent.

    A package holds a release at least, so a span in which nothing happened is answered 204, and no `links.next` leads
    to nothing.
    """

    def get(self, request: Request) -> HttpResponse:
        base.only(request, ("since", "until", "cursor", "page_size"))
        span, size = _span(request), base.size_of(request)
        place: Place | None = _place(request)
        releases: list[Release] = []
        while place is not None and not releases:
            releases, place = _page(place, span, size)
        if not releases:
            return _nothing()
        place = _to_something(place, span)
        links = {"next": _next(request, place)} if place is not None else {}
        body = {
            **package.head(request.get_full_path()),
            "extensions": [package.PAGINATION],
            "links": links,
            "releases": releases,
        }
        return _answer(request, body, max((release["date"] for release in releases), default=""))


@extend_schema(exclude=True)
class Record(AnyType):
    """One process as a record package: its releases, what stands now, with `versioned=true` every value's history."""

    def get(self, request: Request, ocid: str) -> HttpResponse:
        base.only(request, ("versioned",))
        versioned = base.chosen(request, "versioned", ("true", "false"), "false") == "true"
        process = by_ocid(ocid)
        releases = releases_of(process) if process else []
        if not releases:
            raise exceptions.NotFound(_("There is nothing at this address."))
        body = {
            **package.head(request.get_full_path()),
            "records": [record_of(releases, versioned=versioned)],
        }
        return _answer(request, body, releases[-1]["date"])


@extend_schema(exclude=True)
class History(AnyType):
    """Every release in one file, made while it is sent: one package (`json`), or a release a line (`jsonl`)."""

    limit = Scope.FILES

    def get(self, request: Request, kind: str) -> HttpResponse | StreamingHttpResponse:
        base.only(request, ())
        if _to_something(Place(), Span()) is None:
            return _nothing()
        make: dict[str, tuple[str, Callable[[], Any]]] = {
            "json": (
                base.JSON,
                lambda: package.written("releases", package.releases_in(Span()), request.path),
            ),
            "jsonl": ("application/jsonl", lambda: package.lines(Span())),
        }
        content_type, parts = make[kind][0], make[kind][1]()
        packed = takes_gzip(request._request)
        response = StreamingHttpResponse(gzipped(parts) if packed else parts, content_type=content_type)
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Disposition"] = f'attachment; filename="ocds-history.{kind}"'
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


@extend_schema(exclude=True)
class Snapshots(AnyType):
    """The nightly files of the whole history, the newest first, each with its SHA-256."""

    def get(self, request: Request) -> HttpResponse:
        base.only(request, ())
        snapshots = list(Snapshot.objects.of(Snapshot.What.OCDS))
        rows = [
            {
                "name": snapshot.name,
                "url": f"{settings.PUBLIC_URL}{reverse('ocds:snapshot', args=[snapshot.name])}",
                "day": snapshot.day,
                "format": snapshot.format,
                "size": snapshot.size,
                "releases": snapshot.rows,
                "sha256": snapshot.sha256,
                "next": f"{settings.PUBLIC_URL}{reverse('ocds:releases')}?since={snapshot.day}",
            }
            for snapshot in snapshots
        ]
        return base.answer(request, {"results": rows}, last_made(snapshots))


@extend_schema(exclude=True)
class SnapshotFile(AnyType):
    """One of them; its ETag is its SHA-256."""

    limit = Scope.FILES

    def get(self, request: Request, name: str) -> HttpResponse | FileResponse:
        return nightly_file(request, Snapshot.What.OCDS, name)


def _page(place: Place, span: Span, size: int) -> tuple[list[Release], Place | None]:
    """The releases of the next processes, and the place behind them."""
    processes, behind = batch(place, span, size)
    found = [release for process in processes for release in package.of_span(releases_of(process), span)]
    return found, behind


def _to_something(place: Place | None, span: Span) -> Place | None:
    """The place itself, or one behind it, from which a release comes; None where none does.

    The database names the processes at which something was written in a span; not all of that is a release.
    """
    while place is not None:
        found, behind = _page(place, span, 1)
        if found:
            return place
        place = behind
    return None


def _nothing() -> HttpResponse:
    """A package without a release would not be valid (OCDS 1.1.5: at least one)."""
    response = HttpResponse(status=204)
    response["Cache-Control"] = KEEP
    return response


def _answer(request: Request, body: dict[str, Any], last: str) -> HttpResponse:
    """With an ETag of its text and the instant of the last release in it."""
    text = orjson.dumps(body | {"publishedDate": last or instant(now())})
    etag = etag_of(request.get_full_path(), text.decode() if last else "")
    kept = not_modified(request, etag)
    if kept is not None:
        return kept
    return validated(HttpResponse(text, content_type=base.JSON), etag, parse_datetime(last) if last else None)


def _span(request: Request) -> Span:
    return Span(*(_instant(request, name) for name in ("since", "until")))


def _instant(request: Request, name: str) -> datetime | None:
    asked = request.query_params.get(name)
    if asked is None:
        return None
    try:
        return moment_of(asked.replace(" ", "+"))  # a plus sign that was not written as %2B
    except ValueError as error:
        text = _("Give a day (2026-01-31) or an instant (2026-01-31T09:00:00+09:00).")
        raise exceptions.ValidationError({name: text}) from error


def _place(request: Request) -> Place:
    asked = request.query_params.get("cursor")
    if asked is None:
        return Place()
    found = CURSOR.fullmatch(asked)
    if found is None:
        text = _("This is no cursor of ours. Begin at the first page.")
        raise exceptions.ValidationError({"cursor": text})
    return Place(lots=found[1] == "l", key=int(found[2]))


def _next(request: Request, place: Place) -> str:
    query = request.query_params.copy()
    query["cursor"] = f"{'l' if place.lots else 't'}{place.key}"
    return f"{settings.PUBLIC_URL}{request.path}?{query.urlencode()}"


# ── for people ──


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the data are and how to take them; with ``?of=`` the processes that a number of ours belongs to."""
    number = request.GET.get("of", "").strip()[:40]
    processes = of_number(number)[:SHOWN] if number else []
    context = {
        "of": number,
        "processes": [_shown(process) for process in processes],
        "prefix": settings.OCDS_PREFIX,
        "is_placeholder": settings.OCDS_PREFIX == "ocds-000000",
        "licence": settings.DATA_LICENCE,
        "nightly": Snapshot.objects.of(Snapshot.What.OCDS)[: NIGHTS * 2],
        "publisher": settings.OCDS_PUBLISHER,
        "public_url": settings.PUBLIC_URL,
    }
    return render(request, "portal/ocds.html", context)


def _shown(process: Process) -> dict[str, Any]:
    releases = releases_of(process)
    title = next((one["tender"]["title"] for one in reversed(releases) if "tender" in one), process.local)
    return {
        "ocid": ocid_of(process.local),
        "title": title,
        "releases": [
            {"at": parse_datetime(one["date"]), "words": [tag_words(tag) for tag in one["tag"]]}
            for one in releases
        ],
    }
