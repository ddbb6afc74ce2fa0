"""The whole catalogue as one file, made while it is sent; and the nightly files."""

from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request

from innomarket.accounts.models import Scope
from innomarket.common.api import problems
from innomarket.common.conditional import not_modified, validated

from ..bulk import FORMATS, Ending, gzipped
from ..models import Snapshot
from . import base, examples
from .schemas import SnapshotsSerializer


class AnyType(base.Open):
    """The address names the type: whatever `Accept` says is answered with it."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


@extend_schema(tags=["files"])
class BulkFile(AnyType):
    """Every product in one file, streamed. Read the trailer: a file without it was cut off."""

    limit = Scope.FILES

    @extend_schema(
        operation_id="bulk_products",
        summary="The whole catalogue",
        description=(
            "`ndjson`: one product a line, as at `/products/{number}/`; the last line is"
            ' `{"trailer": {"rows": …, "sha256": …, "since": …}}`. `csv`: the last line is `trailer,rows,sha256,since`.'
            " `xlsx`: a second sheet holds the trailer. SHA-256 is over every byte before the trailer, before"
            " compression (of XLSX: over the rows as CSV). Go on with `/products/changes/?since=` from `since`."
            " Ask with `Accept-Encoding: gzip`."
        ),
        parameters=[
            base.LANGUAGE,
            OpenApiParameter("kind", OpenApiTypes.STR, OpenApiParameter.PATH, enum=list(FORMATS)),
        ],
        responses={
            **{
                (200, mime.partition(";")[0]): OpenApiResponse(
                    OpenApiTypes.BINARY, examples=examples.in_both(examples.lines) if name == "ndjson" else []
                )
                for name, (mime, _make) in FORMATS.items()
            },
            **problems(400, 401, 403, 404, 429),
        },
    )
    def get(self, request: Request, kind: str) -> StreamingHttpResponse:
        base.only(request, ())
        content_type, make = FORMATS[kind]
        language = base.language()
        parts = make(language, Ending())
        packed = kind != "xlsx" and "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "")
        response = StreamingHttpResponse(gzipped(parts) if packed else parts, content_type=content_type)
        if packed:
            response["Content-Encoding"] = "gzip"
        response["Content-Disposition"] = f'attachment; filename="products-{language}.{kind}"'
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


@extend_schema(tags=["files"])
class Snapshots(base.Open):
    """The nightly files, the newest first, each with its SHA-256."""

    @extend_schema(
        operation_id="snapshots_list",
        summary="Nightly files",
        parameters=[base.LANGUAGE, base.IF_NONE_MATCH],
        responses={200: SnapshotsSerializer, **base.NOT_MODIFIED, **problems(400, 401, 403, 406, 429)},
        examples=examples.in_both(examples.snapshots),
    )
    def get(self, request: Request) -> HttpResponse:
        base.only(request, ())
        rows = [
            {
                "name": snapshot.name,
                "url": request.build_absolute_uri(f"{request.path}{snapshot.name}"),
                "day": snapshot.day,
                "format": snapshot.format,
                "language": snapshot.language,
                "size": snapshot.size,
                "rows": snapshot.rows,
                "sha256": snapshot.sha256,
                "since": snapshot.since,
            }
            for snapshot in Snapshot.objects.of(Snapshot.What.PRODUCTS)
        ]
        return base.answer(request, {"results": rows})


@extend_schema(tags=["files"])
class SnapshotFile(AnyType):
    """One nightly file; its ETag is its SHA-256, so that a kept one is never fetched twice."""

    limit = Scope.FILES

    @extend_schema(
        operation_id="snapshots_file",
        summary="One nightly file",
        parameters=[
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            OpenApiParameter(
                "name", {"type": "string", "pattern": "^[a-z0-9.-]{1,60}$"}, OpenApiParameter.PATH
            ),
        ],
        responses={
            (200, "application/gzip"): OpenApiResponse(OpenApiTypes.BINARY),
            (200, FORMATS["xlsx"][0]): OpenApiResponse(OpenApiTypes.BINARY),
            **base.NOT_MODIFIED,
            **problems(400, 401, 403, 404, 429),
        },
    )
    def get(self, request: Request, name: str) -> HttpResponse | FileResponse:
        return nightly_file(request, Snapshot.What.PRODUCTS, name)


def nightly_file(request: Request, what: str, name: str) -> HttpResponse | FileResponse:
    """A nightly file of this kind by its name. Raises NotFound."""
    base.only(request, ())
    snapshot = Snapshot.objects.of(what).named(name)
    if snapshot is None:
        raise exceptions.NotFound(_("There is nothing at this address."))
    etag = f'"{snapshot.sha256}"'
    if (answer := not_modified(request, etag)) is not None:
        return answer
    packed = "application/gzip" if snapshot.name.endswith(".gz") else FORMATS["xlsx"][0]
    response = FileResponse(
        snapshot.file.open("rb"), as_attachment=True, filename=snapshot.name, content_type=packed
    )
    return validated(response, etag, snapshot.made_at)
