"""Below /api/v1/, without a language: what programs read."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from innomarket.common.api import unknown_address

from .api import ProductViewSet

app_name = "api"

router = SimpleRouter()
router.register("products", ProductViewSet, basename="product")

urlpatterns = [
    *router.urls,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="catalog/api_docs.html"),
        name="docs",
    ),
    path("<path:rest>", unknown_address),
    path("", unknown_address),
]
