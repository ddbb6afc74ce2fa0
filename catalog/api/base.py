"""What every address of the API does: language, conditional requests, CORS for reading, strict parameters."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import exceptions, serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from innomarket.common.api import InReadersLanguage
from innomarket.common.conditional import etag_of, not_modified, validated
from innomarket.common.keyset import BadCursor, Place, place_of

from .limits import BearerToken, Limit

JSON, ANYTHING = "application/json", "*/*"
EXPOSED = (
    "ETag, Last-Modified, Accept-Ranges, Content-Range, Content-Disposition,"
    " RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy, Retry-After"
)
DEFAULT_SIZE, MOST = 20, 100

LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="ko (default) or en: the language of names, labels and errors.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of an earlier answer: 304 where it still holds.",
)
CURSOR = OpenApiParameter(
    "cursor", OpenApiTypes.STR, description="Where a page begins: follow `next` and `previous`."
)
PAGE_SIZE = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_SIZE},
    description="How many on a page.",
)
FIELDS = "fields"
NOT_MODIFIED = {304: None}


def language() -> str:
    """The language of the answer: ko or en."""
    return "en" if translation.get_language() == "en" else "ko"


def ordering_parameter(names: Iterable[str], default: str) -> OpenApiParameter:
    """`ordering`, for the schema."""
    return OpenApiParameter(
        "ordering",
        OpenApiTypes.STR,
        enum=both_ways(names),
        default=default,
        description="- for the other way round.",
    )


def fields_parameter(names: Iterable[str]) -> OpenApiParameter:
    """`fields`, for the schema."""
    listed = ", ".join(sorted(names))
    return OpenApiParameter(
        FIELDS, OpenApiTypes.STR, description=f"Only these, separated by commas, of: {listed}."
    )


class Open(InReadersLanguage):
    """A view of the API: public, read only; a session is not looked at."""

    authentication_classes = [BearerToken]
    throttle_classes = [Limit]
    permission_classes = [AllowAny]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """JSON at once for who takes anything or JSON; the others are asked as DRF does."""
        if request.META.get("HTTP_ACCEPT", ANYTHING) in (ANYTHING, JSON):
            return self.get_renderers()[0], JSON
        return super().perform_content_negotiation(request, force)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Content-Language", language())
        patch_vary_headers(response, ["Accept", "Accept-Language"])
        for name, value in getattr(request, "limit_headers", {}).items():
            response.headers[name] = value
        response.headers["Access-Control-Allow-Origin"] = "*"  # open data: any page may read it
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The preflight of a page elsewhere; nothing is described here that the schema does not say."""
        response = HttpResponse(status=204)
        del response["Content-Type"]  # of nothing
        response["Allow"] = response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response["Access-Control-Allow-Headers"] = (
            "Accept-Language, Authorization, If-None-Match, If-Range, Range"
        )
        response["Access-Control-Max-Age"] = "86400"
        return response


def only(request: Request, allowed: Iterable[str]) -> None:
    """Refuse parameters that the address does not know, and name those it does."""
    unknown = set(request.query_params) - set(allowed)
    if unknown:
        names = ", ".join(sorted(allowed)) or _("none")
        text = _("There is no such parameter. There are: %(names)s.") % {"names": names}
        raise exceptions.ValidationError(dict.fromkeys(sorted(unknown), text))


def size_of(request: Request, *, default: int = DEFAULT_SIZE, most: int = MOST) -> int:
    """`page_size`. Raises ValidationError for what is none."""
    asked = request.query_params.get("page_size")
    if asked is None:
        return default
    size = whole_number(asked, most)
    if not size:
        raise exceptions.ValidationError({"page_size": _("Ask for 1 to %(most)s.") % {"most": most}})
    return size


def whole_number(text: str, most: int) -> int | None:
    """A number from 0 to ``most`` in digits; None for anything else, however long it is."""
    if not (len(text) <= len(str(most)) and text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if number <= most else None


def chosen(request: Request, name: str, allowed: Iterable[str], default: str) -> str:
    """One of a list. Raises ValidationError, which names the list."""
    value = request.query_params.get(name, default)
    if value not in allowed:
        text = _("Choose one of: %(names)s.") % {"names": ", ".join(sorted(allowed))}
        raise exceptions.ValidationError({name: text})
    return value


def both_ways(names: Iterable[str]) -> list[str]:
    """Each ordering and its reverse."""
    return [way for name in names for way in (name, f"-{name}")]


def fields_of(request: Request, allowed: frozenset[str]) -> list[str]:
    """What `fields` asks for; empty: everything. Raises ValidationError for a name that is none."""
    asked = request.query_params.get(FIELDS)
    if asked is None:
        return []
    names = asked.split(",")
    if not allowed.issuperset(names):
        text = _("Choose one of: %(names)s.") % {"names": ", ".join(sorted(allowed))}
        raise exceptions.ValidationError({FIELDS: text})
    return names


@cache
def names_of(serializer: Any) -> frozenset[str]:
    """What a row may be asked for, as the description has it."""
    return frozenset(serializer().fields)


def some(told: dict[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """These of a row, or everything."""
    return {name: told[name] for name in fields} or told


@contextmanager
def cursor_of(request: Request, ordering: str) -> Iterator[Place | None]:
    """The place that the request's cursor names. Raises ValidationError for a cursor that is not ours."""
    cursor = request.query_params.get("cursor")
    try:
        yield place_of(cursor, ordering) if cursor is not None else None
    except BadCursor as error:
        text = _("This is no cursor of ours. Begin at the first page.")
        raise exceptions.ValidationError({"cursor": text}) from error


def address(request: Request, **changed: Any) -> str:
    """This address with some parameters set."""
    kept = [pair for pair in request.query_params.lists() if pair[0] not in changed]
    query = urlencode([*kept, *changed.items()], doseq=True)
    return f"{request.scheme}://{request.get_host()}{quote(request.path)}?{query}"


def answer(request: Request, body: Any, written_at: datetime | None = None) -> HttpResponse:
    """A body made now, or its text, with an ETag of the text: a client that has it already is told so.

    ``written_at``: when what it is made of was last written, as far as that is known; read before the body.
    """
    text = body if isinstance(body, bytes) else orjson.dumps(body)
    etag = etag_of(language(), request.get_full_path(), text)
    kept = not_modified(request, etag)
    return kept if kept is not None else validated(HttpResponse(text, content_type=JSON), etag, written_at)


def page_schema(name: str, serializer: Any) -> Any:
    """`next`, `previous` and `results`, for the schema."""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": serializer(many=True),
    }
    return forced_singular_serializer(type(inline_serializer(name, fields)))
