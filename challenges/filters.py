"""What the lists of public tasks and ideas are searched and filtered by."""

from typing import Any

import django_filters
from django.db.models import Case, Count, Func, Q, QuerySet, TextField, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import Now
from innomarket.submissions.states import CallState

from .models import Challenge, Idea
from .phases import BETWEEN, DECIDED, OPEN
from .sdgs import GOALS

STATES = (
    (OPEN, _("Open for proposals")),
    (BETWEEN, _("In preparation or evaluation")),
    (DECIDED, _("Outcome known")),
)


def is_open() -> Q:
    """The half-open rule of the call for solutions, as the database asks it."""
    return Q(
        solution_lot__call__state=CallState.ANNOUNCED,
        solution_lot__call__opens_at__lte=Now(),
        solution_lot__call__closes_at__gt=Now(),
    )


def in_state(state: str) -> Q:
    """Over a queryset ``with_outcome``; every public task is in exactly one of the three."""
    return {
        OPEN: is_open() & Q(decided=False),
        DECIDED: Q(decided=True),
        BETWEEN: Q(decided=False) & (Q(solution_lot=None) | ~is_open()),
    }[state]


class TaskFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(method="by_state", choices=STATES, label=_("State"))
    sdg = django_filters.MultipleChoiceFilter(method="by_goal", label=_("Goal"))

    class Meta:
        model = Challenge
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["sdg"].extra["choices"] = goal_choices()

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """All of the words, each in the title, the problem, the institution's name or the number."""
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(problem__icontains=word)
                | Q(submission__applicant_organisation__name_ko__icontains=word)
                | Q(submission__applicant_organisation__name_en__icontains=word)
                | Q(submission__number__iexact=word)
            )
        return queryset

    def by_state(self, queryset: QuerySet, name: str, values: list[str]) -> QuerySet:
        wanted = Q()
        for value in values:
            wanted |= in_state(value)
        return queryset.filter(wanted)

    def by_goal(self, queryset: QuerySet, name: str, values: list[str]) -> QuerySet:
        wanted = Q()
        for value in values:
            wanted |= Q(sdgs__contains=[int(value)])
        return queryset.filter(wanted)


class IdeaFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = Idea
        fields: list[str] = []

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """All of the words, each in one of the texts or the number."""
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(title__icontains=word)
                | Q(problem__icontains=word)
                | Q(wish__icontains=word)
                | Q(place__icontains=word)
                | Q(submission__number__iexact=word)
            )
        return queryset


def goal_choices() -> list[tuple[str, str]]:
    return [(str(goal.number), goal.name(get_language() or "ko")) for goal in GOALS]


def state_counts(tasks: QuerySet) -> list[tuple[str, Any, int]]:
    """(state, label, how many), in one query."""
    place = Case(*(When(in_state(state), then=Value(state)) for state, _label in STATES))
    counts = dict(tasks.order_by().annotate(place=place).values_list("place").annotate(n=Count("pk")))
    return [(state, label, counts.get(state, 0)) for state, label in STATES]


def goal_counts(tasks: QuerySet) -> list[tuple[str, str, int]]:
    """(goal, name, how many) of the goals that some task serves, in one query."""
    rows = (
        tasks.order_by()
        .annotate(goal=Func("sdgs", function="jsonb_array_elements_text", output_field=TextField()))
        .values_list("goal")
        .annotate(n=Count("pk"))
    )
    counts = dict(rows)
    return [(value, name, counts[value]) for value, name in goal_choices() if value in counts]
