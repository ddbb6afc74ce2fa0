"""Forms of single parts of a listing. Their limits and words are those of the models; they write nothing."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from challenges.sdgs import GOALS
from innomarket.accounts.regions import REGIONS
from innomarket.common.countries import country_code, country_name
from innomarket.common.fields import WonField
from innomarket.common.texts import tidy

from ..models import (
    Category,
    Certificate,
    ItemClass,
    Patent,
    Product,
    ProductDocument,
    ProductImage,
    ProductModel,
)

MATCHES = 30
MOST_WORDS = 60  # characters of a search for a class


class PartForm(forms.ModelForm):
    """Fields as the model describes them. ``values()`` is what ``services.content`` keeps of them."""

    heading: Any = ""
    """What the form is called where several of its kind stand on one page."""

    def _post_clean(self) -> None:
        """Nothing is written to an instance: the service asks the model's own rules."""

    def values(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
        }


class NamesForm(PartForm):
    class Meta:
        model = Product
        fields = ["name_ko", "name_en", "summary", "description"]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 10}),
        }


class ClassForm(forms.Form):
    """The category from a list, the class of goods by a search that needs no script."""

    heading = ""
    category = forms.ChoiceField(label=_("Category"), required=False)
    words = forms.CharField(
        label=_("Search the classes of goods"),
        help_text=_("Words of the name, or the first digits of the code."),
        required=False,
        max_length=MOST_WORDS,
    )
    item_class = forms.CharField(
        label=_("Class of goods"), required=False, widget=forms.RadioSelect, max_length=10
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = _categories()  # type: ignore[attr-defined]
        chosen = tidy(str(self["item_class"].value() or ""))
        self.found = item_classes(tidy(str(self["words"].value() or ""))[:MOST_WORDS])
        shown = {code: f"{code} {name}" for code, name in [*_named_class(chosen), *self.found]}
        widget: Any = self.fields["item_class"].widget
        widget.choices = [("", _("Not known yet")), *shown.items()]

    def clean_item_class(self) -> str:
        code = self.cleaned_data["item_class"]
        if code and not _named_class(code):
            raise ValidationError(_("Choose a class of the list: search for it first."), code="unknown")
        return str(code)

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("category", "item_class")}


def item_classes(words: str) -> list[tuple[str, str]]:
    """Classes in use of 8 or 10 digits whose name holds every word, or whose code begins so; at most 30."""
    asked = words.split()
    if not asked:
        return []
    rows = ItemClass.objects.filter(in_use=True, code__regex=r"^[0-9]{8}([0-9]{2})?$")
    for word in asked:
        rows = rows.filter(Q(code__startswith=word) | Q(name_ko__icontains=word) | Q(name_en__icontains=word))
    return _named(rows.order_by("code")[:MATCHES])


def _named_class(code: str) -> list[tuple[str, str]]:
    return _named(ItemClass.objects.filter(code=code, code__regex=r"^[0-9]{8}"))


def _named(rows: QuerySet[ItemClass]) -> list[tuple[str, str]]:
    """Codes with the names of the page's language; not every class has an English one."""
    english = get_language() == "en"
    names = rows.values_list("code", "name_ko", "name_en")
    return [(code, (english and other) or korean) for code, korean, other in names]


def _categories() -> list[Any]:
    """Large categories with their middle ones behind them."""
    name = "name_en" if get_language() == "en" else "name_ko"
    rows = list(Category.objects.order_by("order", "pk"))
    found: list[tuple[str, Any]] = [("", _("Not known yet"))]
    for large in (row for row in rows if row.parent_id is None):
        found.append((large.code, getattr(large, name)))
        found += [
            (row.code, f"{getattr(large, name)} › {getattr(row, name)}")
            for row in rows
            if row.parent_id == large.pk
        ]
    return found


class PriceForm(PartForm):
    price_won = WonField(label=_("Price of one unit"), required=False)
    price_includes_vat = forms.TypedChoiceField(
        label=_("VAT"),
        choices=[("true", _("VAT included")), ("false", _("VAT not included"))],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
    )
    regions = forms.MultipleChoiceField(
        label=_("Regions of supply"),
        help_text=_("None named: the whole country."),
        choices=list(REGIONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    collaborators = forms.CharField(
        label=_("Collaborating manufacturers"),
        help_text=_("One a line."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    origin = forms.CharField(
        label=_("Country of origin"), help_text=_("Its name, or its code of two letters."), max_length=60
    )

    class Meta:
        model = Product
        fields = [
            *("price_won", "unit", "price_includes_vat", "price_basis", "delivery_days", "regions"),
            *("origin", "manufacturer", "collaborators", "trl"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["price_includes_vat"] = str(self.initial.get("price_includes_vat", True)).lower()
        rows = self.initial.get("collaborators")
        self.initial["collaborators"] = "\n".join(rows) if isinstance(rows, list) else rows
        self.initial["origin"] = country_name(self.initial.get("origin", ""))
        self.fields["regions"].inline = True  # type: ignore[attr-defined]
        self.fields["unit"].size = "short"  # type: ignore[attr-defined]
        self.fields["origin"].size = "medium"  # type: ignore[attr-defined]

    def clean_origin(self) -> str:
        code = country_code(str(self.cleaned_data["origin"]))
        if not code:
            text = _("There is no such country. Write its name, or its code of two letters.")
            raise ValidationError(text, code="country")
        return code

    def clean_collaborators(self) -> list[str]:
        rows = [line.strip() for line in self.cleaned_data["collaborators"].splitlines() if line.strip()]
        if any(len(row) > 120 for row in rows):
            raise ValidationError(_("A name has at most 120 characters."), code="too_long")
        return rows


class GoalsForm(forms.Form):
    heading = ""
    sdgs = forms.TypedMultipleChoiceField(
        label=_("Sustainable development goals"),
        help_text=_("Those that the product itself serves."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = "en" if get_language() == "en" else "ko"
        choices = [(goal.number, goal.name(language)) for goal in GOALS]
        self.fields["sdgs"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {"sdgs": sorted(self.cleaned_data["sdgs"])}


class CertificateForm(PartForm):
    class Meta:
        model = Certificate
        fields = ["kind", "number", "issuer", "issued_on", "valid_until"]
        widgets = {"issued_on": forms.DateInput(), "valid_until": forms.DateInput()}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        first, last = found.get("issued_on"), found.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("A certificate cannot end before it was issued."))
        return found


class PatentForm(PartForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "---------"), *Patent.Kind.choices])

    class Meta:
        model = Patent
        fields = ["kind", "number", "title"]


class VideoForm(PartForm):
    class Meta:
        model = Product
        fields = ["video_url"]
        field_classes = {"video_url": partial(forms.URLField, assume_scheme="https")}

    def clean_video_url(self) -> str:
        address = str(self.cleaned_data["video_url"] or "")
        if address and not address.startswith("https://"):
            raise ValidationError(_("The address of the video must begin with https://."), code="https")
        return address


class PictureForm(PartForm):
    """A picture that was received; the file itself cannot be exchanged for another one's here."""

    document = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = ProductImage
        fields = ["document", "alt_ko", "alt_en"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alt_ko"].help_text = _("People who cannot see the picture read this.")
        self.fields["alt_en"].help_text = _("Without it the Korean words are read in English too.")


class DocumentForm(PartForm):
    document = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "---------"), *ProductDocument.Kind.choices])

    class Meta:
        model = ProductDocument
        fields = ["document", "kind", "title"]


class UploadForm(forms.Form):
    """One more file. It is kept whatever else on the page is wrong."""

    heading = ""
    asked: tuple[str, ...] = ("file",)
    """What a file cannot do without: it may stay empty where none is uploaded."""
    file = forms.FileField(label=_("File"), required=False, allow_empty_file=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.asked:
            self.fields[name].needed = True  # type: ignore[attr-defined]


class PictureUploadForm(UploadForm):
    asked = ("file", "alt_ko")
    alt_ko = forms.CharField(label=_("What it shows, in Korean"), max_length=200, required=False)
    alt_en = forms.CharField(label=_("What it shows, in English"), max_length=200, required=False)


class DocumentUploadForm(UploadForm):
    asked = ("file", "kind", "title")
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", "---------"), *ProductDocument.Kind.choices], required=False
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)


class ModelForm(PartForm):
    price_won = WonField(
        label=_("Price of one unit"),
        help_text=_("Only where it differs from model to model."),
        required=False,
    )

    class Meta:
        model = ProductModel
        fields = ["name", "identification_number", "price_won"]

    def clean_identification_number(self) -> str:
        number = str(self.cleaned_data["identification_number"] or "").strip()
        if number and not re.fullmatch("[0-9]{8}", number):
            raise ValidationError(_("An identification number has 8 digits."), code="digits")
        return number
