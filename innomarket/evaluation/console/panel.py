"""Steps with the panel: who sits on it, and who leaves it."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.refusals import Refusal

from ..forms import panel as ours
from ..services import batch
from ..services import round as rounds
from ..services.round import open_by_hand
from ..states import SEATING, Purpose, RoundState
from .steps import RoundFormStep, counts_of


class Seat(RoundFormStep):
    name = "seat"
    title = gettext_lazy("Appoint evaluators by hand")
    form_class = ours.PanelForm
    done = gettext_lazy("The panel is changed.")

    def available(self, obj: Any) -> Refusal | None:
        if obj.state not in SEATING:
            return Refusal("seat_not_now", _("The panel is fixed when the scoring has ended."))
        return open_by_hand(obj)

    def effects(self, obj: Any) -> list[Any]:
        if obj.state == RoundState.SCORING:
            n = counts_of(obj)["entries"]
            return [
                ngettext("Each gets %(n)s entry and is told", "Each gets %(n)s entries and is told", n)
                % {"n": n},
                _("Who belongs to an applicant is recused from that entry"),
            ]
        return [
            _("The exception: panels are drawn. It is shown as an appointment, with your reason"),
            _("They join the panel and are told when the round starts"),
            _("People of the institution whose task it is are refused"),
            *(
                [_("Whoever had a seat in the former panel is refused")]
                if obj.purpose == Purpose.ANEW
                else []
            ),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return batch.seat_panelists(
            round=obj,
            by=self.request.user,
            people=form.cleaned_data["people"],
            reason=form.cleaned_data["reason"],
        )


class Unseat(RoundFormStep):
    name = "unseat"
    title = gettext_lazy("Take somebody off the panel, or replace them")
    form_class = ours.UnseatForm
    danger = True
    done = gettext_lazy("The panel is changed.")

    def available(self, obj: Any) -> Refusal | None:
        if obj.state not in SEATING:
            return Refusal("seat_not_now", _("The panel is fixed when the scoring has ended."))
        return None if counts_of(obj)["panel"] else Refusal("empty_panel", _("Nobody sits on the panel."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The entries close for them, and their drafts are set aside"),
            _("What they submitted still counts, unless you set it aside"),
            _("Where the panel was drawn the next in the order is called and told at once"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return rounds.unseat_panelist(
            panelist=form.cleaned_data["panelist"], by=self.request.user, reason=form.cleaned_data["reason"]
        )
