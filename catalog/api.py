"""The REST API of the catalogue: read only, public, the same rows as the pages."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.viewsets import ReadOnlyModelViewSet

from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.common.api import (
    BoundedCursorPagination,
    InReadersLanguage,
    StrictOrderingFilter,
    StrictParameters,
    problems,
)
from innomarket.common.clock import today

from .filters import ProductFilter
from .models import Category, Patent, Product, ProductQuerySet


def _in_language(obj: Any, field: str) -> str:
    """The text in the reader's language; where it is missing, the other one."""
    wanted, other = ("en", "ko") if translation.get_language() == "en" else ("ko", "en")
    return getattr(obj, f"{field}_{wanted}") or getattr(obj, f"{field}_{other}")


class NamedSerializer(serializers.ModelSerializer):
    """`name` is in the language of Accept-Language; both languages stand beside it."""

    name = serializers.SerializerMethodField()

    def get_name(self, obj: Any) -> str:
        return _in_language(obj, "name")


class CategorySerializer(NamedSerializer):
    class Meta:
        model = Category
        fields = ["code", "name", "name_ko", "name_en"]
        read_only_fields = fields


class SupplierSerializer(NamedSerializer):
    class Meta:
        model = Organisation
        fields = ["name", "name_ko", "name_en", "size_class", "is_women_owned", "is_youth_led"]
        read_only_fields = fields


class DesignationSerializer(serializers.ModelSerializer):
    """Read live from the designation. `valid_until` is the last day; days are those of Seoul."""

    type_label = serializers.CharField(source="get_type_display", read_only=True)
    valid_from = serializers.DateField(source="valid.lower", read_only=True)
    valid_until = serializers.DateField(source="last_day", read_only=True)
    in_force = serializers.SerializerMethodField()

    class Meta:
        model = Designation
        fields = ["number", "type", "type_label", "designated_on", "valid_from", "valid_until", "in_force"]
        read_only_fields = fields

    def get_in_force(self, obj: Designation) -> bool:
        day: date = self.context["today"]
        return day in obj.valid


class PilotSerializer(serializers.ModelSerializer):
    """What pilots found, good or bad; `verdict` is empty while no trial is concluded."""

    count = serializers.IntegerField(source="pilot_count", read_only=True)
    verdict = serializers.CharField(source="pilot_verdict", read_only=True)
    verdict_label = serializers.CharField(source="get_pilot_verdict_display", read_only=True)

    class Meta:
        model = Product
        fields = ["count", "verdict", "verdict_label"]


class PatentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Patent
        fields = ["kind", "number", "title"]
        read_only_fields = fields


class ProductSerializer(NamedSerializer):
    """A designated product. `price_won` is whole won for one `unit`, VAT included."""

    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()
    category = CategorySerializer(read_only=True, allow_null=True)
    supplier = SupplierSerializer(read_only=True)
    designation = DesignationSerializer(read_only=True)
    pilot = PilotSerializer(source="*", read_only=True)
    patents = PatentSerializer(many=True, read_only=True)

    class Meta:
        model = Product
        fields = [
            "number",
            "url",
            "page",
            "name",
            "name_ko",
            "name_en",
            "summary",
            "description",
            "category",
            "supplier",
            "designation",
            "price_won",
            "unit",
            "delivery_days",
            "trl",
            "patents",
            "pilot",
            "listed_at",
            "changed_at",
        ]
        read_only_fields = fields

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, obj: Product) -> str:
        """The product in this API."""
        return self.context["request"].build_absolute_uri(reverse("api:product-detail", args=[obj.number]))

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, obj: Product) -> str:
        """The product's page for people, in the same language."""
        return self.context["request"].build_absolute_uri(obj.get_absolute_url())


LANGUAGE = OpenApiParameter(
    "Accept-Language",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="ko (default) or en: the language of names, labels and errors.",
)


@extend_schema_view(
    list=extend_schema(
        summary="Designated products",
        parameters=[LANGUAGE],
        responses={200: ProductSerializer(many=True), **problems(400, 406)},
    ),
    retrieve=extend_schema(
        summary="One product",
        parameters=[LANGUAGE],
        responses={200: ProductSerializer, **problems(400, 404, 406)},
    ),
)
@extend_schema(tags=["products"], auth=[])
class ProductViewSet(StrictParameters, InReadersLanguage, ReadOnlyModelViewSet):
    """Products designated as innovative: also those whose designation has ended, which `in_force` tells."""

    serializer_class = ProductSerializer
    authentication_classes: list[Any] = []  # public and read only: no session is looked at
    permission_classes: list[Any] = []
    pagination_class = BoundedCursorPagination
    filter_backends = [DjangoFilterBackend, StrictOrderingFilter]
    filterset_class = ProductFilter
    ordering_fields = ["listed_at", "changed_at"]
    ordering = ["-listed_at"]
    lookup_field = "number"
    lookup_value_regex = r"[A-Za-z0-9-]{1,20}"

    def get_queryset(self) -> ProductQuerySet:
        return (
            Product.objects.visible_to(self.request.user)
            .select_related("supplier", "category", "designation")
            .prefetch_related("patents")
        )

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "today": today()}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.setdefault("Access-Control-Allow-Origin", "*")  # open data: any page may read it
        return response
