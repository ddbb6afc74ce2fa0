"""Steps with the sheets: ending the scoring, opening it again, setting a sheet aside."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .. import forms as ours
from ..services import result, sheet
from ..states import RoundState
from .steps import RoundFormStep, Step, counts_of, told_panel


class Finish(Step):
    name = "finish"
    verb = "finish"
    title = gettext_lazy("End the scoring")
    form_class = ours.FinishForm
    done = gettext_lazy("The results are computed.")

    def get_form(self, form_class: Any = None) -> forms.BaseForm:
        form = super().get_form(form_class)
        form.fields["reason"].required = bool(counts_of(self.object)["short"])
        return form

    def not_now(self, obj: Any) -> Any:
        if obj.state == RoundState.PREPARING:
            return _("The round must be started first.")
        return super().not_now(obj) or _("The scoring has ended.")

    def effects(self, obj: Any) -> list[Any]:
        counts = counts_of(obj)
        left = counts["expected"] - counts["counted"]
        lines = [_("Results of %(n)s entries are computed") % {"n": counts["entries"]}]
        if left:
            lines.append(
                ngettext(
                    "%(n)s sheet that is not submitted is left out",
                    "%(n)s sheets that are not submitted are left out",
                    left,
                )
                % {"n": left}
            )
        if counts["short"]:
            text = ngettext(
                "%(n)s entry has fewer than %(least)s sheets: no result, and a reason is needed",
                "%(n)s entries have fewer than %(least)s sheets: no result, and a reason is needed",
                counts["short"],
            )
            lines.append(text % {"n": counts["short"], "least": obj.least_sheets})
        return [*lines, _("The applicants are not told yet")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.finish_round(round=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class Reopen(Step):
    name = "reopen"
    verb = "reopen"
    title = gettext_lazy("Open again for scoring")
    danger = True
    done = gettext_lazy("The round is being scored again.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible between the end of the scoring and the publication.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The computed results and the selection are dropped and made anew"),
            _("Submitted sheets stand; sheets in draft can be completed"),
            told_panel(obj),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.reopen_round(round=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class SetAside(RoundFormStep):
    name = "set-aside"
    verb = "score"
    title = gettext_lazy("Set a sheet aside")
    form_class = ours.SetAsideForm
    danger = True
    done = gettext_lazy("The sheet no longer counts.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The sheet does not count, and its evaluator cannot write another"),
            _("It is kept with your reason and cannot be taken back in"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return sheet.set_aside_sheet(
            sheet=form.cleaned_data["sheet"], by=self.request.user, reason=form.cleaned_data["reason"]
        )
