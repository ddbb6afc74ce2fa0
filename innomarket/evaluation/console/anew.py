"""Steps with rounds beside the published one: evaluating anew after an objection, and judging who came late."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.refusals import Refusal

from .. import beside, objections
from ..forms import anew as ours
from ..models import Objection, Round
from ..services import anew
from ..states import ObjectionOutcome, Purpose, RoundState


class OpenAnew(ActionView):
    """From the objection to the round of a new panel."""

    name = "anew"
    title = gettext_lazy("Open the evaluation anew")
    permission_required = "accounts.run_rounds"
    form_class = ours.OpenAnewForm
    done = gettext_lazy("The round is made. Its panel is empty: draw it, or appoint people by hand.")

    def available(self, obj: Objection) -> Refusal | None:
        if obj.outcome != ObjectionOutcome.ANEW:
            return Refusal("not_anew", _("Possible where the answer is “upheld, to be evaluated anew”."))
        if not Objection.objects.to_open().filter(pk=obj.pk).exists():
            return Refusal("opened", _("The evaluation anew is under way, or its result is published."))
        return None

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "objection": self.object}

    def effects(self, obj: Objection) -> list[Any]:
        return [
            _("A round beside %(number)s, by the same rule, that judges the same revision again")
            % {"number": obj.result.entry.round.number},
            _("Nobody who had a seat in the former panel can be drawn or appointed"),
            _("You lead it. Who led a round of this lot cannot"),
            _("Its result supersedes the former one, which is kept; nobody else's place or outcome changes"),
            _("What waited for the objection waits until the result is published, by two as any other"),
        ]

    def perform(self, obj: Objection, form: forms.BaseForm) -> Round:
        together = form.cleaned_data.get("together") or []
        return anew.open_reevaluation(
            objections=[obj, *together], by=self.request.user, due_at=form.cleaned_data["due_at"]
        )

    def get_success_url(self) -> str:
        return reverse("admin:evaluation_round_change", args=[self.result.pk])


class OpenSupplement(ActionView):
    """From the published round of a stage to the one for who came late."""

    name = "supplement"
    title = gettext_lazy("Open a supplementary round")
    permission_required = "accounts.run_rounds"
    form_class = ours.DueForm
    done = OpenAnew.done

    def available(self, obj: Round) -> Refusal | None:
        if not obj.is_first or obj.state != RoundState.PUBLISHED:
            return Refusal("not_published", _("Possible beside the published round of a stage."))
        if not late_of(obj):
            return Refusal("nobody_late", _("Nobody waits for this stage: its round has judged everybody."))
        return None

    def effects(self, obj: Round) -> list[Any]:
        held = objections.held_back(one.pk for one in late_of(obj))
        waiting = [one.number for one in late_of(obj) if one.pk in held]
        n = len(late_of(obj)) - len(waiting)
        lines = [
            ngettext("%(n)s submission waits for this stage", "%(n)s submissions wait for this stage", n)
            % {"n": n},
            _("A round beside %(number)s, by the same rule; its list and its line stand")
            % {"number": obj.number},
        ]
        if waiting:
            lines.append(_("Still held back by an objection: %(numbers)s") % {"numbers": ", ".join(waiting)})
        return lines

    def perform(self, obj: Round, form: forms.BaseForm) -> Round:
        return anew.open_supplement(round=obj, by=self.request.user, due_at=form.cleaned_data["due_at"])

    def get_success_url(self) -> str:
        return reverse("admin:evaluation_round_change", args=[self.result.pk])


def late_of(round: Round) -> list[Any]:
    """Who waits for the stage of a published round; asked once for a page."""
    if not hasattr(round, "_late"):
        found = round.is_first and round.state == RoundState.PUBLISHED
        round._late = list(beside.late(round).order_by("number")) if found else []  # type: ignore[attr-defined]
    return round._late  # type: ignore[attr-defined]


def beside_context(round: Round) -> dict[str, Any]:
    """What the page of a round says of the rounds beside it, or of the one beside which it stands."""
    if round.is_first:
        return {"beside_it": list(round.beside_it.order_by("pk")), "late": late_of(round)}
    if round.purpose == Purpose.LATE:
        return {"beside": round.beside}
    wanted = beside.anew_of(round).select_related(
        "objection__result__entry__submission", "objection__result__entry__round"
    )
    return {
        "beside": round.beside,
        "anew": [(one.objection, one.objection.result) for one in wanted],
        "former_panel": len(beside.former_panel(round)),
    }
