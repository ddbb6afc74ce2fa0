"""The applicant's page of an objection to its result: write, file, follow, withdraw."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from innomarket.common import formats
from innomarket.common.clock import now
from innomarket.common.paper import send_pdf
from innomarket.common.refusals import Refused, allowed
from innomarket.common.views import ConfirmView, PrivateMixin, RefusalMixin, ServiceFormView
from innomarket.documents.services import send
from innomarket.submissions.models import Submission, SubmissionRule

from .. import objections, papers, permissions, reads, words
from ..forms.objection import ObjectionForm
from ..models import Objection, ObjectionFile, ObjectionRule
from ..services import objection as services
from ..shown import files_of
from ..states import ObjectionOutcome, ObjectionState

TONES: dict[str, str] = {
    ObjectionState.DRAFT: "warning",
    ObjectionState.FILED: "primary",
    ObjectionState.ANSWERED: "information",
    ObjectionState.WITHDRAWN: "neutral",
}


class OwnResultMixin(LoginRequiredMixin, ServiceFormView):
    """A page about a published result of one's own side; that of anybody else does not exist here (404).

    ``?round=`` says which of several: of an earlier stage, or a revision that was superseded. Else the latest.
    """

    result_of: Any = None
    objection: Objection | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated:
            submission = Submission.objects.of_applicant(request.user).filter(number=kwargs["number"]).first()
            results = reads.results_of(submission) if submission is not None else []
            if not results:
                raise Http404
            asked = request.GET.get("round") or results[0].entry.round.number
            self.result_of = next((one for one in results if one.entry.round.number == asked), None)
            if self.result_of is None:
                raise Http404
            self.objection = Objection.objects.filter(result=self.result_of.pk).first()
            self.at = now()
        return super().dispatch(request, *args, **kwargs)

    def page(self) -> str:
        path = reverse("evaluation:objection", args=[self.kwargs["number"]])
        return f"{path}?round={self.result_of.entry.round.number}"

    def crumbs(self) -> list[tuple[Any, str]]:
        path = words.submission_path(self.result_of.entry.submission)
        return [(self.kwargs["number"], path)] if path else []

    def back_url(self) -> str:
        return words.submission_path(self.result_of.entry.submission)


class ObjectionView(OwnResultMixin):
    """The form while it is a draft and in time; then what was filed, and the answer."""

    template_name = "evaluation/objection.html"
    form_class = ObjectionForm
    title = gettext_lazy("Objection to a result")
    submit_label = gettext_lazy("File the objection")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "most": ObjectionRule.objects.at().most_files,
            "limit": formats.filesize(SubmissionRule.objects.at().max_file_bytes),
        }

    def get_initial(self) -> dict[str, Any]:
        return {"text": self.objection.text if self.objection else ""}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take_out" in request.POST:
            return self.keep(_("The file is taken out."), without=self.file_of(request.POST["take_out"]))
        if "later" in request.POST:
            return self.keep(_("Saved. It counts for nothing before you file it."))
        return super().post(request, *args, **kwargs)

    def keep(self, said: str, without: ObjectionFile | None = None) -> HttpResponse:
        """The draft as it stands in the form, with the files chosen beside it, and without one of before."""
        try:
            services.save_objection(
                result=self.result_of,
                by=self.request.user,
                text=self.request.POST.get("text", self.get_initial()["text"]),
                files=self.request.FILES.getlist("papers"),
                without=without,
            )
        except Refused as refused:
            if refused.code == "objected_already":  # meanwhile: the page shows no form any more
                messages.error(self.request, refused.reason)
                return HttpResponseRedirect(self.page())
            form = self.get_form()
            form.is_valid()
            return self.refuse(form, refused)
        messages.success(self.request, said)
        return HttpResponseRedirect(self.page())

    def perform(self, form: forms.BaseForm) -> Objection:
        return services.file_objection(
            result=self.result_of,
            by=self.request.user,
            text=form.cleaned_data["text"],
            files=form.cleaned_data["papers"],
        )

    def file_of(self, key: str) -> ObjectionFile:
        files = ObjectionFile.objects.filter(objection=self.objection).select_related("document")
        return get_object_or_404(files, pk=int(key) if key.isdecimal() and len(key) < 15 else 0)

    def refuse(self, form: forms.BaseForm, refused: Refused) -> HttpResponse:
        """Too late: what was written and chosen is kept as a draft, so that nobody loses it."""
        if refused.code == "too_late":
            self.objection = self.kept_too_late(form)
        return super().refuse(form, refused)

    def kept_too_late(self, form: forms.BaseForm) -> Objection:
        text, by = form.cleaned_data["text"], self.request.user
        try:
            files = form.cleaned_data["papers"]
            return services.save_objection(result=self.result_of, by=by, text=text, files=files)
        except (
            Refused
        ) as refused:  # files that cannot be taken: the text is kept without them, and it is said
            messages.error(self.request, refused.reason)
            return services.save_objection(result=self.result_of, by=by, text=text)

    def anew(self) -> Any:
        """Of an objection to be evaluated anew: its round once it is opened, True before."""
        if self.objection is None or self.objection.outcome != ObjectionOutcome.ANEW:
            return None
        standing = self.objection.reevaluations.filter(standing=True).select_related("round").first()
        return standing.round if standing else True

    def get_success_url(self) -> str:
        return self.page()

    def get_success_message(self, form: forms.BaseForm) -> Any:
        return _("Filed. You are told when it is answered.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        objection, result = self.objection, self.result_of
        draft = objection is None or objection.state == ObjectionState.DRAFT
        late = objections.too_late(result, self.at) if draft else None
        user = self.request.user
        return super().get_context_data(
            objection=objection,
            result=result,
            submission=result.entry.submission,
            draft=draft,
            late=late,
            may_write=allowed(permissions.may_write_objection(user, result)),
            file_refusal=permissions.may_file_objection(user, result),
            until=objections.until_of(result),
            last_day=words.last_day(objections.until_of(result)),
            state=objection.get_state_display() if objection else "",
            tone=TONES[objection.state] if objection else "",
            anew=self.anew(),
            files=files_of(objection, removable=draft and late is None) if objection else [],
            now=self.at,
            section="workspace",
            **kwargs,
        )


class ObjectionFileView(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """A file of an objection, for those who read the objection."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        files = ObjectionFile.objects.readable_by(request.user).select_related("document")
        return send(get_object_or_404(files, pk=kwargs["pk"]).document)


class AnswerPaperView(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """The answer as PDF, for those who read the objection."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        answered = Objection.objects.readable_by(request.user).filter(state=ObjectionState.ANSWERED)
        rows = answered.select_related(
            "result__entry__submission", "result__entry__revision", "result__entry__round__stage"
        )
        objection = get_object_or_404(rows, number=kwargs["number"])
        return send_pdf(papers.answer(objection), name=f"{objection.number}.pdf")


class ResultPaperView(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """A published result of one's own submission as PDF."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        submission = get_object_or_404(Submission.objects.of_applicant(request.user), number=kwargs["number"])
        for result in reads.results_of(submission):
            if result.entry.round.number == kwargs["round"]:
                return send_pdf(
                    papers.result_notice(result), name=f"{submission.number} {kwargs['round']}.pdf"
                )
        raise Http404


class WithdrawObjectionView(OwnResultMixin, ConfirmView):
    title = gettext_lazy("Withdraw the objection")
    form_class = forms.Form
    template_name = "common/confirm.html"
    submit_label = gettext_lazy("Withdraw the objection")
    danger = True
    success_message = gettext_lazy("The objection is withdrawn.")

    def effects(self) -> list[Any]:
        return [
            _("It is not answered, and what waits for it goes on"),
            _("There is one objection for each decision: you cannot file another one"),
        ]

    def perform(self, form: forms.BaseForm) -> Objection:
        if self.objection is None:
            raise Http404
        return services.withdraw_objection(objection=self.objection, by=self.request.user)

    def get_success_url(self) -> str:
        return self.page()

    def back_url(self) -> str:
        return self.page()
