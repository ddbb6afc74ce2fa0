"""The categories and the limits of listings that the portal ships.

The official large categories (혁신대분류카테고리, domain.md §5.1) are named in no source that could be read: these
are our default, and a further one is a row.
"""

from django.utils.translation import gettext_noop

from .models import Category, ListingRule

MEBIBYTE = 1024 * 1024

CATEGORIES = (
    ("environment", "환경", "Environment"),
    ("safety", "안전", "Safety"),
    ("disaster", "재난", "Disaster response"),
    ("health", "보건·의료", "Health and medicine"),
    ("welfare", "복지·돌봄", "Welfare and care"),
    ("education", "교육", "Education"),
    ("transport", "교통", "Transport"),
    ("city", "도시·생활", "City and daily life"),
    ("energy", "에너지", "Energy"),
    ("agriculture", "농림·수산", "Agriculture and fisheries"),
    ("administration", "행정·정보", "Administration and information"),
)


def load() -> int:
    """Idempotent; names, order and rules that staff have changed stay as they are."""
    for order, (code, name_ko, name_en) in enumerate(CATEGORIES, start=1):
        Category.objects.get_or_create(
            code=code, defaults={"name_ko": name_ko, "name_en": name_en, "order": order}
        )
    ListingRule.ensure(
        valid=(None, None),
        values={
            "most_collaborators": 3,
            "most_models": 50,
            "most_images": 8,
            "most_documents": 8,
            "max_image_bytes": 5 * MEBIBYTE,
            "max_document_bytes": 20 * MEBIBYTE,
            "most_saved_searches": 20,
            "source": gettext_noop("Collaborators: PPS since June 2025; innomarket where it is silent"),
            "is_default": True,
        },
    )
    return len(CATEGORIES)
