"""A product for people: what it is, and what its listing said before."""

from itertools import pairwise
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from .. import differing, linked_data, similar
from ..models import Product
from ..shown import DETAILS, page_of

HISTORY_SHOWN = 50
COMPARED = 4


def product_page(request: HttpRequest, number: str) -> HttpResponse:
    """One product: its designation live, price, models, papers, what pilots found, and the story since the need."""
    products = Product.objects.visible_to(request.user)
    product = get_object_or_404(
        products.select_related(
            *("supplier", "category__parent", "item_class"),
            "designation__decision__motion__meeting__committee",
        ).prefetch_related(*DETAILS),
        number=number,
    )
    like = similar.similar_to(product, request.user)
    compared = urlencode([("p", one.number) for one in [product, *like[: COMPARED - 1]]])
    shown = page_of(product)
    context = shown | {
        "linked_data": linked_data.element(product, shown["pictures"]),
        "similar": similar.rows(like),
        "compare_url": f"{reverse('catalog:compare')}?{compared}",
    }
    return render(request, "catalog/product.html", context)


def product_history(request: HttpRequest, number: str) -> HttpResponse:
    """Every version of a listing with what it changed: public, like the listing."""
    product = get_object_or_404(
        Product.objects.visible_to(request.user).select_related("designation"), number=number
    )
    versions = list(product.versions.all()[: HISTORY_SHOWN + 1])
    steps = [
        {"version": version, "lines": differing.lines(before.content, version.content)}
        for version, before in pairwise(versions)
    ]
    return render(
        request,
        "catalog/history.html",
        {"product": product, "steps": steps[:HISTORY_SHOWN], "whole": len(versions) <= HISTORY_SHOWN},
    )
