"""The plain way to answer a page of products, as a control: a ModelViewSet over the same rows and indexes.

Nothing imports it but benchmarks/catalog.py, which answers its addresses beside the portal's own.
"""

from django.urls import include, path
from rest_framework import serializers
from rest_framework.pagination import CursorPagination, LimitOffsetPagination
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ReadOnlyModelViewSet

from catalog.models import Certificate, Patent, Product, ProductModel, Specification
from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.urls import urlpatterns as portal


class SpecificationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Specification
        fields = ["name_ko", "name_en", "value", "unit"]


class ModelSerializer(serializers.ModelSerializer):
    specifications = SpecificationSerializer(many=True)

    class Meta:
        model = ProductModel
        fields = ["name", "identification_number", "price_won", "specifications"]


class CertificateSerializer(serializers.ModelSerializer):
    class Meta:
        model = Certificate
        fields = ["kind", "number", "issuer", "issued_on", "valid_until"]


class PatentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Patent
        fields = ["kind", "number", "title"]


class SupplierSerializer(serializers.ModelSerializer):
    class Meta:
        model = Organisation
        fields = ["id", "name_ko", "name_en", "size_class", "is_women_owned", "is_youth_led", "region"]


class DesignationSerializer(serializers.ModelSerializer):
    valid_from = serializers.DateField(source="valid.lower")
    valid_until = serializers.DateField(source="last_day")

    class Meta:
        model = Designation
        fields = ["number", "type", "designated_on", "valid_from", "valid_until"]


class ProductSerializer(serializers.ModelSerializer):
    supplier = SupplierSerializer()
    designation = DesignationSerializer()
    models = ModelSerializer(many=True)
    certificates = CertificateSerializer(many=True)
    patents = PatentSerializer(many=True)

    class Meta:
        model = Product
        exclude = ["id", "story"]


class Plain(ReadOnlyModelViewSet):
    authentication_classes: list = []
    filter_backends: list = []
    serializer_class = ProductSerializer
    pagination_class = LimitOffsetPagination
    queryset = (
        Product.objects.select_related("supplier", "category", "designation")
        .prefetch_related("models__specifications", "certificates", "patents")
        .order_by("-listed_at", "-pk")
    )


class Cursor(CursorPagination):
    page_size = 50
    ordering = ("-listed_at", "-pk")


class PlainCursor(Plain):
    pagination_class = Cursor


router = SimpleRouter()
router.register("plain", Plain, basename="plain")
router.register("plain-cursor", PlainCursor, basename="plain-cursor")
urlpatterns = [path("benchmark/", include(router.urls)), *portal]
