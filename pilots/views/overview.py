"""/pilots/: the year's budget and what it bought."""

from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from innomarket.common.clock import now, today
from innomarket.common.lists import KeysetListView

from .. import reads
from ..filters import PilotFilter
from ..models import Pilot, PilotRule
from ..states import PilotState
from ..words import money, name_of


class Overview(KeysetListView):
    """The totals of a year as tiles, bar and table, and its pilot purchases by state."""

    template_name = "pilots/list.html"
    order = ("-pk",)
    filterset_class = PilotFilter

    def get_queryset(self) -> QuerySet[Pilot]:
        return (
            Pilot.objects.visible_to(self.request.user)
            .filter(line__year=self.year)
            .select_related("product__supplier", "institution")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.years = reads.years()
        self.year = self._year()
        budget = reads.budget_of(self.year)
        context = super().get_context_data(**kwargs)
        context.update(
            year=self.year,
            year_tabs=self._tabs(),
            budget=budget,
            shares=budget.shares(),
            lines=[(line, reads.used_percent(line)) for line in budget.lines],
            stats=_stats(budget),
            items=[_row(pilot) for pilot in context["rows"]],
            facets=[self.facet("state", _("State"), self._counts())],
            rule=PilotRule.objects.filter(valid__contains=today()).first(),
            at=now(),
        )
        # The year is what the page is about, not a filter that is on.
        context["clear_url"] = f"{self.request.path}?year={self.year}"
        return context

    def _year(self) -> int:
        asked = self.request.GET.get("year", "")
        current = today().year
        chosen = next((year for year in self.years if str(year) == asked), None)
        if chosen is not None:
            return chosen
        return current if current in self.years or not self.years else self.years[0]

    def _tabs(self) -> list[dict[str, Any]]:
        path = self.request.path
        return [
            {"label": str(year), "url": f"{path}?year={year}", "on": year == self.year} for year in self.years
        ]

    def _counts(self) -> list[tuple[str, Any, int]]:
        rows = self.get_queryset().select_related(None).order_by().values("state")
        counts = dict(rows.annotate(n=Count("pk")).values_list("state", "n"))
        return [(value, label, counts.get(value, 0)) for value, label in PilotState.choices]


def _stats(budget: reads.YearBudget) -> list[dict[str, Any]]:
    tiles = [
        (_("Budget of the year"), budget.appropriated, False),
        (_("Paid"), budget.paid, False),
        (_("Committed, not paid yet"), budget.committed, False),
        (_("Reserved"), budget.reserved, False),
        (_("Free"), budget.free, True),
    ]
    return [{"label": label, "amount": amount, "primary": primary} for label, amount, primary in tiles]


def _row(pilot: Pilot) -> dict[str, Any]:
    amount = pilot.committed_won if pilot.committed_won is not None else pilot.reserved_won
    return {
        "title": name_of(pilot.product),
        "url": pilot.get_absolute_url(),
        "number": pilot.number,
        "meta": [name_of(pilot.institution), name_of(pilot.product.supplier)],
        "state": pilot.get_state_display(),
        "tone": reads.TONES[PilotState(pilot.state)],
        "end": money(amount),
    }
