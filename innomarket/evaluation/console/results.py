"""Steps with the results: selecting. Publishing stands in ``publications.py``."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.refusals import Refusal

from .. import permissions, reads
from ..forms.round import SelectForm
from ..services import result
from .steps import RoundFormStep


class Select(RoundFormStep):
    name = "select"
    verb = "select"
    title = gettext_lazy("Select entries")
    form_class = SelectForm
    template_name = "admin/evaluation/round/select.html"
    done = gettext_lazy("The selection is kept. It can be changed until the results are published.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible when the scoring has ended.")

    def available(self, obj: Any) -> Refusal | None:
        return super().available(obj) or permissions.takes_a_selection(obj)

    def effects(self, obj: Any) -> list[Any]:
        if not obj.is_first:
            return [
                _("The line of the published list has decided already; another choice takes a reason"),
                _("Nobody is told before the results are published"),
            ]
        return [
            _("The selected ones are marked; the others that pass are “not selected”")
            if obj.stage.is_last()
            else _("The selected ones go on to the next stage; the others that pass are “not selected”"),
            _("Nobody is told before the results are published"),
        ]

    def get_initial(self) -> dict[str, Any]:
        ranked = self._ranked()
        first = self.request.GET.get("first", "")
        if first.isdecimal() and len(first) < 7:
            return {"entries": reads.first_places(ranked, int(first))}
        return {"entries": {row.entry.pk for row in ranked if row.outcome in ("selected", "advances")}}

    def _ranked(self) -> list[reads.Ranked]:
        if not hasattr(self, "_rows"):
            self._rows = reads.ranking(self.object)
        return self._rows

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        chosen = {str(value) for value in context["form"]["entries"].value() or ()}
        context.update(
            ranked=[(row, str(row.entry.pk) in chosen) for row in self._ranked()],
            groups=list(self.object.stage.groups.all()),
            first=self.request.GET.get("first", ""),
        )
        return context

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.select_entries(
            round=obj,
            by=self.request.user,
            entries=form.cleaned_data["entries"],
            reason=form.cleaned_data["reason"],
        )
