"""What staff say of a category and of the values that its profile asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..models import Category, ProfileAttribute

EQUALS = "="


class CategoryForm(forms.Form):
    code = forms.SlugField(
        label=_("Code"),
        help_text=_(
            "Latin letters, digits and hyphens. It stands in addresses and data and is never changed."
        ),
        max_length=40,
    )
    parent = forms.ModelChoiceField(
        label=_("Large category"),
        help_text=_("Of a middle category: the large one above it."),
        queryset=Category.objects.filter(parent=None),
        required=False,
    )
    name_ko = forms.CharField(label=_("Name in Korean"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    order = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=9_999, initial=0, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("parent", "category"):
            if name in self.fields:
                field: Any = self.fields[name]
                field.label_from_instance = named

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0


class ChangeCategoryForm(CategoryForm):
    """What may become another: not the code, nor the category above."""

    code = None  # type: ignore[assignment]
    parent = None  # type: ignore[assignment]


class AttributeForm(CategoryForm):
    parent = None  # type: ignore[assignment]
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.select_related("parent"))
    kind = forms.ChoiceField(
        label=_("Kind of value"), choices=[("", "---------"), *ProfileAttribute.Kind.choices]
    )
    unit = forms.CharField(
        label=_("Unit"),
        help_text=_("Of a number, as it is written in both languages: kg, mm, W, °C."),
        max_length=20,
        required=False,
    )
    choices = forms.CharField(
        label=_("Choices"),
        help_text=_("Of “one of several”: one a line, in Korean and in English, as 실내 = indoors."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    required = forms.BooleanField(
        label=_("Must be given"),
        help_text=_("A change of a listing that does not say it cannot be sent."),
        required=False,
    )
    field_order = ("category", "code", "name_ko", "name_en", "kind", "unit", "choices", "required", "order")

    def clean_choices(self) -> list[tuple[str, str]]:
        found = []
        for line in self.cleaned_data["choices"].splitlines():
            korean, _sign, english = (part.strip() for part in line.partition(EQUALS))
            if not line.strip():
                continue
            if not korean or not english or max(len(korean), len(english)) > 60:
                text = _(
                    "Write each choice in both languages with = between them, at most 60 characters each."
                )
                raise ValidationError(text, code="both")
            found.append((korean, english))
        if len({korean for korean, _english in found}) < len(found):
            raise ValidationError(_("A choice stands twice."), code="twice")
        return found


class ChangeAttributeForm(AttributeForm):
    """What may become another: neither the code nor what the value is."""

    code = None  # type: ignore[assignment]
    category = None  # type: ignore[assignment]
    kind = None  # type: ignore[assignment]
    unit = None  # type: ignore[assignment]


def lines_of(attribute: ProfileAttribute) -> str:
    """The choices as the form shows them."""
    pairs = zip(attribute.choices_ko, attribute.choices_en, strict=True)
    return "\n".join(f"{korean} {EQUALS} {english}" for korean, english in pairs)


def named(category: Category) -> str:
    """In the language of the page, below its large category."""
    name = "name_en" if get_language() == "en" else "name_ko"
    return " › ".join(str(getattr(row, name)) for row in (category.parent, category) if row)
