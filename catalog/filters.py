"""What products can be found by: the same for the page and the API."""

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from innomarket.accounts.models import Organisation
from innomarket.common.clock import today

from .models import Category, Product, ProductQuerySet
from .states import PilotVerdict

MOST_WORDS = 8
PRICE_MAX = 9_000_000_000_000_000  # won; what the column holds, so that no number overflows it


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


@extend_schema_field(OpenApiTypes.STR)
class CodesFilter(django_filters.ModelMultipleChoiceFilter):
    """Rows by their codes: text in the schema, whatever rows there are."""


class ProductFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Words"),
        help_text=_("Each word must occur in a name, in the summary, or in the supplier's name."),
        method="by_words",
        max_length=100,
    )
    category = CodesFilter(
        label=_("Category"),
        field_name="category__code",
        queryset=Category.objects.all(),
        to_field_name="code",
        distinct=False,  # one category a product: nothing to take together
    )
    in_force = PlainBooleanFilter(
        label=_("Designation in force"), help_text=_("Valid today, in Seoul."), method="by_force"
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
        """Today in Seoul, asked from the database once for a page."""
        return today()

    def all_but(self, names: tuple[str, ...], queryset: ProductQuerySet) -> ProductQuerySet:
        """These rows under every filter that is on except these: what their own facet counts."""
        for key, value in self.form.cleaned_data.items():
            if key not in names:
                queryset = self.filters[key].filter(queryset, value)
        return queryset

    def by_words(self, queryset: ProductQuerySet, name: str, value: str) -> ProductQuerySet:
        for word in value.split()[:MOST_WORDS]:
            queryset = queryset.filter(
                Q(name_ko__icontains=word)
                | Q(name_en__icontains=word)
                | Q(summary__icontains=word)
                | Q(supplier__name_ko__icontains=word)
                | Q(supplier__name_en__icontains=word)
            )
        return queryset

    def by_force(self, queryset: ProductQuerySet, name: str, value: bool) -> ProductQuerySet:
        in_force = Q(designation__valid__contains=self.day)
        return queryset.filter(in_force) if value else queryset.exclude(in_force)

    def by_result(self, queryset: ProductQuerySet, name: str, value: bool) -> ProductQuerySet:
        return queryset.exclude(pilot_verdict="") if value else queryset.filter(pilot_verdict="")
