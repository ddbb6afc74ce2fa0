"""Steps for many people or sheets of one round at once: seen with counts and recipients before anything is done."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.refusals import Refusal

from .. import bulk_forms as ours
from ..models import Round
from ..services import moderation, reminder
from .steps import RoundFormStep, Step

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
        if refusal is None and not waiting_of(obj):
            return Refusal("nothing_open", _("Everybody has submitted everything."))
        return refusal

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        waiting = waiting_of(obj)
        n = len(waiting)
        lines = [
            ngettext("%(n)s evaluator is reminded", "%(n)s evaluators are reminded", n) % {"n": n},
            *(f"{seat} {seat.user}: {reminder.said_of(left)}" for seat, left in waiting[:NAMED]),
        ]
        if n > NAMED:
            lines.append(_("and %(n)s more") % {"n": n - NAMED})
        return [*lines, _("Each at most once a day, besides the reminders that come by themselves")]

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

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and not out_of(obj):
            return Refusal("none_stands_out", _("No sheet stands out."))
        return refusal

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        sheets = out_of(obj)
        people = len({sheet.assignment.panelist_id for sheet in sheets})
        return [
            ngettext("%(n)s sheet stands out", "%(n)s sheets stand out", len(sheets)) % {"n": len(sheets)}
            + " – "
            + ngettext("of %(n)s evaluator", "of %(n)s evaluators", people) % {"n": people},
            _("The evaluators of those that you tick are told your reason, each for each sheet"),
            _("Each counts again once it is submitted again, changed or not; both versions are kept"),
            _("Where one of them cannot be given back, none is"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return moderation.return_sheets(
            sheets=form.cleaned_data["sheets"], by=self.request.user, reason=form.cleaned_data["reason"]
        )


def waiting_of(round: Round) -> list[Any]:
    """Who has open sheets, and how many; asked once for a page."""
    if not hasattr(round, "_waiting"):
        round._waiting = reminder.with_open_work(round)  # type: ignore[attr-defined]
    return round._waiting  # type: ignore[attr-defined]


def out_of(round: Round) -> list[Any]:
    """The sheets that stand out; asked once for a page."""
    if not hasattr(round, "_out"):
        round._out = ours.standing_out(round)[1]  # type: ignore[attr-defined]
    return round._out  # type: ignore[attr-defined]
