"""Models of a content and the profile of its category: what fits, and what becomes the supplier's own value."""

from typing import Any

from ..models import Category, ProfileAttribute
from .content import profile_of


def profile_of_code(code: str) -> list[ProfileAttribute]:
    """The profile of a category by its code; empty where none is chosen."""
    return profile_of(Category.objects.filter(code=code).first()) if code else []


def fitted_models(models: list[dict[str, Any]], category: str) -> list[dict[str, Any]]:
    """The models under another category: a value whose attribute it has not keeps its name as the supplier's own."""
    known = {attribute.code for attribute in profile_of_code(category)}
    lost = {
        spec["attribute"]
        for model in models
        for spec in model.get("specifications", ())
        if spec.get("attribute") and spec["attribute"] not in known
    }
    if not lost:
        return models
    names = {row.code: row for row in ProfileAttribute.objects.filter(code__in=lost).order_by("-pk")}
    return [
        model | {"specifications": [_own(spec, names) if spec.get("attribute") in lost else spec
                                    for spec in model.get("specifications", ())]}
        for model in models
    ]  # fmt: skip


def _own(spec: dict[str, Any], names: dict[str, ProfileAttribute]) -> dict[str, Any]:
    row = names.get(spec["attribute"])
    code = spec["attribute"]
    return spec | {
        "attribute": "",
        "name_ko": row.name_ko if row else code,
        "name_en": row.name_en if row else "",
    }
