"""An evaluator's own page: what the pool keeps of them, and how they keep it right."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from innomarket.common.views import ConfirmView, PrivateMixin, ServiceFormView

from ..forms.pool import AbsenceForm, EndTieForm, ProfileForm, TieForm
from ..loads import loads_of
from ..models import Absence, DrawRule, Evaluator, Tie
from ..services import evaluator as pool
from ..states import EvaluatorState

TONES = {
    EvaluatorState.APPLIED: "information",
    EvaluatorState.INVITED: "information",
    EvaluatorState.ACTIVE: "success",
    EvaluatorState.SUSPENDED: "warning",
    EvaluatorState.REFUSED: "neutral",
    EvaluatorState.LEFT: "neutral",
}
KEEPS = (EvaluatorState.APPLIED, EvaluatorState.ACTIVE, EvaluatorState.SUSPENDED)


class MineMixin(LoginRequiredMixin, PrivateMixin):
    """``mine``: one's own place in the pool, or None."""

    mine: Evaluator | None = None
    needed = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        own = Evaluator.objects.filter(user=request.user)
        self.mine = get_object_or_404(own, state__in=KEEPS) if self.needed else own.first()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My place in the pool"), reverse("evaluation:profile"))]

    def back_url(self) -> str:
        return reverse("evaluation:profile")

    def get_success_url(self) -> str:
        return reverse("evaluation:profile")


class ProfileView(MineMixin, TemplateView):
    template_name = "evaluation/profile.html"
    needed = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine, rule = self.mine, DrawRule.objects.at()
        return super().get_context_data(
            **kwargs,
            section="workspace",
            mine=mine,
            tone=TONES[EvaluatorState(mine.state)] if mine else "",
            keeps=mine is not None and mine.state in KEEPS,
            rule=rule,
            load=loads_of([mine.user_id]).get(mine.user_id, 0) if mine else 0,
            ties=mine.ties.standing().select_related("organisation") if mine else [],
            absences=mine.absences.all() if mine else [],
            fields=mine.fields.all() if mine else [],
        )


class EditView(MineMixin, ServiceFormView):
    """Apply, accept an invitation, or change what was said: the same questions."""

    form_class: Any = ProfileForm
    title = gettext_lazy("What you know")
    needed = False
    lead = gettext_lazy(
        "We keep this to draw panels: kind, fields, ties and days away. Published files show codes, never names."
    )

    @property
    def submit_label(self) -> Any:  # type: ignore[override]
        if self.mine is None or self.mine.state in (EvaluatorState.LEFT, EvaluatorState.REFUSED):
            return _("Apply")
        return _("Accept the invitation") if self.mine.state == EvaluatorState.INVITED else _("Save")

    def get_initial(self) -> dict[str, Any]:
        if self.mine is None:
            return {}
        return {
            "kind": self.mine.kind,
            "known": self.mine.fields.all(),
            "most_panels": self.mine.most_panels,
        }

    def perform(self, form: forms.BaseForm) -> Any:
        given = {
            "by": self.request.user,
            "kind": form.cleaned_data["kind"],
            "fields": form.cleaned_data["known"],
            "most_panels": form.cleaned_data["most_panels"],
        }
        if self.mine is not None and self.mine.state in KEEPS:
            return pool.save_profile(evaluator=self.mine, **given)
        if self.mine is not None and self.mine.state == EvaluatorState.INVITED:
            return pool.accept_invitation(**given)
        return pool.apply_to_pool(**given)


class AddTie(MineMixin, ServiceFormView):
    form_class: Any = TieForm
    title = gettext_lazy("Add a tie")
    lead = gettext_lazy(
        "Employers, advice, shares, family, joint projects: now and in the past years. "
        "No panel is drawn with you for their submissions."
    )

    def perform(self, form: Any) -> Any:
        given = dict(form.cleaned_data)
        return pool.add_tie(
            evaluator=self.mine,
            by=self.request.user,
            organisation=form.organisation(),
            **given,  # type: ignore[arg-type]
        )


class TieMixin(MineMixin):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = Tie.objects.standing().filter(evaluator__user=request.user.pk, source=Tie.Source.STATED)
        if request.user.is_authenticated:
            self.tie = get_object_or_404(own, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)


class EndTie(TieMixin, ServiceFormView):
    form_class: Any = EndTieForm
    title = gettext_lazy("End a tie")
    lead = gettext_lazy("It goes on counting for the years that the rule looks back.")

    def perform(self, form: forms.BaseForm) -> Any:
        return pool.end_tie(tie=self.tie, by=self.request.user, to_on=form.cleaned_data["to_on"])


class WithdrawTie(TieMixin, ConfirmView):
    form_class: Any = forms.Form
    title = gettext_lazy("Withdraw a tie")
    submit_label = gettext_lazy("Withdraw")

    def effects(self) -> list[Any]:
        return [
            _("It counts no more; that it was stated stays on record"),
            _("Only for what was stated by mistake"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return pool.withdraw_tie(tie=self.tie, by=self.request.user)


class AddAbsence(MineMixin, ServiceFormView):
    form_class: Any = AbsenceForm
    title = gettext_lazy("Add days away")
    lead = gettext_lazy("No panel is drawn with you whose work falls in these days.")

    def perform(self, form: forms.BaseForm) -> Any:
        return pool.add_absence(evaluator=self.mine, by=self.request.user, **form.cleaned_data)  # type: ignore[arg-type]


class RemoveAbsence(MineMixin, ConfirmView):
    form_class: Any = forms.Form
    title = gettext_lazy("Remove days away")
    submit_label = gettext_lazy("Remove")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            own = Absence.objects.filter(evaluator__user=request.user)
            self.absence = get_object_or_404(own, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def perform(self, form: forms.BaseForm) -> Any:
        return pool.remove_absence(absence=self.absence, by=self.request.user)


class LeaveView(MineMixin, ConfirmView):
    form_class: Any = forms.Form
    title = gettext_lazy("Leave the pool")
    submit_label = gettext_lazy("Leave")
    danger = True

    def effects(self) -> list[Any]:
        return [_("No further panel is drawn with you"), _("Seats that you hold stay until you decline them")]

    def perform(self, form: forms.BaseForm) -> Any:
        return pool.leave_pool(evaluator=self.mine, by=self.request.user)  # type: ignore[arg-type]
