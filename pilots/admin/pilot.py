"""The console of a pilot purchase: commit, contract, inspection, trial, payment, release, cancel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.accounts.reads import people_of
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.common.refusals import Refusal

from .. import reads
from ..forms import (
    CommitForm,
    ContractForm,
    InspectionForm,
    LedgerReasonForm,
    MeasuresForm,
    PayForm,
    PublicReasonForm,
    UseForm,
    VerdictForm,
)
from ..models import LedgerEntry, Pilot, PilotRule
from ..services import contract, inspection, payment, trial, use
from ..services import pilot as pilots
from ..states import PILOT_MOVES, PilotState
from ..words import money, name_of
from .desk import KEEPS, LATEST, tiles


class _PilotStep(ActionView):
    permission_required = KEEPS
    verb: str

    def available(self, obj: Any) -> Refusal | None:
        sources = PILOT_MOVES[self.verb].sources
        if obj.state in sources:
            return None
        states = ", ".join(str(state.label) for state in PilotState if state in sources)
        return Refusal(f"{self.verb}_not_now", _("Possible in the state: %(states)s") % {"states": states})

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        rows = [
            (_("Product"), name_of(obj.product)),
            (_("User institution"), name_of(obj.institution)),
            (_("Reserved"), money(obj.reserved_won)),
        ]
        if obj.committed_won is not None:
            rows.append((_("Committed"), money(obj.committed_won)))
        return rows

    def told(self, obj: Any, *, institution: bool = True) -> str:
        people = people_of(obj.product.supplier)
        if institution:
            people = people | people_of(obj.institution)
        n = people.distinct().count()
        return ngettext("%(n)s person is told", "%(n)s people are told", n) % {"n": n}


class Commit(_PilotStep):
    name = verb = "commit"
    title = gettext_lazy("Commit the purchase")
    form_class = CommitForm
    done = gettext_lazy("The purchase is committed.")

    def get_initial(self) -> dict[str, Any]:
        return {"amount_won": self.object.still_reserved}

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("At most %(most)s can be committed: what is reserved") % {"most": money(obj.still_reserved)},
            _("What is left stays reserved until you release it"),
            self.told(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return pilots.commit_purchase(pilot=obj, by=self.request.user, **form.cleaned_data)


class Sign(_PilotStep):
    name = verb = "contract"
    title = gettext_lazy("Record the signed contract")
    form_class = ContractForm
    done = gettext_lazy("The contract is recorded.")

    def get_initial(self) -> dict[str, Any]:
        percent = PilotRule.objects.at().vat_percent
        supply = (self.object.committed_won or 0) * 100 // (100 + percent)
        return {
            "supply_won": supply,
            "vat_won": contract.vat_of(supply, percent),
            "quantity": self.object.quantity,
            "signed_on": today(),
            "due_on": today() + timedelta(days=self.object.product.delivery_days or 60),
        }

    def effects(self, obj: Any) -> list[Any]:
        percent = PilotRule.objects.at().vat_percent
        return [
            _("At most %(most)s with VAT: what is committed") % {"most": money(obj.still_committed)},
            _("VAT is %(percent)s %% of the supply price, fractions of a won are dropped")
            % {"percent": percent},
            self.told(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return contract.sign_contract(pilot=obj, by=self.request.user, **form.cleaned_data)


class Inspect(_PilotStep):
    name = "inspection"
    verb = "inspect"
    title = gettext_lazy("Record the inspection")
    form_class = InspectionForm
    done = gettext_lazy("The inspection is recorded.")

    def get_initial(self) -> dict[str, Any]:
        signed = reads.contract_of(self.object)
        day = today()
        quantity = signed.quantity if signed else None
        return {"delivered_on": day, "inspected_on": day, "accepted": quantity, "refused": 0}

    def effects(self, obj: Any) -> list[Any]:
        return [_("In place of the institution: only what is accepted is paid"), self.told(obj)]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return inspection.record_inspection(pilot=obj, by=self.request.user, **form.cleaned_data)


class Measure(_PilotStep):
    name = "measures"
    verb = "measure"
    title = gettext_lazy("Record the measures of the trial")
    form_class = MeasuresForm
    template_name = "admin/pilots/pilot/measures.html"
    done = gettext_lazy("The measures are saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        recorded = list(self.object.measures.all())
        kwargs["places"] = len(recorded) + 1
        if recorded:
            kwargs["initial"] = MeasuresForm.initial_of(recorded)
        return kwargs

    def effects(self, obj: Any) -> list[Any]:
        return [_("What was recorded so far is replaced"), _("It can be corrected until the verdict")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        assert isinstance(form, MeasuresForm)
        return trial.record_measures(pilot=obj, by=self.request.user, measures=form.measures())


class Conclude(_PilotStep):
    name = verb = "conclude"
    title = gettext_lazy("Give the verdict on the trial")
    form_class = VerdictForm
    danger = True
    done = gettext_lazy("The verdict is published.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and not obj.measures.exists():
            return Refusal("no_measures", _("Record what was measured first."))
        return refusal

    def effects(self, obj: Any) -> list[Any]:
        return [_("The verdict is public and stands"), _("The page of the product shows it"), self.told(obj)]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return trial.conclude(pilot=obj, by=self.request.user, **form.cleaned_data)


class Use(_PilotStep):
    name = verb = "use"
    title = gettext_lazy("State the use after the trial")
    form_class = UseForm
    done = gettext_lazy("The use after the trial is published.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("It is public, and stands beside what was said before"),
            _("The page of the product shows it"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return use.note_use(pilot=obj, by=self.request.user, **form.cleaned_data)


class Pay(_PilotStep):
    name = verb = "pay"
    title = gettext_lazy("Pay")
    form_class = PayForm
    done = gettext_lazy("The payment is booked.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and reads.payable(obj) <= 0:
            return Refusal("nothing_to_pay", _("Everything that was accepted is paid."))
        return refusal

    def get_initial(self) -> dict[str, Any]:
        return {"amount_won": reads.payable(self.object)}

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("At most %(most)s: the accepted part that is not paid yet")
            % {"most": money(max(reads.payable(obj), 0))},
            self.told(obj, institution=False),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return payment.pay(pilot=obj, by=self.request.user, **form.cleaned_data)


class Release(_PilotStep):
    name = verb = "release"
    title = gettext_lazy("Release what is left over")
    form_class = LedgerReasonForm
    done = gettext_lazy("What was left over is free again.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and not any(reads.releasable(obj)):
            return Refusal("nothing_to_release", _("Nothing is left over here: all of it is still needed."))
        return refusal

    def effects(self, obj: Any) -> list[Any]:
        reserved, committed = reads.releasable(obj)
        lines = (
            (reserved, _("%(amount)s of the reservation become free")),
            (committed, _("%(amount)s of the commitment become free")),
        )
        return [text % {"amount": money(amount)} for amount, text in lines if amount]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return pilots.release_rest(pilot=obj, by=self.request.user, **form.cleaned_data)


class Cancel(_PilotStep):
    name = verb = "cancel"
    title = gettext_lazy("Cancel the pilot purchase")
    form_class = PublicReasonForm
    danger = True
    done = gettext_lazy("The pilot purchase is cancelled.")

    def effects(self, obj: Any) -> list[Any]:
        amount = money(obj.still_reserved + obj.still_committed)
        return [_("%(amount)s become free again") % {"amount": amount}, self.told(obj)]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return pilots.cancel_pilot(pilot=obj, by=self.request.user, **form.cleaned_data)


@admin.register(Pilot)
class PilotAdmin(ServiceAdmin):
    """One pilot purchase, with the step that is due on top."""

    permission_required = KEEPS
    action_views = [Commit, Sign, Inspect, Measure, Conclude, Use, Pay, Release, Cancel]
    list_display = ["number", "product_name", "institution_name", "state", "amount"]
    list_filter = ["state", "line__year"]
    list_select_related = ["product", "institution", "line"]
    search_fields = ["number", "product__name_ko", "product__name_en", "institution__name_ko"]
    sortable_by = ()
    fields = [
        "number",
        "product_name",
        "institution_name",
        "is_proposer",
        "quantity",
        "matched_at",
        "committed_at",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        related = ("product__supplier", "product__designation", "institution", "line", "story")
        return super().get_queryset(request).select_related(*related)

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {
            "heading": name_of(obj.product),
            "number": obj.number,
            "state": obj.get_state_display(),
            "tone": reads.TONES[PilotState(obj.state)],
            "waiting": reads.waiting_for(obj),
            "stats": tiles(
                (_("Reserved"), obj.still_reserved),
                (_("Committed, not paid yet"), obj.still_committed),
                (_("Paid"), obj.paid_won),
                (_("Free in the line"), obj.line.free),
            ),
            "entries": LedgerEntry.objects.filter(pilot=obj).select_related("pilot").order_by("-pk")[:LATEST],
            "measures": list(obj.measures.all()),
        }

    @admin.display(description=gettext_lazy("Product"))
    def product_name(self, obj: Pilot) -> Any:
        return name_of(obj.product)

    @admin.display(description=gettext_lazy("User institution"))
    def institution_name(self, obj: Pilot) -> Any:
        return name_of(obj.institution)

    @admin.display(description=gettext_lazy("Amount"))
    def amount(self, obj: Pilot) -> Any:
        return money(obj.committed_won if obj.committed_won is not None else obj.reserved_won)
