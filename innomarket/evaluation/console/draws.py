"""Steps with draws: commit one for a round, enter a published value, carry it out, give it up."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.admin import ActionView
from innomarket.common.refusals import Refusal

from ..forms import pool as ours
from ..models import Draw, Evaluator
from ..services import draw as draws
from ..services.calling import standing_draw
from ..states import DrawState, RoundState
from .steps import RoundFormStep, counts_of


class Commit(RoundFormStep):
    name = "commit-draw"
    title = gettext_lazy("Commit the draw of the panel")
    form_class = ours.CommitForm
    done = gettext_lazy("The draw is committed and published.")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        kwargs.pop("round")
        return kwargs

    def available(self, obj: Any) -> Refusal | None:
        if obj.state != RoundState.PREPARING:
            return Refusal("draw_not_now", _("A panel is drawn before its round starts."))
        standing = standing_draw(obj)
        if standing is not None:
            return Refusal("committed", _("Draw %(number)s is committed.") % {"number": standing.number})
        if counts_of(obj)["panel"]:
            return Refusal("panel_not_empty", _("Somebody sits on the panel already."))
        return None

    def effects(self, obj: Any) -> list[Any]:
        n = Evaluator.objects.active().count()
        return [
            _("The pool (%(n)s people, by codes), its hash and the hash of a secret are published at once")
            % {"n": n},
            _("Nobody can read the secret before the draw is carried out, nor change the pool afterwards"),
            _("Nobody is told; the panel is drawn after the opening of the submissions"),
        ]

    def perform(self, obj: Any, form: Any) -> Any:
        return draws.commit_draw(
            round=obj,
            by=self.request.user,
            fields=list(form.cleaned_data["known"]),
            seats=form.seats_by_kind(),
            source_text=form.cleaned_data["source_text"],
            source_from=form.cleaned_data["source_from"],
        )


class DrawStepView(ActionView):
    permission_required = "accounts.run_rounds"

    def available(self, obj: Draw) -> Refusal | None:
        if obj.state != DrawState.COMMITTED:
            return Refusal("settled", _("The draw is carried out or given up."))
        return None


class EnterValue(DrawStepView):
    name = "enter-value"
    title = gettext_lazy("Enter the published value")
    form_class = ours.ValueForm
    done = gettext_lazy("The value is entered. Another person carries the draw out.")

    def available(self, obj: Draw) -> Refusal | None:
        if obj.source == Draw.Source.RECEIPTS:
            return Refusal("receipts", _("The value comes from the receipts of the call by itself."))
        return super().available(obj)

    def effects(self, obj: Draw) -> list[Any]:
        return [obj.source_text, _("Another member of staff confirms it by carrying the draw out")]

    def perform(self, obj: Draw, form: Any) -> Any:
        return draws.enter_value(draw=obj, by=self.request.user, value=form.cleaned_data["value"])


class CarryOut(DrawStepView):
    name = "carry-out"
    title = gettext_lazy("Carry the draw out")
    form_class = forms.Form
    done = gettext_lazy("The panel is drawn.")

    def available(self, obj: Draw) -> Refusal | None:
        if obj.round.lot.call.opened_at is None:
            return Refusal(
                "not_opened", _("Open the submissions of the call first. Until then they are sealed.")
            )
        if obj.source == Draw.Source.NAMED and obj.named_by_id is None:
            return Refusal("value_needed", _("First somebody enters the value that was published."))
        return super().available(obj)

    def effects(self, obj: Draw) -> list[Any]:
        lines = [
            _("The secret is opened; seed, order and every step are published by codes"),
            _("Who is drawn is told at once, and signs the pledge or declines"),
            _("It cannot be repeated"),
        ]
        if obj.named_value:
            lines.insert(0, _("You confirm the value “%(value)s”") % {"value": obj.named_value})
        return lines

    def perform(self, obj: Draw, form: Any) -> Any:
        return draws.carry_out_draw(draw=obj, by=self.request.user)


class GiveUp(DrawStepView):
    name = "give-up"
    title = gettext_lazy("Give the draw up")
    danger = True
    done = gettext_lazy("The draw is given up. It stays published, with the reason.")

    def effects(self, obj: Draw) -> list[Any]:
        return [
            _("It is never carried out; page and files stay, with your reason"),
            _("After the closing another draw needs another public value"),
        ]

    def perform(self, obj: Draw, form: Any) -> Any:
        return draws.give_up_draw(draw=obj, by=self.request.user, reason=form.cleaned_data["reason"])
