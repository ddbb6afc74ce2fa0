"""The filters of the list of pilot purchases."""

import django_filters
from django.utils.translation import gettext_lazy as _

from .models import Pilot
from .states import PilotState


class PilotFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=PilotState.choices)

    class Meta:
        model = Pilot
        fields = ["state"]
