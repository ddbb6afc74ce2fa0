"""Below /api/v1/, without a language: what programs read."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils import translation
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from innomarket.common.api import unknown_address

from .api import ProductViewSet

app_name = "api"


class EnglishSchema(SpectacularAPIView):
    """One language throughout: descriptions come partly from code, which is in English."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        translation.activate("en")
        return super().dispatch(request, *args, **kwargs)


router = SimpleRouter()
router.register("products", ProductViewSet, basename="product")

urlpatterns = [
    *router.urls,
    path("schema/", EnglishSchema.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema", template_name="catalog/api_docs.html"),
        name="docs",
    ),
    path("<path:rest>", unknown_address),
    path("", unknown_address),
]
