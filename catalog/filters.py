"""What products can be found by: the same for the page and the API."""

import time
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.accounts.regions import REGIONS
from innomarket.common.clock import today

from .models import Category, Certificate, Product, ProductQuerySet, SearchDocument
from .search.facets import PRICE_MAX, conditions
from .search.finding import Answer, answer
from .states import PilotVerdict

CODES_KEPT = 30.0
"""Seconds."""


class PlainBooleanField(forms.NullBooleanField):
    """true or false; anything else is wrong (Django would take it as "unknown")."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise forms.ValidationError(_("Say true or false."), code="invalid")
        return value == "true"

    def validate(self, value: Any) -> None:
        """to_python has asked."""


class PlainBooleanFilter(django_filters.BooleanFilter):
    field_class = PlainBooleanField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extra.pop("widget", None)


@extend_schema_field(OpenApiTypes.INT)
class WholeNumberFilter(django_filters.NumberFilter):
    """A whole number, and told as one in the schema, whatever column it is compared with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, decimal_places=0, **kwargs)


@extend_schema_field(OpenApiTypes.STR)
class CodesFilter(django_filters.ModelMultipleChoiceFilter):
    """Rows by their codes: text in the schema, whatever rows there are."""


class KnownCodesField(forms.MultipleChoiceField):
    """Rows by their codes; the value is the rows.

    For lists that change with a version alone (``load_rules``): a process keeps one for half a minute, and reads it
    again for a code that is not in it.
    """

    kept: ClassVar[dict[Any, tuple[float, dict[str, Any]]]] = {}

    def __init__(self, *, queryset: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.queryset = queryset

    def clean(self, value: Any) -> list[Any]:
        codes = dict.fromkeys(self.to_python(value))
        known = self.known(codes)
        for code in codes:
            if code not in known:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": code}
                )
        return [known[code] for code in codes]

    def known(self, codes: Iterable[str]) -> dict[str, Any]:
        model = self.queryset.model
        until, rows = self.kept.get(model, (0.0, {}))
        if until < time.monotonic() or not rows.keys() >= set(codes):
            rows = {row.code: row for row in self.queryset}
            self.kept[model] = time.monotonic() + CODES_KEPT, rows
        return rows


@extend_schema_field(OpenApiTypes.STR)
class KnownCodesFilter(django_filters.MultipleChoiceFilter):
    """Rows by their codes, for a method of the set."""

    field_class = KnownCodesField


@extend_schema_field(OpenApiTypes.STR)
class RegionsFilter(django_filters.MultipleChoiceFilter):
    """Regions by the names that are stored: text in the schema, which is in English throughout."""


# A listing without a price stands behind all others, whichever way prices run.
SORTS = {
    "newest": ("-listed_at", "-pk"),
    "cheapest": ("price_low", "-pk"),
    "dearest": ("-price_high", "-pk"),
}


class ProductFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Words"),
        help_text=_(
            "Words in Korean or English, or initial consonants: names, category, summary, description, company."
        ),
        method="by_words",
        max_length=100,
    )
    category = CodesFilter(
        label=_("Category"),
        queryset=Category.objects.all(),
        to_field_name="code",
        method="by_facet",
    )
    type = django_filters.MultipleChoiceFilter(
        label=_("Type of designation"), choices=Designation.Type.choices, method="by_facet"
    )
    on = django_filters.DateFilter(
        label=_("State on"),
        help_text=_(
            "The day for which it is asked whether the designation is in force; none: today, in Seoul."
        ),
        method="on_day",
    )
    in_force = PlainBooleanFilter(
        label=_("Designation in force"),
        help_text=_("Valid today, in Seoul, or on the day that is named."),
        method="by_force",
    )
    has_pilot_result = PlainBooleanFilter(
        label=_("Has a pilot result"), help_text=_("Good or bad."), method="by_result"
    )
    pilot_verdict = django_filters.MultipleChoiceFilter(label=_("Pilot result"), choices=PilotVerdict.choices)
    size = django_filters.MultipleChoiceFilter(
        label=_("Size of the supplier"),
        field_name="supplier__size_class",
        choices=Organisation.Size.choices,
        distinct=False,
    )
    certificate = django_filters.MultipleChoiceFilter(
        label=_("Certificate"), choices=Certificate.Kind.choices, method="by_facet"
    )
    women = PlainBooleanFilter(label=_("Women-owned enterprise"), method="by_facet")
    youth = PlainBooleanFilter(label=_("Youth-led enterprise"), method="by_facet")
    region = RegionsFilter(
        label=_("Region of supply"),
        help_text=_("Products supplied there, or in the whole country."),
        choices=list(REGIONS.items()),
        method="by_facet",
    )
    sdg = django_filters.MultipleChoiceFilter(
        label=_("Sustainable development goal"),
        choices=[(str(n), str(n)) for n in range(1, 18)],
        method="by_facet",
    )
    price_min = django_filters.NumberFilter(
        label=_("Price from"),
        help_text=_("Won for one unit, VAT included."),
        field_name="price_won",
        lookup_expr="gte",
        min_value=0,
        max_value=PRICE_MAX,
        decimal_places=0,
    )
    price_max = django_filters.NumberFilter(
        label=_("Price up to"),
        help_text=_("Won for one unit, VAT included."),
        field_name="price_won",
        lookup_expr="lte",
        min_value=0,
        max_value=PRICE_MAX,
        decimal_places=0,
    )

    class Meta:
        model = Product
        fields: list[str] = []

    @cached_property
    def day(self) -> date:
        """The day that is asked for, or today in Seoul, asked from the database once for a page."""
        self.form.is_valid()  # what is wrong elsewhere leaves the day as it is
        return self.form.cleaned_data.get("on") or today()

    @cached_property
    def answer(self) -> Answer:
        """How the words are answered; without words everything is."""
        self.form.is_valid()
        text = self.form.cleaned_data.get("q") or ""
        return answer(text, as_typed=self.as_typed)

    @property
    def as_typed(self) -> bool:
        """Whether the address says to look for exactly what stands there."""
        return bool(self.data) and self.data.get("as") == "typed"

    def all_but(self, names: tuple[str, ...], queryset: ProductQuerySet) -> ProductQuerySet:
        """These rows under every filter that is on except these."""
        for key, value in self.form.cleaned_data.items():
            if key not in names:
                queryset = self.filters[key].filter(queryset, value)
        return queryset

    def by_words(self, queryset: ProductQuerySet, name: str, value: str) -> ProductQuerySet:
        return self.answer.of(queryset)

    def by_facet(self, queryset: ProductQuerySet, name: str, value: Any) -> ProductQuerySet:
        """As the facet counts it, of the search documents."""
        asked = conditions({name: value})
        return (
            queryset.filter(search__in=SearchDocument.objects.filter(*asked.values())) if asked else queryset
        )

    def on_day(self, queryset: ProductQuerySet, name: str, value: date) -> ProductQuerySet:
        """Asked by ``in_force``."""
        return queryset

    def by_force(self, queryset: ProductQuerySet, name: str, value: bool) -> ProductQuerySet:
        in_force = Q(designation__valid__contains=self.day)
        return queryset.filter(in_force) if value else queryset.exclude(in_force)

    def by_result(self, queryset: ProductQuerySet, name: str, value: bool) -> ProductQuerySet:
        return queryset.exclude(pilot_verdict="") if value else queryset.filter(pilot_verdict="")
