"""What machines read and people do not: published datasets, sitemaps, robots.txt. No address carries a language."""

from django.urls import path, re_path

from . import sitemaps
from .datasets import api
from .datasets.files import KINDS
from .datasets.published import DESIGNATIONS, PRODUCTS, RECORDS

app_name = "machines"

KIND = "|".join(kind.replace(".", r"\.") for kind in KINDS)

urlpatterns = [
    # As at the source: a program changes the name of the host and nothing else.
    path(f"api/{DESIGNATIONS}/v1/{RECORDS}", api.Records.as_view(), name="records"),
    re_path(
        rf"^api/{DESIGNATIONS}/v1/designations\.(?P<kind>{KIND})$",
        api.DesignationsFile.as_view(),
        name="designations_file",
    ),
    re_path(
        rf"^api/{PRODUCTS}/v1/products\.(?P<kind>{KIND})$", api.ProductsFile.as_view(), name="products_file"
    ),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path("sitemaps/<slug:section>.xml", sitemaps.section, name="sitemap"),
]
