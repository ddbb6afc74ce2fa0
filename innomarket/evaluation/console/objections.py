"""Objections in the console: what waits, how long, and the answer as the applicant will read it."""

# mypy: disable-error-code="override"

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import KST, today
from innomarket.common.refusals import Refusal
from innomarket.common.working_days import working_days_between
from innomarket.submissions.models import Submission
from innomarket.submissions.reads import people_behind

from .. import objections, permissions
from ..forms.objection import AnswerForm
from ..models import Objection, Round
from ..services import objection as services
from ..shown import files_of
from ..states import ObjectionOutcome, ObjectionState, RoundState
from .anew import OpenAnew

TONES = {
    ObjectionState.FILED: "warning",
    ObjectionState.ANSWERED: "success",
    ObjectionState.WITHDRAWN: "neutral",
}


class Answer(ActionView):
    """First the preview of what the applicant will read, then the answer."""

    name = "answer"
    title = gettext_lazy("Answer the objection")
    permission_required = "accounts.run_rounds"
    form_class = AnswerForm
    template_name = "admin/evaluation/objection/answer.html"
    button = gettext_lazy("Send the answer")
    done = gettext_lazy("The objection is answered, and its applicant is told.")

    def available(self, obj: Objection) -> Refusal | None:
        if obj.state != ObjectionState.FILED:
            return Refusal(
                "settled", _("This objection is settled: %(state)s.") % {"state": obj.get_state_display()}
            )
        return permissions.may_answer_objection(self.request.user, obj)

    def effects(self, obj: Objection) -> list[Any]:
        n = people_behind(Submission.objects.filter(pk=obj.result.entry.submission_id)).count()
        return [
            ngettext("%(n)s person of the applicant is told", "%(n)s people of the applicant are told", n)
            % {"n": n},
            _("The reason stands on the applicant's page, for its side alone"),
            _("What waited for it goes on: %(numbers)s") % {"numbers": ", ".join(waiting(obj))},
            _("The published result stays as it is"),
            _(
                "With “upheld, to be evaluated anew” it goes on only when the result of a new panel is published; "
                "next you open that round"
            ),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["files"] = files_of(self.object)
        if not context.get("previewed"):
            context["button"] = _("Preview")
        return context

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        """What is sent is what was previewed: whoever changes it afterwards sees it once more."""
        given = form.cleaned_data
        seen = hashlib.sha256(f"{given['outcome']}\n{given['answer']}".encode()).hexdigest()
        if self.request.POST.get("confirm") == seen:
            return super().form_valid(form)
        outcome = ObjectionOutcome(given["outcome"]).label
        return self.render_to_response(self.get_context_data(form=form, previewed=seen, outcome=outcome))

    def perform(self, obj: Objection, form: forms.BaseForm) -> Objection:
        return services.answer_objection(objection=obj, by=self.request.user, **form.cleaned_data)


def waiting(objection: Objection) -> list[str]:
    """The numbers of the submissions whose later steps it holds back."""
    keys = objections.concerned(objection.result)
    return list(Submission.objects.filter(pk__in=keys).order_by("number").values_list("number", flat=True))


@admin.register(Objection)
class ObjectionAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    empty_text = gettext_lazy("Nobody has objected to a result.")
    action_views = [Answer, OpenAnew]
    list_display = ["number", "state", "outcome", "submission", "round", "filed_at", "days"]
    list_filter = ["state", "outcome"]
    search_fields = ["number", "result__entry__submission__number", "result__entry__round__number"]
    ordering = ["-filed_at", "-pk"]
    fields = ["number", "submission", "round", "filed_at", "filed_by", "ended_at", "answered_by", "outcome"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            super()
            .get_queryset(request)
            .select_related(
                *("filed_by", "answered_by", "result__entry__revision", "result__entry__round__chief"),
                "result__entry__submission__applicant_organisation",
                "result__entry__submission__applicant_person",
            )
        )

    @admin.display(description=gettext_lazy("submission"))
    def submission(self, obj: Objection) -> str:
        return obj.result.entry.submission.number

    @admin.display(description=gettext_lazy("round"))
    def round(self, obj: Objection) -> str:
        return obj.result.entry.round.number

    @admin.display(description=gettext_lazy("working days waited"))
    def days(self, obj: Objection) -> str:
        return str(days_waited(obj)) if obj.state == ObjectionState.FILED else "–"

    def actions_for(
        self, request: HttpRequest, obj: Any
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        permits, locked = super().actions_for(request, obj)
        # Nothing is "not possible yet" with an objection that is settled.
        settled = obj is not None and not (
            obj.state == ObjectionState.FILED or obj.outcome == ObjectionOutcome.ANEW
        )
        return permits, [] if settled else locked

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        filed = obj.state == ObjectionState.FILED
        submission = obj.result.entry.submission
        anew = obj.reevaluations.filter(standing=True).select_related("round").first()
        holding = filed or (
            obj.outcome == ObjectionOutcome.ANEW
            and (anew is None or anew.round.state != RoundState.PUBLISHED)
        )
        return {
            "heading": _("Objection to a result"),
            "number": obj.number,
            "state": obj.get_state_display(),
            "tone": TONES[ObjectionState(obj.state)],
            "seen_by": _("Agency staff who run rounds, and its applicant"),
            "waiting": waiting_for(obj, anew.round if anew else None),
            "stats": [
                {"label": _("Working days waited"), "value": days_waited(obj)},
                {"label": _("Score"), "value": obj.result.total or "–"},
                {"label": _("Outcome"), "value": obj.result.get_outcome_display()},
            ],
            "applicant": submission.applicant_organisation or submission.applicant_person,
            "holds": waiting(obj) if holding else [],
            "anew": anew.round if anew else None,
            "files": files_of(obj),
        }


def waiting_for(objection: Objection, anew: Round | None) -> str:
    """Whose turn it is; "" where nobody's."""
    if objection.state == ObjectionState.FILED:
        return _("a member of staff who did not decide on it")
    if objection.outcome != ObjectionOutcome.ANEW or (anew and anew.state == RoundState.PUBLISHED):
        return ""
    if anew is None:
        return _("you: open the evaluation anew")
    return _("the evaluation anew in round %(number)s") % {"number": anew.number}


def days_waited(objection: Objection) -> int:
    """Working days from the day after the filing to today, or to its end."""
    ended = objection.ended_at.astimezone(KST).date() if objection.ended_at else today()
    filed = objection.filed_at
    return working_days_between(filed.astimezone(KST).date(), ended) if filed else 0
