"""The address table: what machines read has no language, what people read is Korean at / and English at /en/."""

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from innomarket.common import health
from innomarket.common.api import unknown_address

# TEMPORARY while the house is built: apps join as their urls come to stand.
APPS = [
    "innomarket.accounts",
    "innomarket.notifications",
    "innomarket.submissions",
    "innomarket.evaluation",
    "challenges",
    "designation",
    "catalog",
    "pilots",
    "innomarket.portal",
]
urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    *([path("api/v1/", include("catalog.api_urls"))] if find_spec("catalog.api_urls") else []),
    path("api/<path:rest>", unknown_address),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("accounts/", include("allauth.urls")),
        *(path("", include(f"{app}.urls")) for app in APPS if find_spec(f"{app}.urls")),
        prefix_default_language=False,
    ),
]
