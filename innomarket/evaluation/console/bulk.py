"""Steps for many people or sheets of one round at once: seen with counts and recipients before anything is done."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.refusals import Refusal

from ..forms import returning as ours
from ..models import Round
from ..services import moderation, reminder
from .steps import RoundFormStep, Step, counts_of

NAMED = 30


class RemindOpen(Step):
    """Who has not submitted everything is reminded at once."""

    name = "remind"
    verb = "score"
    title = gettext_lazy("Remind who has open sheets")
    form_class = forms.Form
    done = gettext_lazy("They are reminded.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and not _left(obj):
            return Refusal("nothing_open", _("Everybody has submitted everything."))
        return refusal

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            ngettext(
                "The evaluator of %(n)s open sheet is reminded",
                "The evaluators of %(n)s open sheets are reminded",
                _left(obj),
            )
            % {"n": _left(obj)},
            _("Each at most once a day, besides the reminders that come by themselves"),
        ]

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        """Everybody who would be told: asked on the step's own page, not with each look at the round."""
        waiting = reminder.with_open_work(obj)
        n = len(waiting)
        lines = [(f"{seat} {seat.user}", reminder.said_of(left)) for seat, left in waiting[:NAMED]]
        if n > NAMED:
            lines.append((_("and %(n)s more") % {"n": n - NAMED}, ""))
        told = ngettext("%(n)s evaluator is reminded", "%(n)s evaluators are reminded", n) % {"n": n}
        return [(_("Who is told"), told), *lines]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return reminder.remind_open(round=obj, by=self.request.user)


class ReturnSeveral(RoundFormStep):
    """The sheets that stand out are given back together."""

    name = "return-several"
    verb = "score"
    title = gettext_lazy("Give back several sheets that stand out")
    button = gettext_lazy("Give the ticked sheets back")
    form_class = ours.ReturnSeveralForm
    done = gettext_lazy("The sheets are back with their evaluators.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The evaluators of those that you tick are told your reason, each for each sheet"),
            _("Each counts again once it is submitted again, changed or not; both versions are kept"),
            _("Where one of them cannot be given back, none is"),
        ]

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        """How many stand out, and whose: asked on the step's own page, not with each look at the round."""
        out = ours.standing_out(obj)
        people = len({one.sheet.assignment.panelist_id for one in out})
        return [
            (_("Sheets that stand out"), len(out)),
            (_("Their evaluators"), ngettext("%(n)s person", "%(n)s people", people) % {"n": people}),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if context["refusal"] is None and not ours.standing_out(self.object):
            context["refusal"] = Refusal("none_stands_out", _("No sheet stands out."))
        return context

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return moderation.return_sheets(
            sheets=form.cleaned_data["sheets"], by=self.request.user, reason=form.cleaned_data["reason"]
        )


def _left(round: Round) -> int:
    """Sheets that are still awaited; the page of the round has counted them already."""
    counts = counts_of(round)
    return counts["expected"] - counts["counted"]
