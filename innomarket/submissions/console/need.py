"""Reading a sealed submission in need, and the cases that an outage left: two consoles for rare days."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal, Refused
from innomarket.common.views import ReasonForm
from innomarket.documents.services import send
from innomarket.rules.admin import RuleAdmin

from .. import permissions
from ..models import BreakGlass, BreakGlassRule, OutageCase, Submission
from ..permissions import RUNS_ROUNDS
from ..services import break_glass as services
from ..services import case as cases
from ..states import CaseState, GlassState, SubmissionState
from ..words import moment, rule_line, titled


class GroundForm(ReasonForm):
    ground = forms.ChoiceField(
        label=gettext_lazy("On what ground"), choices=BreakGlass.Ground.choices, widget=forms.RadioSelect
    )
    field_order = ["ground", "reason"]


class AskToRead(ActionView):
    """On a submission's page in the console."""

    name = "ask-to-read"
    title = gettext_lazy("Ask to read it in need")
    permission_required = RUNS_ROUNDS
    form_class = GroundForm
    danger = True
    done = gettext_lazy("The request is recorded. A second member of staff decides on it.")

    def available(self, obj: Submission) -> Refusal | None:
        if obj.state == SubmissionState.SUBMITTED and obj.lot.call.opened_at is not None:
            return Refusal("not_sealed", _("This submission is opened: those who evaluate read it."))
        return None

    def effects(self, obj: Submission) -> list[Any]:
        return [
            _("Nothing is read yet: a second member of staff grants or refuses it."),
            _("The applicant is told: at once when it is granted, and also when it is refused or lapses."),
        ]

    def perform(self, obj: Submission, form: Any) -> BreakGlass:  # type: ignore[override]
        return services.ask_to_read(submission=obj, by=self.request.user, **form.cleaned_data)


class _Decide(ActionView):
    permission_required = RUNS_ROUNDS

    def available(self, obj: BreakGlass) -> Refusal | None:
        if obj.state != GlassState.ASKED:
            return Refusal("settled", _("This request is settled."))
        return permissions.is_second(self.request.user, obj.asked_by_id)

    def facts(self, obj: BreakGlass) -> list[tuple[Any, Any]]:
        return [
            (_("Submission"), obj.submission.number),
            (_("Asked by"), obj.asked_by),
            (_("On what ground"), obj.get_ground_display()),
            (_("Reason"), obj.reason),
        ]


class Grant(_Decide):
    name = "grant"
    title = gettext_lazy("Grant the reading")
    danger = True
    done = gettext_lazy("Granted. The applicant is told.")

    def effects(self, obj: BreakGlass) -> list[Any]:
        rule = BreakGlassRule.objects.at()
        return [
            _("You and who asked can read this one submission for %(n)s hours, nobody else.")
            % {"n": rule.hours},
            _("The applicant is told at once who reads it, why and until when, and sees each reading."),
            rule_line(rule),
        ]

    def perform(self, obj: BreakGlass, form: Any) -> BreakGlass:  # type: ignore[override]
        return services.grant(glass=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class Refuse(_Decide):
    name = "refuse"
    title = gettext_lazy("Refuse the reading")
    done = gettext_lazy("Refused. The applicant is told of the request.")

    def effects(self, obj: BreakGlass) -> list[Any]:
        return [_("The submission stays sealed. The applicant is told of the request and its refusal.")]

    def perform(self, obj: BreakGlass, form: Any) -> BreakGlass:  # type: ignore[override]
        return services.refuse(glass=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class Read(ActionView):
    """The content itself, on a page that says under what it is read. Pressing the button is a reading."""

    name = "read"
    title = gettext_lazy("Read the sealed submission")
    permission_required = RUNS_ROUNDS
    form_class = forms.Form
    danger = True
    template_name = "admin/submissions/breakglass/read.html"

    def available(self, obj: BreakGlass) -> Refusal | None:
        if BreakGlass.objects.open_to(self.request.user).filter(pk=obj.pk).exists():
            return None
        return Refusal(
            "glass_not_open", _("Only the two who asked and granted read this, until it ends."), status=403
        )

    def effects(self, obj: BreakGlass) -> list[Any]:
        return [_("This reading is recorded, and the applicant sees it.")]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        """Shows what was asked for in the answer itself: nothing of it stays behind an address."""
        wanted = request.POST.get("file", "")
        try:
            if wanted.isdecimal() and len(wanted) < 12:
                file = services.read_file(glass=self.object, by=request.user, pk=int(wanted))
                return send(file.document)
            found = services.read(glass=self.object, by=request.user)
        except Refused as refusal:
            context = self.get_context_data(form=self.get_form_class()())
            return self.render_to_response(
                context | {"refusal": Refusal(refusal.code, refusal.reason)}, status=refusal.status
            )
        response = self.render_to_response(
            self.get_context_data(form=self.get_form_class()()) | {"found": found}
        )
        response["Cache-Control"] = "private, no-store"
        return response

    def perform(self, obj: BreakGlass, form: Any) -> None:  # type: ignore[override]
        return None


@admin.register(BreakGlass)
class BreakGlassAdmin(ServiceAdmin):
    """Requests with their state; the content stands on the page of the step "read" alone."""

    permission_required = RUNS_ROUNDS
    list_display = ["submission_number", "ground", "state", "asked_by", "asked_at", "until"]
    list_filter = ["state", "ground"]
    list_select_related = ["submission", "asked_by"]
    search_fields = ["submission__number"]
    empty_text = gettext_lazy(
        "No sealed submission was ever asked for. A request begins on the submission's page in the console."
    )
    fields = [
        "submission_number", "ground", "reason", "state", "asked_by", "asked_at", "lapses_at", "decided_by",
        "decided_at", "decision_reason", "until", "readings",
    ]  # fmt: skip
    readonly_fields = ["submission_number", "readings"]
    action_views = [Grant, Refuse, Read]

    def heading_of(self, obj: Any) -> str:
        return str(obj.submission.number)

    @admin.display(description=gettext_lazy("submission"))
    def submission_number(self, obj: BreakGlass) -> str:
        return obj.submission.number

    @admin.display(description=gettext_lazy("readings"))
    def readings(self, obj: BreakGlass) -> str:
        return (
            "; ".join(
                f"{one.actor}, {moment(one.at)}: {services.part_of(one)}" for one in services.readings_of(obj)
            )
            or "–"
        )


class DecisionForm(ReasonForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=OutageCase.Decision.choices, widget=forms.RadioSelect
    )
    field_order = ["decision", "reason"]


class DecideCase(ActionView):
    name = "decide"
    title = gettext_lazy("Decide the case")
    permission_required = RUNS_ROUNDS
    form_class = DecisionForm
    done = gettext_lazy("The decision is recorded. The applicant is told.")

    def available(self, obj: OutageCase) -> Refusal | None:
        if obj.state != CaseState.OPEN:
            return Refusal("settled", _("This case is decided."))
        return permissions.may_decide_case(self.request.user, obj)

    def facts(self, obj: OutageCase) -> list[tuple[Any, Any]]:
        submission, outage = obj.submission, obj.outage
        when = {"from": moment(outage.starts_at), "until": moment(outage.ends_at), "what": outage.what}
        return [
            (_("Submission"), f"{submission.number} ({submission.get_state_display()})"),
            (_("Call"), f"{submission.lot.call.number} {titled(submission.lot.call, 'title')}"),
            (_("Outage"), _("%(from)s to %(until)s: %(what)s") % when),
        ]

    def effects(self, obj: OutageCase) -> list[Any]:
        return [
            _("The applicant is told the decision and its reason."),
            _("The draft stays closed to all others."),
        ]

    def perform(self, obj: OutageCase, form: Any) -> OutageCase:  # type: ignore[override]
        return cases.decide_case(case=obj, by=self.request.user, **form.cleaned_data)


@admin.register(OutageCase)
class OutageCaseAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    list_display = ["submission_number", "outage", "state", "decision", "recorded_at"]
    list_filter = ["state", "decision"]
    list_select_related = ["submission", "outage"]
    search_fields = ["submission__number"]
    empty_text = gettext_lazy("No outage has left a case: every call that one touched could still be moved.")
    fields = [
        "submission_number", "outage", "state", "recorded_at", "decision", "reason", "decided_at", "decided_by",
    ]  # fmt: skip
    readonly_fields = ["submission_number"]
    action_views = [DecideCase]

    def heading_of(self, obj: Any) -> str:
        return str(obj.submission.number)

    @admin.display(description=gettext_lazy("submission"))
    def submission_number(self, obj: OutageCase) -> str:
        return obj.submission.number


admin.site.register(BreakGlassRule, RuleAdmin)
