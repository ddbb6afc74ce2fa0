"""Steps with the sheets: comparing and returning them, records of visits, ending the scoring, setting one aside."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.refusals import Refusal

from .. import reads
from ..forms import returning
from ..forms.round import FinishForm
from ..forms.visit import VisitForm
from ..models import EvaluationRule
from ..services import moderation, result, sheet, visit
from ..states import RoundState
from .steps import RoundFormStep, Step, counts_of, told_panel

MOST_SHOWN = 100
Q_MAX = 60


class Finish(Step):
    name = "finish"
    verb = "finish"
    title = gettext_lazy("End the scoring")
    form_class = FinishForm
    done = gettext_lazy("The results are computed.")

    def get_form(self, form_class: Any = None) -> forms.BaseForm:
        form = super().get_form(form_class)
        form.fields["reason"].required = bool(
            counts_of(self.object)["short"] or reads.returned_sheets(self.object)
        )
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
        returned = len(reads.returned_sheets(obj))
        if returned:
            lines.append(
                ngettext(
                    "%(n)s returned sheet waits for its evaluator: a reason is needed to leave it out",
                    "%(n)s returned sheets wait for their evaluators: a reason is needed to leave them out",
                    returned,
                )
                % {"n": returned}
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


class SheetStep(RoundFormStep):
    """A step with one sheet, found among thousands by a search that needs no script."""

    template_name = "admin/evaluation/round/one_sheet.html"

    def get_q(self) -> str:
        return self.request.GET.get("q", "").replace("\0", "").strip()[:Q_MAX]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "q": self.get_q()}

    def get_initial(self) -> dict[str, Any]:
        return {"sheet": self.request.GET.get("sheet")}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(q=self.get_q(), q_max=Q_MAX, **kwargs)


class Moderate(SheetStep):
    """The sheets of each entry beside each other, those that stand out first; the chief gives one back."""

    name = "moderate"
    verb = "score"
    title = gettext_lazy("Compare the sheets, give one back")
    button = gettext_lazy("Give the sheet back")
    form_class = returning.ReturnForm
    template_name = "admin/evaluation/round/moderate.html"
    done = gettext_lazy("The sheet is back with its evaluator.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _(
                "Its evaluator is told your reason and changes the sheet, or submits it again with a word on why"
            ),
            _("It does not count until then. Both versions are kept beside each other"),
            _("Only the chief of the round, %(chief)s, gives sheets back") % {"chief": obj.chief},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        apart, more = reads.lying_apart(self.object, MOST_SHOWN)
        context.update(
            apart=apart,
            more=more,
            outlier=EvaluationRule.objects.at().outlier_points,
            several=reads.in_versions(self.object),
        )
        return context

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return moderation.return_sheet(
            sheet=form.cleaned_data["sheet"], by=self.request.user, reason=form.cleaned_data["reason"]
        )


class RecordVisit(RoundFormStep):
    """The survey or interview of one entry, on record with its files."""

    name = "record-visit"
    verb = "score"
    title = gettext_lazy("Put a survey or interview on record")
    form_class = VisitForm
    done = gettext_lazy("The record is kept. It can be put better until the stage ends.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and not obj.stage.has_record:
            return Refusal("no_record_here", _("This stage is neither a survey nor an interview."))
        return refusal

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible while the round is being scored.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("The panel reads it beside the entry; the stage ends when every entry has its record")]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        given = dict(form.cleaned_data)
        return visit.record_visit(by=self.request.user, files=given.pop("papers"), **given)


class SetAside(SheetStep):
    name = "set-aside"
    verb = "score"
    title = gettext_lazy("Set a sheet aside")
    form_class = returning.SetAsideForm
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
