"""What the API finds products by: a list, over the read model alone. An unknown value is refused, never ignored."""

from datetime import date
from functools import lru_cache
from typing import Any, cast

import django_filters
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from designation.models import Designation
from innomarket.accounts.models import Organisation
from innomarket.accounts.regions import REGIONS
from innomarket.common.clock import today

from .filters import KnownCodesFilter, PlainBooleanFilter, WholeNumberFilter
from .models import Category, Certificate, PublicListing, SearchDocument
from .models.public import PublicListingQuerySet
from .search.facets import PRICE_MAX
from .search.finding import typed
from .states import PilotVerdict

NOBODY = 9_223_372_036_854_775_807  # what the key of a supplier holds at most


class PublicListingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Words"),
        help_text=_(
            "Each word must occur in a name, the summary, the category or another part of the listing."
        ),
        method="by_words",
        max_length=100,
    )
    category = KnownCodesFilter(
        label=_("Category"),
        help_text=_("A large category finds what stands in its middle ones too."),
        queryset=Category.objects.all(),
        method="by_category",
    )
    item_class = django_filters.CharFilter(
        label=_("Class of goods"),
        help_text=_("2 to 10 digits; a shorter one finds everything below it."),
        lookup_expr="startswith",
        max_length=10,
    )
    supplier = WholeNumberFilter(
        label=_("Supplier"),
        help_text=_("The id of an organisation."),
        min_value=1,
        max_value=NOBODY,
    )
    in_force = PlainBooleanFilter(
        label=_("Designation in force"), help_text=_("Valid today, in Seoul."), method="by_force"
    )
    in_force_on = django_filters.DateFilter(
        label=_("Designation in force on"), help_text=_("A day, such as 2026-03-31."), method="by_day"
    )
    designation_type = django_filters.MultipleChoiceFilter(
        label=_("Type of designation"), choices=Designation.Type.choices
    )
    has_pilot_result = PlainBooleanFilter(
        label=_("Has a pilot result"), help_text=_("Good or bad."), method="by_result"
    )
    pilot_verdict = django_filters.MultipleChoiceFilter(label=_("Pilot result"), choices=PilotVerdict.choices)
    size = django_filters.MultipleChoiceFilter(
        label=_("Size of the supplier"), field_name="size_class", choices=Organisation.Size.choices
    )
    women_owned = PlainBooleanFilter(label=_("Women-owned enterprise"), field_name="is_women_owned")
    youth_led = PlainBooleanFilter(label=_("Youth-led enterprise"), field_name="is_youth_led")
    region = django_filters.ChoiceFilter(
        label=_("Supplied to"),
        help_text=_("Also finds what is supplied to the whole country."),
        choices=list(REGIONS.items()),
        method="by_region",
    )
    certificate = django_filters.ChoiceFilter(
        label=_("Certificate"), choices=Certificate.Kind.choices, method="by_certificate"
    )
    sdg = WholeNumberFilter(
        label=_("Sustainable development goal"),
        help_text="1–17",
        min_value=1,
        max_value=17,
        method="by_goal",
    )
    price_min = WholeNumberFilter(
        label=_("Price from"),
        help_text=_("Won for one unit."),
        field_name="price_won",
        lookup_expr="gte",
        min_value=0,
        max_value=PRICE_MAX,
    )
    price_max = WholeNumberFilter(
        label=_("Price up to"),
        help_text=_("Won for one unit."),
        method="by_highest_price",
        min_value=0,
        max_value=PRICE_MAX,
    )

    class Meta:
        model = PublicListing
        fields: list[str] = []

    @cached_property
    def day(self) -> date:
        """Today in Seoul, asked from the database once for a page."""
        return today()

    @property
    def parts(self) -> tuple[Q, ...]:
        """Conditions that part what is found by its first and last day, as the index knows them; none: no day is asked.

        "Not in force" is over, or to come: two parts.
        """
        asked = self.form.cleaned_data
        if asked.get("in_force") is False:
            return Q(valid__endswith__lte=self.day), Q(valid__startswith__gt=self.day)
        day = asked.get("in_force_on") or (self.day if asked.get("in_force") else None)
        return (Q(valid__startswith__lte=day, valid__endswith__gt=day),) if day else ()

    def by_words(self, queryset: PublicListingQuerySet, name: str, value: str) -> PublicListingQuerySet:
        """As typed, and every word: what a program asks for is not guessed at."""
        return queryset.filter(product__in=SearchDocument.objects.filter(typed(value)).values("pk"))

    def by_category(self, queryset: PublicListingQuerySet, name: str, value: Any) -> PublicListingQuerySet:
        large = [category.code for category in value if category.parent_id is None]
        middle = [category.code for category in value if category.parent_id is not None]
        # One condition wherever one is enough: an index then gives the rows in their order.
        wanted = Q(large_category__in=large) if large else Q()
        return queryset.filter(wanted | Q(category__in=middle) if middle else wanted)

    def by_force(self, queryset: PublicListingQuerySet, name: str, value: bool) -> PublicListingQuerySet:
        in_force = Q(valid__contains=self.day)
        return queryset.filter(in_force if value else ~in_force)

    def by_day(self, queryset: PublicListingQuerySet, name: str, value: date) -> PublicListingQuerySet:
        return queryset.filter(valid__contains=value)

    def by_result(self, queryset: PublicListingQuerySet, name: str, value: bool) -> PublicListingQuerySet:
        return queryset.exclude(pilot_verdict="") if value else queryset.filter(pilot_verdict="")

    def by_region(self, queryset: PublicListingQuerySet, name: str, value: str) -> PublicListingQuerySet:
        return queryset.filter(Q(regions__contains=[value]) | Q(regions=[]))

    def by_certificate(self, queryset: PublicListingQuerySet, name: str, value: str) -> PublicListingQuerySet:
        return queryset.filter(certificates__contains=[value])

    def by_goal(self, queryset: PublicListingQuerySet, name: str, value: int) -> PublicListingQuerySet:
        return queryset.filter(sdgs__contains=[int(value)])

    def by_highest_price(
        self, queryset: PublicListingQuerySet, name: str, value: int
    ) -> PublicListingQuerySet:
        """What has no price is not cheap."""
        return queryset.filter(price_won__gte=0, price_won__lte=value)


@lru_cache(maxsize=256)
def filters_of(names: frozenset[str]) -> type[PublicListingFilter]:
    """These filters alone: a filter set copies all that it has for each request."""
    some: Any = type("SomeOfPublicListingFilter", (PublicListingFilter,), {})
    some.base_filters = {
        name: each for name, each in PublicListingFilter.base_filters.items() if name in names
    }
    return cast(type[PublicListingFilter], some)
