"""A product for people: what it is, and what its listing said before."""

from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from innomarket.common.clock import KST, today
from innomarket.timeline.models import Milestone

from .. import differing, words
from ..models import Product

HISTORY_SHOWN = 50


def product_page(request: HttpRequest, number: str) -> HttpResponse:
    """One product: its designation live, price, models, papers, what pilots found, and the story since the need."""
    products = Product.objects.visible_to(request.user)
    product = get_object_or_404(
        products.select_related("supplier", "category__parent", "item_class", "designation").prefetch_related(
            "models__specifications__attribute", "certificates", "patents"
        ),
        number=number,
    )
    day = today()
    state, tone = words.designation_state(product.designation, day)
    milestones = list(Milestone.objects.public().filter(story=product.story_id)) if product.story_id else []
    # The pilot's address is in the story: the catalogue knows no pilots.
    found = [news.url for news in milestones if news.kind.startswith("pilots.") and news.url]
    return render(
        request,
        "catalog/product.html",
        {
            "product": product,
            "designation": product.designation,
            "state": state,
            "tone": tone,
            "in_force": day in product.designation.valid,
            "changed_later": product.changed_at.astimezone(KST).date()
            > product.listed_at.astimezone(KST).date(),
            "checks": words.private_contract_checks(product.designation, day),
            "pilot_words": words.pilot_words(product),
            "pilot_url": found[-1] if found else "",
            "milestones": milestones,
            "models": [words.model_shown(model) for model in product.models.all()],
            "certificates": words.certificates_shown(product, day),
            "regions": words.regions_shown(product),
        },
    )


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
