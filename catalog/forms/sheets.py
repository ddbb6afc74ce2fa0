"""The forms of one step together: filled from a content, or from what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ..models import Category, ProfileAttribute
from ..services.fitting import fitted_models, profile_of_code
from .parts import (
    CertificateForm,
    ClassForm,
    DocumentForm,
    GoalsForm,
    ModelForm,
    NamesForm,
    PatentForm,
    PictureForm,
    PriceForm,
    VideoForm,
)
from .rows import Rows, rows_of

ADD = "add"
"""Name of the button that adds a row; its value is the part."""
FILES = ("images", "documents")
"""Parts whose rows come by an upload alone."""
# Part of the content: form of a row, title, what one row is called, whether its rows are put in an order.
ROWS: dict[str, tuple[Any, Any, Any, bool]] = {
    "certificates": (CertificateForm, gettext_lazy("Certificates"), gettext_lazy("Certificate"), False),
    "patents": (PatentForm, gettext_lazy("Patents and other rights"), gettext_lazy("Right"), False),
    "images": (PictureForm, gettext_lazy("Pictures"), gettext_lazy("Picture"), True),
    "documents": (DocumentForm, gettext_lazy("Documents"), gettext_lazy("Document"), True),
}
# Step: its forms and its rows, in the order of the page.
OF_STEPS: dict[str, tuple[tuple[Any, ...], tuple[str, ...]]] = {
    "names": ((NamesForm,), ()),
    "class": ((ClassForm,), ()),
    "price": ((PriceForm,), ()),
    "papers": ((GoalsForm,), ("certificates", "patents")),
    "pictures": ((), ("images",)),
    "documents": ((VideoForm,), ("documents",)),
}


class Sheet:
    """One step's ``forms`` and ``rows``. ``fields()`` gives the parts of the content, after ``is_valid``."""

    def __init__(self, step: str, content: dict[str, Any], data: Mapping[str, Any] | None = None) -> None:
        kinds, parts = OF_STEPS[step]
        add = str(data.get(ADD, "")) if data is not None else ""
        again = data is not None and (bool(add) or "search" in data)
        self.content = content
        self.asks_nothing = again
        self.forms = [self._form(kind, content, data, again) for kind in kinds]
        self.rows: list[Rows] = [
            rows_of(
                ROWS[part][0],
                part,
                content.get(part, []),
                data,
                title=ROWS[part][1],
                row_title=ROWS[part][2],
                ordered=ROWS[part][3],
                add=again,
                spare=1 if part not in FILES and (not again or add == part) else 0,
            )
            for part in parts
        ]

    @staticmethod
    def _form(kind: Any, content: dict[str, Any], data: Any, again: bool) -> Any:
        """While a row is added or a class searched, nothing is judged: what was typed is shown back."""
        if not again:
            return kind(data, initial=content)
        typed = kind(data, initial=content)
        return kind(initial={name: typed[name].value() for name in typed.fields})

    @property
    def every(self) -> list[Any]:
        """All forms, for the summary of errors."""
        return [*self.forms, *(row for rows in self.rows for row in rows.forms)]

    def is_valid(self) -> bool:
        found = [form.is_valid() for form in [*self.forms, *self.rows]]
        return all(found)

    def fields(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for form in self.forms:
            found |= form.values()
        for rows in self.rows:
            found[str(rows.prefix)] = rows.values()
        if "category" in found:
            found["models"] = fitted_models(self.content["models"], found["category"])
        return found


class ProfileForm(forms.Form):
    """What the category asks of a model: one field for each attribute of its profile."""

    heading = ""

    def __init__(self, profile: list[ProfileAttribute], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile
        for attribute in profile:
            field = _field(attribute)
            field.label = attribute.name_en if get_language() == "en" else attribute.name_ko
            field.unit = attribute.unit  # type: ignore[attr-defined]
            field.needed = attribute.required  # type: ignore[attr-defined]
            self.fields[attribute.code] = field

    def values(self) -> list[dict[str, Any]]:
        """The specifications that are given, in the order of the profile."""
        return [
            {
                "attribute": attribute.code,
                "name_ko": "",
                "name_en": "",
                "value": str(self.cleaned_data[attribute.code]),
                "unit": attribute.unit,
            }
            for attribute in self.profile
            if self.cleaned_data.get(attribute.code) not in (None, "")
        ]


def _field(attribute: ProfileAttribute) -> forms.Field:
    kinds = ProfileAttribute.Kind
    if attribute.kind == kinds.NUMBER:
        return _Number(required=False, max_digits=18, decimal_places=4)
    if attribute.kind == kinds.CHOICE:
        shown = attribute.choices_en if get_language() == "en" else attribute.choices_ko
        return forms.ChoiceField(
            required=False, choices=[("", "---------"), *zip(attribute.choices_ko, shown, strict=True)]
        )
    if attribute.kind == kinds.FLAG:
        return forms.ChoiceField(
            required=False, choices=[("", "---------"), ("true", _("Yes")), ("false", _("No"))]
        )
    return forms.CharField(required=False, max_length=200)


class _Number(forms.DecimalField):
    """1,234.5 is a number too, and is kept without its separators and needless zeros."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value.replace(",", "") if isinstance(value, str) else value)
        return found

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        return f"{found.normalize():f}" if found is not None else ""


class SpecificationForm(forms.Form):
    """A value that the supplier names itself."""

    heading: Any = ""
    name_ko = forms.CharField(label=gettext_lazy("Name in Korean"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=80, required=False)
    value = forms.CharField(label=gettext_lazy("Value"), max_length=200)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=20, required=False)

    def values(self) -> dict[str, Any]:
        return {"attribute": "", **{name: self.cleaned_data[name] for name in self.base_fields}}


class ModelSheet:
    """One model: its own columns, what the category's profile asks, and the supplier's own values."""

    def __init__(
        self, content: dict[str, Any], model: dict[str, Any], data: Mapping[str, Any] | None = None
    ) -> None:
        again = data is not None and ADD in data
        profile = profile_of_code(content["category"])
        given = model.get("specifications", [])
        by_code = {row["attribute"]: row["value"] for row in given if row.get("attribute")}
        self.form = self._form(ModelForm, model, data, again)
        self.profile = self._profile(profile, by_code, data, again)
        self.asks_nothing = again
        self.rows = [
            rows_of(
                SpecificationForm,
                "own",
                [row for row in given if not row.get("attribute")],
                data,
                title=_("Further values"),
                row_title=_("Value"),
                add=again,
            )
        ]

    @staticmethod
    def _form(kind: Any, model: dict[str, Any], data: Any, again: bool) -> Any:
        typed = kind(data, initial=model)
        return kind(initial={name: typed[name].value() for name in typed.fields}) if again else typed

    @staticmethod
    def _profile(
        profile: list[ProfileAttribute], by_code: dict[str, Any], data: Any, again: bool
    ) -> ProfileForm:
        typed = ProfileForm(profile, data, initial=by_code, prefix="profile")
        if not again:
            return typed
        return ProfileForm(
            profile, initial={name: typed[name].value() for name in typed.fields}, prefix="profile"
        )

    @property
    def every(self) -> list[Any]:
        return [self.form, self.profile, *self.rows[0].forms]

    def is_valid(self) -> bool:
        found = [each.is_valid() for each in (self.form, self.profile, self.rows[0])]
        return all(found)

    def model(self) -> dict[str, Any]:
        """The model as the content keeps it."""
        return self.form.values() | {"specifications": [*self.profile.values(), *self.rows[0].values()]}


def category_name(code: str) -> str:
    """The category of a content in the language of the page; "" where none is chosen."""
    name = "name_en" if get_language() == "en" else "name_ko"
    return Category.objects.filter(code=code).values_list(name, flat=True).first() or ""
