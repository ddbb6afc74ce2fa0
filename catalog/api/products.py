"""Products: pages of ready documents, one of them, and the feed of what changed."""

from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from innomarket.common.api import problems
from innomarket.common.clock import today
from innomarket.common.conditional import etag_of, not_modified, validated
from innomarket.common.copying import once_more

from ..models import PublicListing
from ..public_documents import FORMAT, instant
from ..public_filters import PublicListingFilter, filters_of
from ..public_pages import public_page
from ..services.known_version import keep
from . import base, examples
from .schemas import FIELDS, ChangesSerializer, ProductSerializer
from .trip import Trip

ORDERINGS = ("listed_at", "changed_at", "designated_on", "price_won")
PARAMETERS = frozenset({"cursor", "page_size", "ordering", base.FIELDS, *PublicListingFilter.base_filters})
FILTERS = frozenset(PublicListingFilter.base_filters)
MOST_CHANGES = 1000
PLACE_MAX = 9_223_372_036_854_775_807

FIELDS_PARAMETER = base.fields_parameter(FIELDS)


class Gone(exceptions.APIException):
    status_code = 410
    default_code = "gone"


@extend_schema_view(
    list=extend_schema(
        summary="Designated products",
        filters=True,
        parameters=[
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            base.CURSOR,
            base.PAGE_SIZE,
            OpenApiParameter(
                "ordering",
                OpenApiTypes.STR,
                enum=base.both_ways(ORDERINGS),
                default="-listed_at",
                description="- for the newest or highest first. What has no price stands below every price.",
            ),
            FIELDS_PARAMETER,
        ],
        responses={
            200: base.page_schema("ProductPage", ProductSerializer),
            **base.NOT_MODIFIED,
            **problems(400, 401, 403, 406, 429),
        },
        examples=examples.page(examples.product),
    ),
    retrieve=extend_schema(
        summary="One product",
        parameters=[base.LANGUAGE, base.IF_NONE_MATCH, FIELDS_PARAMETER],
        responses={
            200: ProductSerializer,
            **base.NOT_MODIFIED,
            **problems(400, 401, 403, 404, 406, 410, 429),
        },
        examples=examples.in_both(examples.product),
    ),
    changes=extend_schema(
        summary="What changed since",
        description=(
            "Every product that was written or removed after a place, in the order of commits. Begin with 0, keep"
            " `since` of each answer, ask from it next time: no change is ever missed, also one that commits late;"
            " a product that changed twice comes once, as it stands. 410 for a place that does not exist: the data"
            " were restored from an older backup; begin anew with 0."
        ),
        parameters=[
            base.LANGUAGE,
            OpenApiParameter(
                "since",
                {"type": "integer", "minimum": 0, "maximum": PLACE_MAX, "default": 0},
                description="The place behind which to begin.",
            ),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": MOST_CHANGES, "default": 100},
                description="How many at most.",
            ),
        ],
        responses={200: ChangesSerializer, **problems(400, 401, 403, 406, 410, 429)},
        examples=examples.in_both(examples.changes),
    ),
)
@extend_schema(tags=["products"])
class ProductViewSet(base.Open, GenericViewSet):
    """Products designated as innovative: also those whose designation has ended, as their dates tell."""

    queryset = PublicListing.objects.standing()
    serializer_class = ProductSerializer
    filterset_class = PublicListingFilter
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]{1,20}"

    def list(self, request: Request) -> HttpResponse:
        language, asked = base.language(), request.query_params
        # "In force today" changes at midnight without any change of data.
        day = today() if "in_force" in asked else ""
        of_answer = (day, language, request.get_host(), request.get_full_path())
        # What words find also changes when the search is rebuilt, without any change of data.
        searched = "q" in asked
        # Read before the rows: an answer may be newer than it says, never older.
        version, written_at = _state(request)
        etag = etag_of(FORMAT, version, *of_answer)
        if not searched and (answer := not_modified(request, etag)) is not None:
            return answer
        base.only(request, PARAMETERS)
        fields = base.fields_of(request, FIELDS)
        ordering = base.chosen(request, "ordering", base.both_ways(ORDERINGS), "-listed_at")
        size = base.size_of(request)
        with base.cursor_of(request, ordering) as place:
            found = once_more(
                lambda: public_page(
                    *self._found(request, day), language=language, ordering=ordering, size=size, place=place
                )
            )
        documents = [_some(text, fields) for text in found.documents] if fields else found.documents
        links = [
            orjson.dumps(base.address(request, cursor=cursor) if cursor else None)
            for cursor in (found.next, found.previous)
        ]
        body = b'{"next":%b,"previous":%b,"results":[%b]}' % (*links, b",".join(documents))
        if searched:
            return base.answer(request, body)
        return validated(HttpResponse(body, content_type=base.JSON), etag, written_at)

    def _found(self, request: Request, day: Any) -> tuple[Any, tuple[Q, ...]]:
        """What the filters find, and what parts it by its dates."""
        names = FILTERS.intersection(request.query_params)
        if not names:
            return None, ()
        listings = PublicListing.objects.standing()
        filterset = filters_of(names)(request.query_params, queryset=listings, request=request)
        if day:
            filterset.day = day
        if not filterset.is_valid():
            raise exceptions.ValidationError(filterset.errors)
        return filterset.qs, filterset.parts

    def retrieve(self, request: Request, number: str) -> HttpResponse:
        language = base.language()
        row = (
            PublicListing.objects.filter(number=number)
            .values_list(f"document_{language}", "position", "written_at", "removed_at")
            .first()
        )
        if row is None:
            raise exceptions.NotFound(_("There is nothing at this address."))
        text, position, written_at, removed_at = row
        if removed_at is not None:
            raise Gone(_("This product is no longer public."))
        etag = etag_of(FORMAT, number, position, language, request.get_full_path())
        if (answer := not_modified(request, etag)) is not None:
            return answer
        base.only(request, {base.FIELDS})
        if fields := base.fields_of(request, FIELDS):
            text = _some(text.encode(), fields)
        return validated(HttpResponse(text, content_type=base.JSON), etag, written_at)

    @action(detail=False)
    def changes(self, request: Request) -> HttpResponse:
        base.only(request, {"since", "page_size"})
        since = _since(request)
        size = base.size_of(request, default=100, most=MOST_CHANGES)
        rows = list(
            PublicListing.objects.filter(position__gt=since)
            .order_by("position")
            .values_list("number", f"document_{base.language()}", "removed_at", "written_at", "position")[
                : size + 1
            ]
        )
        if not rows and since > PublicListing.objects.state()[0]:
            raise Gone(_("There is no such place. The data were restored from a backup: begin with 0."))
        shown, last = rows[:size], rows[:size][-1][4] if rows else since
        more = orjson.dumps(len(rows) > size).decode()
        following = orjson.dumps(base.address(request, since=last)).decode()
        body = (
            f'{{"results":[{",".join(map(_change, shown))}],"next":{following},"since":{last},"more":{more}}}'
        )
        response = HttpResponse(body, content_type=base.JSON)
        response["Cache-Control"] = "no-store"
        return response


def _some(text: bytes, fields: list[str]) -> bytes:
    whole = orjson.loads(text)
    return orjson.dumps({name: whole[name] for name in fields})


def _state(request: Request) -> tuple[int, datetime | None]:
    """The catalogue's version: as the cache knows it, else the database's, which the cache then knows."""
    trip: Trip = request._request.trip  # type: ignore[attr-defined]
    if trip.state is not None:
        return trip.state
    state = PublicListing.objects.state()
    if trip.used:
        keep(trip.generation, *state)
    return state


def _since(request: Request) -> int:
    since = base.whole_number(request.query_params.get("since", "0"), PLACE_MAX)
    if since is None:
        raise exceptions.ValidationError({"since": _("Give the place of an earlier answer, or 0.")})
    return since


def _change(row: tuple[Any, ...]) -> str:
    number, text, removed_at, written_at, position = row
    change = "removed" if removed_at else "written"
    head = orjson.dumps(
        {"number": number, "change": change, "at": instant(written_at), "since": position}
    ).decode()
    return f'{head[:-1]},"product":{text or "null"}}}'
