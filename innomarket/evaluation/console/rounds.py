"""Steps with rounds: making them, starting them, cancelling them."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.refusals import Refusal
from innomarket.submissions.models import Lot

from .. import beside, objections, reads
from ..forms import round as ours
from ..models import Round
from ..services import batch
from ..services import round as rounds
from ..states import Purpose, RoundState
from .steps import Step, counts_of, told_panel


class CreateRounds(ActionView):
    name = "create"
    title = gettext_lazy("Make rounds")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.CreateRoundsForm
    done = gettext_lazy("The rounds are made.")

    def get_initial(self) -> dict[str, Any]:
        return {"call": self.request.GET.get("call")}

    def available(self, obj: Any) -> Refusal | None:
        if ours.calls_without_rounds().exists():
            return None
        return Refusal(
            "no_calls",
            _("Every lot of the announced calls has its round or its result. Announce a call first."),
        )

    def effects(self, obj: Any) -> list[Any]:
        return [
            _(
                "A round of its next stage for each lot of the call that has none, by the rule that was announced"
            ),
            _("Whom you choose is appointed to all of them; choose nobody, and commit a draw for each"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        given = form.cleaned_data
        lots = Lot.objects.filter(call=given["call"])
        if given["lots"]:
            lots = lots.filter(order__in=given["lots"])
        else:
            lots = reads.lots_without_a_round().filter(call=given["call"])
        made = batch.create_rounds(
            lots=list(lots),
            by=self.request.user,
            people=given["people"],
            due_at=given["due_at"],
            reason=given["reason"],
        )
        return made[0] if len(made) == 1 else made


class StartCall(ActionView):
    name = "start-call"
    title = gettext_lazy("Start all rounds of a call")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.StartCallForm
    done = gettext_lazy("The rounds have started.")

    def available(self, obj: Any) -> Refusal | None:
        if Round.objects.filter(state=RoundState.PREPARING).exists():
            return None
        return Refusal("no_rounds", _("No round is being prepared. Make rounds first."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            *_being_formed(),
            _(
                "Every submission that counts becomes an entry, at its current revision, for every member of the panel"
            ),
            _("The evaluators are told; they declare their conflicts of interest first"),
            _("Where one round cannot be started, none is"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        chosen = form.cleaned_data["rounds"]
        ready = Round.objects.filter(lot__call=form.cleaned_data["call"], state=RoundState.PREPARING)
        return batch.start_rounds(rounds=list(chosen or ready.select_related("lot")), by=self.request.user)


def _being_formed() -> list[str]:
    """Call by call: how many rounds are being formed, and how many people would be told. One statement."""
    seated = Count("panelists__user", filter=Q(panelists__left_at=None), distinct=True)
    forming = Round.objects.filter(state=RoundState.PREPARING).order_by("lot__call")
    lines = []
    for number, rounds_, people in (
        forming.values("lot__call")
        .annotate(formed=Count("pk", distinct=True), people=seated)
        .values_list("lot__call__number", "formed", "people")
    ):
        said = ngettext("%(n)s round", "%(n)s rounds", rounds_) % {"n": rounds_}
        told = ngettext("%(n)s evaluator is told", "%(n)s evaluators are told", people) % {"n": people}
        lines.append(f"{number}: {said}, {told}")
    return lines


class Start(Step):
    name = "start"
    verb = "start"
    title = gettext_lazy("Start the round")
    form_class = forms.Form
    done = gettext_lazy("The round has started.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("The round has started.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is not None:
            return refusal
        if obj.lot.call.opened_at is None:
            return Refusal(
                "not_opened", _("Open the submissions of the call first. Until then they are sealed.")
            )
        if counts_of(obj)["panel"] < obj.least_sheets:
            return Refusal(
                "panel_too_small", _("Seat at least %(n)s evaluators first.") % {"n": obj.least_sheets}
            )
        return None

    def effects(self, obj: Any) -> list[Any]:
        judged = list(beside.judges(obj).values_list("pk", "number"))
        held = {} if obj.purpose == Purpose.ANEW else objections.held_back(pk for pk, _number in judged)
        n = len(judged) - len(held)
        waiting = ", ".join(number for pk, number in judged if pk in held)
        return [
            ngettext("%(n)s submission becomes an entry", "%(n)s submissions become entries", n) % {"n": n},
            *(
                [
                    _("Held back by an objection, to be judged in a supplementary round: %(which)s")
                    % {"which": waiting}
                ]
                if waiting
                else []
            ),
            _("Every member of the panel gets every entry; who belongs to an applicant is recused from it"),
            told_panel(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return rounds.start_round(round=obj, by=self.request.user)


class Cancel(Step):
    name = "cancel"
    verb = "cancel"
    title = gettext_lazy("Cancel the round")
    danger = True
    done = gettext_lazy("The round is cancelled.")

    def effects(self, obj: Any) -> list[Any]:
        n = counts_of(obj)["counted"]
        lines = [
            ngettext(
                "%(n)s submitted sheet is kept and counts for nothing",
                "%(n)s submitted sheets are kept and count for nothing",
                n,
            )
            % {"n": n},
            _("A new round of the lot can be made"),
        ]
        return [*lines, told_panel(obj)] if obj.started_at else lines

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return rounds.cancel_round(round=obj, by=self.request.user, reason=form.cleaned_data["reason"])
