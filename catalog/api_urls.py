"""Below /api/v1/, without a language: what programs read."""

from functools import cache
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, re_path
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter

from innomarket.common.api import unknown_address
from innomarket.common.conditional import etag_of, not_modified, validated

from .api.files import BulkFile, SnapshotFile, Snapshots
from .api.products import ProductViewSet
from .api.resources import CallViewSet, Categories, DesignationViewSet, OrganisationViewSet, TaskViewSet

app_name = "api"


class EnglishSchema(SpectacularAPIView):
    """One language throughout: descriptions come partly from code, which is in English. Made once by a process."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        translation.activate("en")
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        text = _schema_as(cast(Any, type(request.accepted_renderer)))
        etag = etag_of(text)
        kept = not_modified(request, etag)
        if kept is not None:
            return kept
        return validated(HttpResponse(text, content_type=request.accepted_media_type), etag, None)


@cache
def _schema_as(renderer: Any) -> bytes:
    """The description as this class of renderers writes it: it depends on the code alone."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    text: bytes = renderer().render(schema, renderer_context={})
    return text


router = SimpleRouter()
router.register("products", ProductViewSet, basename="product")
router.register("designations", DesignationViewSet, basename="designation")
router.register("calls", CallViewSet, basename="call")
router.register("challenge-tasks", TaskViewSet, basename="challenge-task")
router.register("organisations", OrganisationViewSet, basename="organisation")

urlpatterns = [
    *router.urls,
    re_path(r"^bulk/products\.(?P<kind>ndjson|csv|xlsx)$", BulkFile.as_view(), name="bulk"),
    path("categories/", Categories.as_view(), name="categories"),
    path("snapshots/", Snapshots.as_view(), name="snapshots"),
    re_path(r"^snapshots/(?P<name>[a-z0-9.-]{1,60})$", SnapshotFile.as_view(), name="snapshot"),
    path("schema/", EnglishSchema.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="catalog/api_docs.html"),
        name="docs",
    ),
    path("<path:rest>", unknown_address),
    path("", unknown_address),
]
