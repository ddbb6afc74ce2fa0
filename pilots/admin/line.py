"""The console of a budget line: what is free, what waits for a match, every movement."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Product
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.common.refusals import Refusal
from innomarket.rules.admin import RuleAdmin

from .. import reads
from ..forms import (
    AmountForm,
    MatchForm,
    OpenLineForm,
)
from ..models import BudgetLine, LedgerEntry, PilotRule
from ..services import budget
from ..services import pilot as pilots
from ..words import money, name_of
from .desk import KEEPS, LATEST, tiles


class OpenLine(ActionView):
    name = "open"
    title = gettext_lazy("Open a budget line")
    object_less = True
    permission_required = KEEPS
    form_class = OpenLineForm
    done = gettext_lazy("The budget line is open.")

    def get_initial(self) -> dict[str, Any]:
        return {"year": today().year}

    def effects(self, obj: Any) -> list[Any]:
        return [_("The line is public at once, with its first appropriation")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return budget.open_budget_line(by=self.request.user, **form.cleaned_data)


class _LineStep(ActionView):
    permission_required = KEEPS

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        return [(_("Appropriated"), money(obj.appropriated)), (_("Free"), money(obj.free))]


class Appropriate(_LineStep):
    name = "appropriate"
    title = gettext_lazy("Appropriate more")
    form_class = AmountForm
    done = gettext_lazy("The amount was appropriated.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("The amount is free at once"), _("The ledger keeps the entry with your reason")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return budget.appropriate(line=obj, by=self.request.user, **form.cleaned_data)


class Withdraw(_LineStep):
    name = "withdraw"
    title = gettext_lazy("Withdraw free money")
    form_class = AmountForm
    danger = True
    done = gettext_lazy("The amount was withdrawn.")

    def available(self, obj: Any) -> Refusal | None:
        return None if obj.free > 0 else Refusal("nothing_free", _("Nothing is free in this line."))

    def effects(self, obj: Any) -> list[Any]:
        return [_("At most %(free)s: what is bound stays") % {"free": money(obj.free)}]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return budget.withdraw(line=obj, by=self.request.user, **form.cleaned_data)


class Match(_LineStep):
    name = "match"
    title = gettext_lazy("Match a product to an institution")
    form_class = MatchForm
    done = gettext_lazy("The pilot purchase is matched and its money reserved.")

    def available(self, obj: Any) -> Refusal | None:
        if obj.year != today().year:
            return Refusal("other_year", _("New money is bound only within the year of the line."))
        return None if obj.free > 0 else Refusal("nothing_free", _("Nothing is free in this line."))

    def get_initial(self) -> dict[str, Any]:
        """Filled in from a product of the waiting list: its proposer comes first."""
        number = self.request.GET.get("product", "")
        product = (
            Product.objects.filter(number=number)
            .select_related("designation__submission__lot__owner")
            .first()
        )
        if product is None:
            return {"quantity": 1}
        owner = reads.institution_that_proposed(product)
        return {
            "product": product.number,
            "institution": owner.institution_code if owner else "",
            "quantity": 1,
            "amount_won": product.price_won,
        }

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The amount is reserved in this line"),
            _("The institution that proposed the task must come first"),
            _("The people of the institution and of the company are told"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return pilots.match(line=obj, by=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("admin:pilots_pilot_change", args=[self.result.pk])


@admin.register(BudgetLine)
class BudgetLineAdmin(ServiceAdmin):
    """A year's line: what is free, what waits for a match, and every movement."""

    permission_required = KEEPS
    action_views = [OpenLine, Match, Appropriate, Withdraw]
    list_display = [
        "name",
        "year",
        "appropriated_won",
        "reserved_won",
        "committed_won",
        "paid_won",
        "free_won",
    ]
    list_filter = ["year"]
    sortable_by = ()
    fields = ["year", "code", "name_ko", "name_en"]

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        step = Match(model_admin=self)
        step.setup(request)
        step.object = obj
        open_for_match = step.available(obj) is None
        return {
            "heading": name_of(obj),
            "stats": tiles(
                (_("Appropriated"), obj.appropriated),
                (_("Reserved"), obj.reserved),
                (_("Committed"), obj.committed),
                (_("Paid"), obj.paid),
                (_("Free"), obj.free),
            ),
            "entries": LedgerEntry.objects.filter(line=obj).select_related("pilot").order_by("-pk")[:LATEST],
            "waiting_products": reads.products_without_pilot(10) if open_for_match else [],
            "match_url": step.address(),
        }

    @admin.display(description=gettext_lazy("Budget line"))
    def name(self, obj: BudgetLine) -> Any:
        return name_of(obj)

    @admin.display(description=gettext_lazy("Appropriated"))
    def appropriated_won(self, obj: BudgetLine) -> Any:
        return money(obj.appropriated)

    @admin.display(description=gettext_lazy("Reserved"))
    def reserved_won(self, obj: BudgetLine) -> Any:
        return money(obj.reserved)

    @admin.display(description=gettext_lazy("Committed"))
    def committed_won(self, obj: BudgetLine) -> Any:
        return money(obj.committed)

    @admin.display(description=gettext_lazy("Paid"))
    def paid_won(self, obj: BudgetLine) -> Any:
        return money(obj.paid)

    @admin.display(description=gettext_lazy("Free"))
    def free_won(self, obj: BudgetLine) -> Any:
        return money(obj.free)


@admin.register(PilotRule)
class PilotRuleAdmin(RuleAdmin):
    columns = [
        "valid",
        "most_won",
        "most_institutions_a_product",
        "vat_percent",
        "inspection_days",
        "is_default",
        "source",
    ]

    @admin.display(description=gettext_lazy("Most for one pilot purchase"))
    def most_won(self, obj: PilotRule) -> str:
        return money(obj.most_won_a_pilot)
