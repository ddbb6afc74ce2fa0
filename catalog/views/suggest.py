"""Type-ahead: names of products for what has been typed so far. The search works without it."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from ..models import Product
from ..search import finding

MOST = 8
LONGEST = 60


@require_safe
@cache_control(public=True, max_age=60)
def suggest(request: HttpRequest) -> JsonResponse:
    """{"suggestions": [{"text", "url"}]}, the best first; nothing for signs and for a single Latin letter."""
    text = request.GET.get("q", "")[:LONGEST].replace("\0", "")
    answer = finding.answer(text) if len(text.strip()) > 1 or not text.isascii() else finding.Answer(text)
    keys = (
        list(finding.ranked(Product.objects.visible_to(request.user), answer).ranks)[:MOST]
        if answer.lexemes
        else []
    )
    rows = {product.pk: product for product in Product.objects.filter(pk__in=keys)} if keys else {}
    english = get_language() == "en"
    return JsonResponse(
        {
            "suggestions": [
                {
                    "text": (english and rows[key].name_en) or rows[key].name_ko,
                    "url": rows[key].get_absolute_url(),
                }
                for key in keys
                if key in rows
            ]
        }
    )
