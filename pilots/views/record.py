"""What the user institution records: inspection, measures, verdict."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.clock import today
from innomarket.common.moves import ask_move
from innomarket.common.refusals import allowed, ask
from innomarket.common.views import ServiceFormView

from .. import reads
from ..forms import InspectionForm, MeasuresForm, UseForm, VerdictForm
from ..models import Pilot
from ..permissions import may_keep_budget, may_record
from ..services import inspection, trial, use
from ..states import PILOT_MOVES, PilotState
from ..words import name_of
from .pilot import pilot_or_404


class RecordView(LoginRequiredMixin, ServiceFormView):
    """One step of the institution. Budget staff take it in their console, behind the second factor."""

    verb: str
    console: str
    template_name = "pilots/record.html"
    pilot: Pilot

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.pilot = pilot_or_404(request, kwargs["number"])
        if allowed(may_keep_budget(request.user)):
            return redirect(f"admin:pilots_pilot_{self.console}", self.pilot.pk)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(may_record(request.user, self.pilot))
        ask_move(PILOT_MOVES, self.verb, self.pilot)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Who may not even see the form gets no answer to what they sent.
        ask(may_record(request.user, self.pilot))
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            pilot=self.pilot,
            number=self.pilot.number,
            state=self.pilot.get_state_display(),
            tone=reads.TONES[PilotState(self.pilot.state)],
            contract=reads.contract_of(self.pilot),
        )

    def get_success_url(self) -> str:
        return self.pilot.get_absolute_url()

    def back_url(self) -> str:
        return self.pilot.get_absolute_url()

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("Pilot purchases"), reverse("pilots:list")),
            (self.pilot.number, self.pilot.get_absolute_url()),
        ]


class RecordInspection(RecordView):
    verb = "inspect"
    console = "inspection"
    form_class = InspectionForm
    title = gettext_lazy("Record the inspection")
    lead = gettext_lazy("Count what was delivered. Only what you accept is paid.")
    submit_label = gettext_lazy("Record the inspection")
    success_message = gettext_lazy("The inspection is recorded. The company and the agency are told.")

    def get_initial(self) -> dict[str, Any]:
        contract = reads.contract_of(self.pilot)
        day = today()
        return {
            "delivered_on": day,
            "inspected_on": day,
            "accepted": contract.quantity if contract else None,
            "refused": 0,
        }

    def perform(self, form: forms.BaseForm) -> Any:
        return inspection.record_inspection(pilot=self.pilot, by=self.request.user, **form.cleaned_data)


class RecordMeasures(RecordView):
    verb = "measure"
    console = "measures"
    form_class = MeasuresForm
    template_name = "pilots/measures.html"
    title = gettext_lazy("Record the measures of the trial")
    lead = gettext_lazy(
        "Say for each measure what was to be reached and what you found. You can correct it until the verdict."
    )
    submit_label = gettext_lazy("Save the measures")
    success_message = gettext_lazy("The measures are saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        asked = self.request.POST.get("places", "")[:2]
        recorded = list(self.pilot.measures.all()) if self.request.method == "GET" else []
        kwargs["places"] = int(asked) if asked.isdecimal() else len(recorded)
        if recorded:
            kwargs["initial"] = MeasuresForm.initial_of(recorded)
        return kwargs

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" not in request.POST:
            return super().post(request, *args, **kwargs)
        ask(may_record(request.user, self.pilot))
        places = self.get_form_kwargs()["places"]
        form = MeasuresForm(places=places + 1, initial=MeasuresForm.typed(request.POST, places))
        return self.render_to_response(self.get_context_data(form=form))

    def perform(self, form: forms.BaseForm) -> Any:
        assert isinstance(form, MeasuresForm)
        return trial.record_measures(pilot=self.pilot, by=self.request.user, measures=form.measures())


class RecordVerdict(RecordView):
    verb = "conclude"
    console = "conclude"
    form_class = VerdictForm
    template_name = "pilots/verdict.html"
    title = gettext_lazy("Give the verdict on the trial")
    lead = gettext_lazy("It is published with the measures and cannot be changed.")
    submit_label = gettext_lazy("Publish the verdict")
    success_message = gettext_lazy("The verdict is published. Thank you.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        effects = [
            _("The measures and your text become public as they are"),
            _("The page of the product shows the verdict"),
            _("The people of %(company)s and the agency are told")
            % {"company": name_of(self.pilot.product.supplier)},
        ]
        return super().get_context_data(**kwargs, measures=list(self.pilot.measures.all()), effects=effects)

    def perform(self, form: forms.BaseForm) -> Any:
        return trial.conclude(pilot=self.pilot, by=self.request.user, **form.cleaned_data)


class RecordUse(RecordView):
    verb = "use"
    console = "use"
    form_class = UseForm
    title = gettext_lazy("Say whether you go on using it")
    lead = gettext_lazy(
        "Other institutions learn from it. Say it again when it changes; what was said before stays."
    )
    submit_label = gettext_lazy("Publish")
    success_message = gettext_lazy("Published. Thank you.")

    def perform(self, form: forms.BaseForm) -> Any:
        return use.note_use(pilot=self.pilot, by=self.request.user, **form.cleaned_data)
