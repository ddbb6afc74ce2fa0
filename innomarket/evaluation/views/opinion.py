"""The fit opinion of the institution whose task it is."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.refusals import ask
from innomarket.common.views import ServiceFormView
from innomarket.submissions.models import Submission

from .. import permissions, reads, words
from ..forms.opinion import OpinionForm
from ..models import Round
from ..services.opinion import give_fit_opinion


class OpinionView(LoginRequiredMixin, ServiceFormView):
    template_name = "evaluation/opinion.html"
    form_class: Any = OpinionForm
    title = gettext_lazy("Fit opinion")
    submit_label = gettext_lazy("Give the opinion")
    success_message = gettext_lazy("The opinion is recorded. The evaluators see it beside the submission.")
    submission: Submission

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._find(request)
        ask(reads.opinion_too_late(Round.objects.filter(lot=self.submission.lot_id)))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._find(request)
        return super().post(request, *args, **kwargs)

    def _find(self, request: HttpRequest) -> None:
        found = Submission.objects.readable_by(request.user).select_related(
            "lot__call", "lot__owner", "current", "applicant_organisation"
        )
        self.submission = get_object_or_404(found, number=self.kwargs["number"])
        ask(permissions.may_give_opinion(request.user, self.submission))

    def get_initial(self) -> dict[str, Any]:
        given = reads.opinion_on(self.submission)
        return {"verdict": given.verdict, "reason": given.reason} if given else {}

    def perform(self, form: forms.BaseForm) -> Any:
        return give_fit_opinion(submission=self.submission, by=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("evaluation:queue")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My evaluations"), reverse("evaluation:queue"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            section="workspace",
            submission=self.submission,
            revision=self.submission.current,
            number=self.submission.number,
            given=reads.opinion_on(self.submission),
            its_page=words.submission_path(self.submission),
        )
