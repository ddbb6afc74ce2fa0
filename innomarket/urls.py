"""The address table: what machines read has no language, what people read is Korean at / and English at /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from catalog.views.file import public_picture
from innomarket.common import health
from innomarket.common.api import unknown_address
from innomarket.portal.api import Statistics

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("pictures/<slug:sha256>.webp", public_picture, name="picture"),
    path("api/v1/statistics/", Statistics.as_view(), name="statistics"),
    path("api/v1/", include("catalog.api_urls")),
    path("", include("innomarket.portal.machine_urls")),
    path("api/<path:rest>", unknown_address),
    path("ocds/", include("innomarket.portal.ocds.urls")),
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("accounts/", include("allauth.urls")),
        path("", include("innomarket.accounts.urls")),
        path("", include("innomarket.notifications.urls")),
        path("", include("innomarket.privacy.urls")),
        path("", include("innomarket.submissions.urls")),
        path("", include("innomarket.evaluation.urls")),
        path("", include("challenges.urls")),
        path("", include("designation.urls")),
        path("", include("catalog.urls")),
        path("", include("pilots.urls")),
        path("", include("innomarket.portal.urls")),
        prefix_default_language=False,
    ),
]
