"""Which data the portal gives away, in which formats, and where."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ..datasets import api, designations, files, products
from ..feeds import FEEDS


def open_data(request: HttpRequest) -> HttpResponse:
    """Every format with its addresses and fields. Asks the database nothing of its own."""
    context = {
        "site": settings.PUBLIC_URL,
        "licence": settings.DATA_LICENCE,
        "product_files": [(kind, reverse("machines:products_file", args=[kind])) for kind in files.KINDS],
        "product_fields": [(name, field.what) for name, field in products.FIELDS.items()],
        "records": reverse("machines:records"),
        "record_files": [(kind, reverse("machines:designations_file", args=[kind])) for kind in files.KINDS],
        "record_fields": [(name, field.what) for name, field in designations.FIELDS.items()],
        "most_records": f"{api.MOST:,}",
        "feeds": [
            (feed.title, feed.subtitle, reverse("portal:feed", args=[name])) for name, feed in FEEDS.items()
        ],
        "sitemap": reverse("machines:sitemap_index"),
    }
    return render(request, "portal/open_data.html", context)
