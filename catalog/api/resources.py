"""Designations, categories, calls, challenge tasks and the public part of organisations."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from challenges.models import Challenge
from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.audit.reads import last_done, last_done_to
from innomarket.common import formats
from innomarket.common.api import problems
from innomarket.common.keyset import page
from innomarket.submissions import kinds
from innomarket.submissions.models import Call, Lot

from ..models import Category
from ..public_documents import designation_of, instant, named, site
from . import base, examples
from .base import language
from .filters import CallFilter, DesignationFilter, OrganisationFilter, TaskFilter
from .schemas import (
    CallSerializer,
    CategoriesSerializer,
    CategorySerializer,
    DesignationSerializer,
    OrganisationSerializer,
    TaskSerializer,
)

ANYBODY = AnonymousUser()


class PublicViewSet(base.Open, GenericViewSet):
    """Pages of rows that everybody may read, by key; one of them by its number."""

    orderings: tuple[str, ...] = ()
    default = ""
    news: tuple[str, ...] = ()
    """What the history calls that which changes an answer."""

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def with_parts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows

    def told(self, row: Any) -> dict[str, Any]:
        raise NotImplementedError

    def shown_in(self, row: Any) -> tuple[Model, ...]:
        """Of whose history an answer about this row tells."""
        return (row,)

    def list(self, request: Request) -> HttpResponse:
        filters = frozenset(self.filterset_class.base_filters)
        base.only(request, {"cursor", "page_size", "ordering", base.FIELDS, *filters})
        fields = base.fields_of(request, self.fields())
        filterset = self.filterset_class(request.query_params, queryset=self.rows(), request=request)
        if not filterset.is_valid():
            raise exceptions.ValidationError(filterset.errors)
        ordering = base.chosen(request, "ordering", base.both_ways(self.orderings), self.default)
        size = base.size_of(request)
        written_at = last_done(self.news)
        with base.cursor_of(request, ordering) as place:
            found = page(filterset.qs, ordering=ordering, columns=(), size=size, place=place)
        keys = [row[-1] for row in found.rows]
        rows = self.with_parts(self.rows()).in_bulk(keys)
        return base.answer(
            request,
            {
                "next": base.address(request, cursor=found.next) if found.next else None,
                "previous": base.address(request, cursor=found.previous) if found.previous else None,
                "results": [base.some(self.told(rows[key]), fields) for key in keys if key in rows],
            },
            written_at,
        )

    def one(self, request: Request, **key: Any) -> HttpResponse:
        base.only(request, {base.FIELDS})
        fields = base.fields_of(request, self.fields())
        row = self.with_parts(self.rows()).filter(**key).first()
        if row is None:
            raise exceptions.NotFound(_("There is nothing at this address."))
        written_at = last_done_to(self.shown_in(row), self.news)
        return base.answer(request, base.some(self.told(row), fields), written_at)

    def fields(self) -> frozenset[str]:
        return base.names_of(self.get_serializer_class())


def described(
    summary: str, serializer: Any, orderings: Iterable[str], default: str, example: Any
) -> dict[str, Any]:
    """What extend_schema says of a list."""
    name = serializer.__name__.removesuffix("Serializer")
    return {
        "summary": summary,
        "filters": True,
        "parameters": [
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            base.CURSOR,
            base.PAGE_SIZE,
            base.ordering_parameter(orderings, default),
            base.fields_parameter(base.names_of(serializer)),
        ],
        "responses": {
            200: base.page_schema(f"{name}Page", serializer),
            **base.NOT_MODIFIED,
            **problems(400, 401, 403, 406, 429),
        },
        "examples": examples.page(example),
    }


def described_one(summary: str, serializer: Any, example: Any) -> dict[str, Any]:
    """What it says of one row."""
    return {
        "summary": summary,
        "parameters": [base.LANGUAGE, base.IF_NONE_MATCH, base.fields_parameter(base.names_of(serializer))],
        "responses": {200: serializer, **FAILURES},
        "examples": examples.in_both(example),
    }


FAILURES = {**base.NOT_MODIFIED, **problems(400, 401, 403, 404, 406, 429)}


@extend_schema(tags=["designations"])
class DesignationViewSet(PublicViewSet):
    """Every designation, as it was issued. Whether it is in force on a day follows from its dates."""

    queryset = Designation.objects.all()
    serializer_class = DesignationSerializer
    filterset_class = DesignationFilter
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]{1,20}"
    orderings, default = ("designated_on",), "-designated_on"
    news = ("designation.designate", "designation.end", "catalog.list_product")

    def rows(self) -> QuerySet[Designation]:
        return Designation.objects.visible_to(ANYBODY)

    def with_parts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("organisation", "product")

    def shown_in(self, row: Designation) -> tuple[Model, ...]:
        product = getattr(row, "product", None)
        return (row, product) if product else (row,)

    def told(self, row: Designation) -> dict[str, Any]:
        product = getattr(row, "product", None)
        return {
            **designation_of(row, language()),
            "product_name_ko": row.product_name_ko,
            "product_name_en": row.product_name_en,
            "product": product.number if product else None,
            "organisation": {"id": row.organisation_id, **named(row.organisation, language())},
        }

    @extend_schema(
        **described("Designations", DesignationSerializer, orderings, default, examples.designation)
    )
    def list(self, request: Request) -> HttpResponse:
        return super().list(request)

    @extend_schema(**described_one("One designation", DesignationSerializer, examples.designation))
    def retrieve(self, request: Request, number: str) -> HttpResponse:
        return self.one(request, number=number)


@extend_schema(tags=["calls"])
class CallViewSet(PublicViewSet):
    """Announced calls: open from `opens_at` until just before `closes_at`."""

    queryset = Call.objects.all()
    serializer_class = CallSerializer
    filterset_class = CallFilter
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]{1,20}"
    orderings, default = ("opens_at", "closes_at"), "-opens_at"
    news = (
        *("submissions.announce_call", "submissions.amend_call", "submissions.extend_call"),
        *("submissions.move_by_outage", "submissions.close_call", "submissions.cancel_call"),
    )

    def rows(self) -> QuerySet[Call]:
        return Call.objects.visible_to(ANYBODY)

    def with_parts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.prefetch_related(Prefetch("lots", queryset=Lot.objects.order_by("order")))

    def told(self, row: Call) -> dict[str, Any]:
        title = row.title_en if language() == "en" else row.title_ko
        return {
            "number": row.number,
            "page": site(f"/calls/{row.number}/", language()),
            "kind": row.kind,
            "kind_label": str(kinds.get(row.kind).label),
            "title": title,
            "title_ko": row.title_ko,
            "title_en": row.title_en,
            "summary_ko": row.summary_ko,
            "summary_en": row.summary_en,
            "state": row.state,
            "state_label": row.get_state_display(),
            **_said("opens_at", row.opens_at),
            **_said("closes_at", row.closes_at),
            **_said("opening_at", row.opening_at),
            "lots": [{"title_ko": lot.title_ko, "title_en": lot.title_en} for lot in row.lots.all()],
        }

    @extend_schema(**described("Calls", CallSerializer, orderings, default, examples.call))
    def list(self, request: Request) -> HttpResponse:
        return super().list(request)

    @extend_schema(**described_one("One call", CallSerializer, examples.call))
    def retrieve(self, request: Request, number: str) -> HttpResponse:
        return self.one(request, number=number)


def _said(name: str, at: datetime) -> dict[str, str | None]:
    """An instant for programs, and in the words of pages and mails for people."""
    return {name: instant(at), f"{name}_label": formats.kst(at, language())}


@extend_schema(tags=["challenge-tasks"])
class TaskViewSet(PublicViewSet):
    """Selected challenge tasks, with the text that was submitted and judged, in the language it was written in."""

    queryset = Challenge.objects.all()
    serializer_class = TaskSerializer
    filterset_class = TaskFilter
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]{1,20}"
    orderings, default = ("published_at",), "-published_at"
    news = ("challenges.publish", "challenges.call_again", "submissions.announce_call")

    def rows(self) -> QuerySet[Challenge]:
        return Challenge.objects.public()

    def with_parts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related(
            "submission__applicant_organisation", "submission__current", "solution_lot__call"
        )

    def shown_in(self, row: Challenge) -> tuple[Model, ...]:
        return (row, row.solution_lot.call) if row.solution_lot else (row,)

    def told(self, row: Challenge) -> dict[str, Any]:
        submission = row.submission
        revision, organisation = submission.current, submission.applicant_organisation
        call = row.solution_lot.call if row.solution_lot else None
        announced = call is not None and call.announced_at is not None
        return {
            "number": submission.number,
            "page": site(f"/challenges/{submission.number}/", language()),
            "title": revision.title if revision else "",
            "answers": [
                {
                    "key": section["key"],
                    "label": section[f"label_{language()}"],
                    "value": section["value"],
                }
                for section in (revision.sections if revision else ())
            ],
            "institution": {"id": organisation.pk, **named(organisation, language())}
            if organisation
            else None,
            "call_for_solutions": call.number if announced and call else None,
            "published_at": instant(row.published_at) if row.published_at else None,
        }

    @extend_schema(**described("Challenge tasks", TaskSerializer, orderings, default, examples.task))
    def list(self, request: Request) -> HttpResponse:
        return super().list(request)

    @extend_schema(**described_one("One challenge task", TaskSerializer, examples.task))
    def retrieve(self, request: Request, number: str) -> HttpResponse:
        return self.one(request, submission__number=number)


@extend_schema(tags=["organisations"])
class OrganisationViewSet(PublicViewSet):
    """Verified organisations: what everybody may know of them. No number by which one is identified."""

    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilter
    lookup_field = "pk"
    lookup_url_kwarg = "id"
    lookup_value_regex = r"[1-9][0-9]{0,17}"
    orderings, default = ("id",), "id"
    news = ("accounts.verify_organisation",)  # what is verified does not change

    def rows(self) -> QuerySet[Organisation]:
        return Organisation.objects.visible_to(ANYBODY)

    def with_parts(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("kind", "institution_class")

    def told(self, row: Organisation) -> dict[str, Any]:
        of_class = row.institution_class
        return {
            "id": row.pk,
            "page": site(row.path, language()),
            **named(row, language()),
            "kind": {"code": row.kind.code, **named(row.kind, language())},
            "institution_class": {"code": of_class.code, **named(of_class, language())} if of_class else None,
            "region": row.region,
        }

    @extend_schema(
        **described("Organisations", OrganisationSerializer, orderings, default, examples.organisation)
    )
    def list(self, request: Request) -> HttpResponse:
        return super().list(request)

    @extend_schema(**described_one("One organisation", OrganisationSerializer, examples.organisation))
    def retrieve(self, request: Request, id: str) -> HttpResponse:
        return self.one(request, pk=int(id))


@extend_schema(tags=["categories"])
class Categories(base.Open):
    """Large and middle categories of innovation products, all of them."""

    @extend_schema(
        operation_id="categories_list",
        summary="Categories",
        parameters=[
            base.LANGUAGE,
            base.IF_NONE_MATCH,
            base.fields_parameter(base.names_of(CategorySerializer)),
        ],
        responses={200: CategoriesSerializer, **base.NOT_MODIFIED, **problems(400, 401, 403, 406, 429)},
        examples=examples.in_both(examples.categories),
    )
    def get(self, request: Request) -> HttpResponse:
        base.only(request, {base.FIELDS})
        fields = base.fields_of(request, base.names_of(CategorySerializer))
        written_at = last_done(("catalog.add_category", "catalog.change_category"))
        rows = Category.objects.select_related("parent").order_by("order", "pk")
        return base.answer(
            request,
            {
                "results": [
                    base.some(
                        {
                            "code": row.code,
                            **named(row, language()),
                            "parent": row.parent.code if row.parent else None,
                        },
                        fields,
                    )
                    for row in rows
                ]
            },
            written_at,
        )
