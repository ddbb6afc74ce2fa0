"""The console of challenge tasks: what was selected, and the call for solutions to it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import now
from innomarket.common.refusals import Refusal
from innomarket.submissions.words import moment

from . import phases
from .forms import SolutionCallForm
from .models import Challenge
from .services.solution_call import open_solution_call, preview


class OpenSolutionCall(ActionView):
    """Choose selected tasks and dates, look at what will be made, then make it."""

    name = "open-solution-call"
    title = _("Prepare a call for solutions")
    permission_required = "accounts.run_rounds"
    object_less = True
    form_class = SolutionCallForm
    template_name = "admin/challenges/open_solution_call.html"
    button = _("Make the call")
    done = _("The call is prepared. Look at its criteria and announce it.")
    result: Any = None

    def available(self, obj: Any) -> Refusal | None:
        if Challenge.objects.waiting_for_a_call().exists():
            return None
        return Refusal(
            "no_tasks",
            _("No selected task waits for its call: publish the results of a call for tasks first."),
        )

    def effects(self, obj: Any) -> list[Any]:
        form = getattr(self, "bound", None)
        if form is not None and form.is_valid():
            return preview(form.cleaned_data["challenges"])
        return [
            _(
                "A call with a lot for each task is prepared; each lot belongs to the institution of its task."
            ),
            _("Nothing is public before you announce the call."),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not context.get("previewed"):
            context["button"] = _("Preview")
        return context

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        if "confirm" not in self.request.POST:
            self.bound = form
            return self.render_to_response(self.get_context_data(form=form, previewed=True))
        return super().form_valid(form)

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:
        return open_solution_call(by=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        try:
            return reverse("admin:submissions_call_change", args=[self.result.pk])
        except NoReverseMatch:
            return super().get_success_url()


@admin.register(Challenge)
class ChallengeAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    list_display = ["number", "institution", "published_at", "solution_call"]
    list_select_related = ["submission__applicant_organisation", "solution_lot__call"]
    list_filter = [("published_at", admin.EmptyFieldListFilter), ("solution_lot", admin.EmptyFieldListFilter)]
    search_fields = ["submission__number", "submission__applicant_organisation__name_ko"]
    ordering = ["-pk"]
    fields = ["number", "institution", "published_at", "solution_call"]
    action_views = [OpenSolutionCall]

    def heading_of(self, obj: Challenge) -> str:
        return obj.number

    @admin.display(description=_("number"), ordering="submission__number")
    def number(self, task: Challenge) -> str:
        return task.number

    @admin.display(description=_("institution"))
    def institution(self, task: Challenge) -> str:
        return str(task.submission.applicant_organisation)

    @admin.display(description=_("call for solutions"))
    def solution_call(self, task: Challenge) -> str:
        return task.solution_lot.call.number if task.solution_lot else "–"

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        task = Challenge.objects.with_outcome().select_related("solution_lot__call").get(pk=obj.pk)
        story = task.submission.story
        news = set(story.milestones.values_list("kind", flat=True)) if story else set()
        phase = (
            phases.of_public(task, now(), news)
            if task.published_at
            else phases.of_own(task.submission, now(), False)
        )
        return {
            "heading": task.number,
            "state": phase.label,
            "tone": phase.tone,
            "waiting": phase.waiting,
            "waiting_until": moment(phase.until) if phase.until else "",
        }
