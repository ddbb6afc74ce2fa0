"""What the register of designations is searched and filtered by."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import today

from .models import Designation

IN_FORCE, ENDED = "in_force", "ended"
STATES = ((IN_FORCE, _("In force")), (ENDED, _("Ended")))


def in_state(state: str, day: date) -> Q:
    """Asked from the dates, so that nothing expired is shown as valid."""
    return Q(valid__contains=day) if state == IN_FORCE else Q(valid__fully_lt=(day, None))


class DesignationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(method="by_state", choices=STATES, label=_("State"))

    class Meta:
        model = Designation
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """All of the words, each in the product's or the company's name, or the number."""
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(product_name_ko__icontains=word)
                | Q(product_name_en__icontains=word)
                | Q(organisation__name_ko__icontains=word)
                | Q(organisation__name_en__icontains=word)
                | Q(number__iexact=word)
            )
        return queryset

    def by_state(self, queryset: QuerySet, name: str, values: list[str]) -> QuerySet:
        day, wanted = today(), Q()
        for value in values:
            wanted |= in_state(value, day)
        return queryset.filter(wanted)


def state_counts(designations: QuerySet, day: date) -> list[tuple[str, Any, int]]:
    """(state, label, how many), in one query."""
    counts = designations.aggregate(
        **{state: Count("pk", filter=in_state(state, day)) for state, _label in STATES}
    )
    return [(state, label, counts[state]) for state, label in STATES]
