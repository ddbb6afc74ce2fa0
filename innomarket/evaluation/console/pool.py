"""Steps with the pool of evaluators."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refusal, Refused

from ..forms import pool as ours
from ..forms.expertise import ChangeExpertiseForm, ExpertiseForm
from ..models import Evaluator, Expertise
from ..services import evaluator as pool
from ..services import expertise
from ..states import EVALUATOR_MOVES


class Invite(ActionView):
    name = "invite"
    title = gettext_lazy("Invite an evaluator")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.InviteForm
    done = gettext_lazy("The invitation is sent.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("They are told, and join by saying what they know"),
            _("Until then nothing else is kept of them"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return pool.invite_to_pool(user=form.cleaned_data["address"], by=self.request.user)


class PoolStep(ActionView):
    permission_required = "accounts.run_rounds"
    verb = ""

    def available(self, obj: Evaluator) -> Refusal | None:
        try:
            ask_move(EVALUATOR_MOVES, self.verb, obj)
        except Refused as refused:
            return Refusal(refused.code, refused.reason)
        return None


class Verify(PoolStep):
    name = verb = "verify"
    title = gettext_lazy("Take into the pool")
    form_class = forms.Form

    def effects(self, obj: Evaluator) -> list[Any]:
        return [_("Panels are drawn with them from now on"), _("They are told")]

    def perform(self, obj: Evaluator, form: forms.BaseForm) -> Any:
        return pool.verify_evaluator(evaluator=obj, by=self.request.user)


class Refuse(PoolStep):
    name = verb = "refuse"
    title = gettext_lazy("Refuse the application")
    danger = True

    def effects(self, obj: Evaluator) -> list[Any]:
        return [_("They read your reason, and may apply again")]

    def perform(self, obj: Evaluator, form: forms.BaseForm) -> Any:
        return pool.refuse_evaluator(evaluator=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class Suspend(PoolStep):
    name = verb = "suspend"
    title = gettext_lazy("Suspend")
    danger = True

    def effects(self, obj: Evaluator) -> list[Any]:
        return [
            _("No panel is drawn with them until it is lifted; draws under way pass them over"),
            _("Seats that they hold stay: take them off those panels yourself"),
            _("They read your reason"),
        ]

    def perform(self, obj: Evaluator, form: forms.BaseForm) -> Any:
        return pool.suspend_evaluator(evaluator=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class Lift(PoolStep):
    name = verb = "lift"
    title = gettext_lazy("Lift the suspension")
    form_class = forms.Form

    def effects(self, obj: Evaluator) -> list[Any]:
        return [_("Panels are drawn with them again"), _("They are told")]

    def perform(self, obj: Evaluator, form: forms.BaseForm) -> Any:
        return pool.lift_suspension(evaluator=obj, by=self.request.user)


class AddExpertise(ActionView):
    name = "add-field"
    title = gettext_lazy("Add a field of expertise")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ExpertiseForm
    done = gettext_lazy("The field can be chosen from that day on.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("Evaluators can choose it for their profile, and staff for a draw, from that day on")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return expertise.add_expertise(by=self.request.user, **_placed(form))


class ChangeExpertise(ActionView):
    name = "change-field"
    title = gettext_lazy("Change or end the field")
    permission_required = "accounts.run_rounds"
    form_class = ChangeExpertiseForm
    done = gettext_lazy("The field is changed.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name_ko", "name_en", "order", "ends_on")}

    def effects(self, obj: Expertise) -> list[Any]:
        n = obj.holders().count()
        return [
            ngettext("%(n)s evaluator has it and keeps it", "%(n)s evaluators have it and keep it", n)
            % {"n": n},
            _("Its code stays: published pools name it"),
        ]

    def perform(self, obj: Expertise, form: forms.BaseForm) -> Any:
        return expertise.change_expertise(expertise=obj, by=self.request.user, **_placed(form))


def _placed(form: forms.BaseForm) -> dict[str, Any]:
    return form.cleaned_data | {"order": form.cleaned_data["order"] or 0}


class AddTie(ActionView):
    name = "tie"
    title = gettext_lazy("Record a tie that the agency found")
    permission_required = "accounts.run_rounds"
    form_class = ours.TieForm

    def effects(self, obj: Evaluator) -> list[Any]:
        return [
            _("It counts like one that they stated, and is marked as found by the agency"),
            _("They see it on their page"),
        ]

    def perform(self, obj: Evaluator, form: Any) -> Any:
        given = dict(form.cleaned_data)
        return pool.add_tie(evaluator=obj, by=self.request.user, organisation=form.organisation(), **given)
