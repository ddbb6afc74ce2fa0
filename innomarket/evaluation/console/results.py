"""Steps with the results: selecting and publishing."""

# mypy: disable-error-code="override"

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.refusals import Refusal
from innomarket.submissions.models import Submission
from innomarket.submissions.reads import people_behind

from .. import forms as ours
from .. import permissions, reads
from ..models import Round
from ..services import result
from ..states import RoundState
from .steps import RoundFormStep, Step


class PublishCall(ActionView):
    name = "publish-call"
    title = gettext_lazy("Publish all results of a call")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = ours.PublishCallForm
    danger = True
    done = gettext_lazy("The results are published.")

    def available(self, obj: Any) -> Refusal | None:
        if Round.objects.filter(state=RoundState.FINISHED).exists():
            return None
        return Refusal("no_rounds", _("No scored round waits for its publication. End the scoring first."))

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The results of all scored rounds of the call are published at once, or none"),
            _("Every applicant is told theirs, with scores and comments and without the evaluators' names"),
            _("They can no longer be changed"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        ready = Round.objects.filter(lot__call=form.cleaned_data["call"], state=RoundState.FINISHED)
        return result.publish_results(rounds=list(ready), by=self.request.user)


def _told_applicants(round: Round) -> str:
    """How many people of applicants a publication tells; asked once for a page."""
    if not hasattr(round, "_told"):
        behind = people_behind(
            Submission.objects.filter(pk__in=round.entries.order_by().values("submission"))
        )
        round._told = behind.count()  # type: ignore[attr-defined]
    n = round._told  # type: ignore[attr-defined]
    return ngettext(
        "%(n)s person of the applicants is told", "%(n)s people of the applicants are told", n
    ) % {"n": n}


class Select(RoundFormStep):
    name = "select"
    verb = "select"
    title = gettext_lazy("Select entries")
    form_class = ours.SelectForm
    template_name = "admin/evaluation/round/select.html"
    done = gettext_lazy("The selection is kept. It can be changed until the results are published.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible when the scoring has ended.")

    def available(self, obj: Any) -> Refusal | None:
        return super().available(obj) or permissions.takes_a_selection(obj)

    def effects(self, obj: Any) -> list[Any]:
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


class Publish(Step):
    name = "publish"
    verb = "publish"
    title = gettext_lazy("Publish the results")
    form_class = forms.Form
    danger = True
    done = gettext_lazy("The results are published.")

    def not_now(self, obj: Any) -> Any:
        return super().not_now(obj) or _("Possible when the scoring has ended and the selection is made.")

    def available(self, obj: Any) -> Refusal | None:
        refusal = super().available(obj)
        if refusal is None and reads.undecided(obj):
            return Refusal("not_decided", _("Select first: entries that pass are not decided."))
        return refusal

    def effects(self, obj: Any) -> list[Any]:
        return [
            _told_applicants(obj),
            _("With scores and comments, without the evaluators' names"),
            _("The results can no longer be changed"),
            *([] if obj.stage.is_last() else [_("Who goes on is known then; the next stage takes them")]),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return result.publish_results(rounds=[obj], by=self.request.user)
