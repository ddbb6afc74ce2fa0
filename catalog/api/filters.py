"""What the other lists of the API are filtered by."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from designation.models import Designation
from innomarket.accounts.models import Organisation, OrganisationKind
from innomarket.submissions import kinds
from innomarket.submissions.models import Call
from innomarket.submissions.states import CallState

from ..filters import CodesFilter, WholeNumberFilter
from ..public_filters import NOBODY


def _organisation(field: str) -> WholeNumberFilter:
    return WholeNumberFilter(label=_("Organisation"), field_name=field, min_value=1, max_value=NOBODY)


class DesignationFilter(django_filters.FilterSet):
    organisation = _organisation("organisation_id")
    type = django_filters.MultipleChoiceFilter(
        label=_("Type of designation"), choices=Designation.Type.choices
    )
    in_force_on = django_filters.DateFilter(
        label=_("Designation in force on"), field_name="valid", lookup_expr="contains"
    )

    class Meta:
        model = Designation
        fields: list[str] = []


class CallFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(
        label=_("Kind"), choices=lambda: [(kind.code, kind.label) for kind in kinds.all_kinds()]
    )
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=[choice for choice in CallState.choices if choice[0] != CallState.DRAFT]
    )

    class Meta:
        model = Call
        fields: list[str] = []


class TaskFilter(django_filters.FilterSet):
    institution = _organisation("submission__applicant_organisation_id")
    sdg = WholeNumberFilter(
        label=_("Sustainable development goal"), min_value=1, max_value=17, method="by_goal"
    )

    class Meta:
        model = Challenge
        fields: list[str] = []

    def by_goal(self, queryset: QuerySet[Challenge], name: str, value: Any) -> QuerySet[Challenge]:
        return queryset.filter(sdgs__contains=[int(value)])


class OrganisationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Words"), help_text=_("A part of its name."), method="by_name", max_length=100
    )
    kind = CodesFilter(
        label=_("Kind"),
        field_name="kind__code",
        queryset=OrganisationKind.objects.all(),
        to_field_name="code",
        distinct=False,
    )

    class Meta:
        model = Organisation
        fields: list[str] = []

    def by_name(self, queryset: QuerySet[Organisation], name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(Q(name_ko__icontains=value) | Q(name_en__icontains=value))
