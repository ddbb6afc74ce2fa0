"""The categories, their profiles and the limits of listings that the portal ships.

The official large and middle categories (혁신대분류카테고리, 혁신중분류카테고리, domain.md §5.1) and what they ask
for are named in no source that could be read: these are our default, and staff add others in the console.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from innomarket.audit.models import Entry
from innomarket.audit.services import created
from innomarket.common.locks import lock_all

from .models import Category, ListingRule, ProfileAttribute

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
# Middle categories by the large one above them.
MIDDLE = {
    "environment": (
        ("air", "대기", "Air"),
        ("water", "물·하수", "Water and sewage"),
        ("waste", "폐기물·자원순환", "Waste and recycling"),
    ),
    "safety": (("fire", "소방", "Fire safety"), ("worksite", "작업장 안전", "Safety at work")),
    "health": (
        ("diagnosis", "진단", "Diagnosis"),
        ("treatment", "치료·재활", "Treatment and rehabilitation"),
    ),
    "energy": (("generation", "생산", "Generation"), ("saving", "절약·저장", "Saving and storage")),
}
NUMBER, TEXT, FLAG = "number", "text", "flag"
Line = tuple[str, str, str, str, str]
# Code, names, kind, unit: none of them has to be given.
DEVICE: tuple[Line, ...] = (
    ("power", "소비전력", "Power consumption", NUMBER, "W"),
    ("mass", "중량", "Mass", NUMBER, "kg"),
    ("size", "크기(가로×세로×높이)", "Size (width × depth × height)", TEXT, ""),
    ("protection", "방진·방수 등급", "Ingress protection", TEXT, ""),
)
SOFTWARE: tuple[Line, ...] = (
    ("cloud", "클라우드 서비스", "Cloud service", FLAG, ""),
    ("api", "연계 API 제공", "API for other systems", FLAG, ""),
    ("environment", "구동 환경", "Runs on", TEXT, ""),
)
PROFILES = {
    code: SOFTWARE if code in ("administration", "education") else DEVICE for code, _ko, _en in CATEGORIES
}


@transaction.atomic
def load() -> int:
    """Idempotent; names, order, profiles and rules that staff have changed stay as they are.

    An installation that is older than middle categories and profiles gets them too: where a large category has no
    middle one, or no value in its profile and those below it. What staff took out does not come back.
    """
    for order, (code, name_ko, name_en) in enumerate(CATEGORIES, start=1):
        _add(code=code, name_ko=name_ko, name_en=name_en, order=order)
    shipped = Category.objects.filter(code__in=PROFILES, parent=None)
    taken_out = list(
        Entry.objects.filter(verb="catalog.remove_attribute").values_list(
            "changes__category", "changes__code"
        )
    )
    for large in lock_all(shipped):
        _divide(large)
        # Entries of an earlier version do not say of which category: they count for all.
        _describe(large, but={code for category, code in taken_out if category in (None, large.code)})
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


def _add(*, code: str, **fields: Any) -> None:
    """A category, unless its code is taken."""
    if not Category.objects.filter(code=code).exists():
        created(Category(code=code, **fields), actor=None, verb="catalog.add_category", code=code)


def _divide(large: Category) -> None:
    """Its middle categories, where nobody has made any."""
    if large.children.exists():
        return
    for order, (code, name_ko, name_en) in enumerate(MIDDLE.get(large.code, ()), start=1):
        place = large.order * 100 + order
        _add(code=f"{large.code}-{code}", parent=large, name_ko=name_ko, name_en=name_en, order=place)


def _describe(large: Category, *, but: set[str]) -> None:
    """Its profile, where nobody has written one, there or in a middle category."""
    if ProfileAttribute.objects.filter(Q(category=large) | Q(category__parent=large)).exists():
        return
    for order, (code, name_ko, name_en, kind, unit) in enumerate(PROFILES[large.code], start=1):
        if code not in but:
            line = ProfileAttribute(
                category=large, code=code, name_ko=name_ko, name_en=name_en, kind=kind, unit=unit, order=order
            )
            created(line, actor=None, verb="catalog.add_attribute", code=code)
