"""The page on which a problem is described and answered."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from catalog.search.highlight import highlight

from .. import finding

SHOWN = 240
"""Characters of a problem."""


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """The description stands in the address: what was found can be shared."""
    text = request.GET.get("q", "")[: finding.LONGEST]
    found = finding.find(text, request.user) if text.strip() else None
    english = get_language() == "en"
    context = {
        "q": text,
        "longest": finding.LONGEST,
        "found": found,
        "products": [
            (
                product,
                highlight((english and product.name_en) or product.name_ko, found.reading),
                highlight(product.summary, found.reading),
            )
            for product in (found.products if found else [])
        ],
        "tasks": [
            (task, highlight(task.title, found.reading), highlight(task.problem[:SHOWN], found.reading))
            for task in (found.tasks if found else [])
        ],
        "ideas": [
            (idea, highlight(idea.title, found.reading), highlight(idea.problem[:SHOWN], found.reading))
            for idea in (found.ideas if found else [])
        ],
    }
    return render(request, "portal/find.html", context)
