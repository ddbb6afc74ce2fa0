"""Below /api/v1/, without a language: what programs read."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import path, re_path
from django.utils import translation
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from innomarket.common.api import unknown_address

from .api.files import BulkFile, SnapshotFile, Snapshots
from .api.products import ProductViewSet
from .api.resources import CallViewSet, Categories, DesignationViewSet, OrganisationViewSet, TaskViewSet

app_name = "api"


class EnglishSchema(SpectacularAPIView):
    """One language throughout: descriptions come partly from code, which is in English."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        translation.activate("en")
        return super().dispatch(request, *args, **kwargs)


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
