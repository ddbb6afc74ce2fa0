"""The whole catalogue as one file, made while it is sent; and the nightly files."""

from collections.abc import Iterable
from datetime import datetime
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
from innomarket.common.encodings import takes_gzip
from innomarket.common.ranges import OutsideTheFile, part_of, partial

from ..bulk import FORMATS, Ending, gzipped
from ..models import Snapshot
from . import base, examples
from .schemas import SnapshotSerializer, SnapshotsSerializer

RANGE = OpenApiParameter(
    "Range",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="One part of the file, as `bytes=1048576-`: 206. Several at once are answered with the whole file.",
)
IF_RANGE = OpenApiParameter(
    "If-Range",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of the file of which a part is there already: the whole file where it is another one.",
)


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
        packed = kind != "xlsx" and takes_gzip(request._request)
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
        parameters=[
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            base.fields_parameter(base.names_of(SnapshotSerializer)),
        ],
        responses={200: SnapshotsSerializer, **base.NOT_MODIFIED, **problems(400, 401, 403, 406, 429)},
        examples=examples.in_both(examples.snapshots),
    )
    def get(self, request: Request) -> HttpResponse:
        base.only(request, {base.FIELDS})
        fields = base.fields_of(request, base.names_of(SnapshotSerializer))
        snapshots = list(Snapshot.objects.of(Snapshot.What.PRODUCTS))
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
            for snapshot in snapshots
        ]
        return base.answer(
            request, {"results": [base.some(row, fields) for row in rows]}, last_made(snapshots)
        )


@extend_schema(tags=["files"])
class SnapshotFile(AnyType):
    """One nightly file; its ETag is its SHA-256, so that a kept one is never fetched twice."""

    limit = Scope.FILES

    @extend_schema(
        operation_id="snapshots_file",
        summary="One nightly file",
        description="A download that broke off goes on with `Range`; the ETag is the file's SHA-256.",
        parameters=[
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            RANGE,
            IF_RANGE,
            OpenApiParameter(
                "name", {"type": "string", "pattern": "^[a-z0-9.-]{1,60}$"}, OpenApiParameter.PATH
            ),
        ],
        responses={
            **{
                (status, packed): OpenApiResponse(OpenApiTypes.BINARY)
                for status in (200, 206)
                for packed in ("application/gzip", FORMATS["xlsx"][0])
            },
            **base.NOT_MODIFIED,
            **problems(400, 401, 403, 404, 416, 429),
        },
    )
    def get(self, request: Request, name: str) -> HttpResponse | FileResponse:
        return nightly_file(request, Snapshot.What.PRODUCTS, name)


def last_made(snapshots: Iterable[Snapshot]) -> datetime | None:
    """When a list of nightly files last changed: old ones go in the run that makes the new."""
    return max((snapshot.made_at for snapshot in snapshots), default=None)


def nightly_file(request: Request, what: str, name: str) -> HttpResponse | FileResponse:
    """A nightly file of this kind by its name. Raises NotFound."""
    base.only(request, ())
    snapshot = Snapshot.objects.of(what).named(name)
    if snapshot is None:
        raise exceptions.NotFound(_("There is nothing at this address."))
    etag = f'"{snapshot.sha256}"'
    if (answer := not_modified(request, etag)) is not None:
        return answer
    try:
        part = part_of(request._request, snapshot.size, etag)
    except OutsideTheFile as error:
        raise NoSuchPart(snapshot.size) from error
    file = snapshot.file.open("rb")
    described = {
        "as_attachment": True,
        "filename": snapshot.name,
        "content_type": "application/gzip" if snapshot.name.endswith(".gz") else FORMATS["xlsx"][0],
    }
    response = partial(file, *part, snapshot.size, **described) if part else FileResponse(file, **described)
    response["Accept-Ranges"] = "bytes"
    return validated(response, etag, snapshot.made_at)


class NoSuchPart(exceptions.APIException):
    """A range behind the end of the file."""

    status_code = 416
    default_code = "no_such_part"

    def __init__(self, size: int) -> None:
        super().__init__(_("The file ends before this range begins."))
        self.headers = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}
