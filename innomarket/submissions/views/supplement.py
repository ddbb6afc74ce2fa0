"""The applicant's pages of a supplement request: what is asked, upload paper by paper, check and send, receipt."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from innomarket.common import formats
from innomarket.common.clock import now
from innomarket.common.refusals import Refusal, Refused, allowed
from innomarket.common.views import ConfirmView, PrivateMixin, RefusalMixin, ServiceFormView, add_refusal
from innomarket.documents.services import send

from .. import permissions, searching
from ..kinds import ANONYMOUS_COPY
from ..models import IdentitySearch, SubmissionRule, SupplementPaper, SupplementRequest
from ..services import supplement as services
from ..states import SupplementOutcome, SupplementState
from ..supplement_forms import CopyForm, PaperForm
from ..words import moment, titled

TONES: dict[str, str] = {
    SupplementState.ASKED: "danger",
    SupplementState.SENT: "warning",
    SupplementState.LAPSED: "danger",
    SupplementState.CONCLUDED: "neutral",
}


class OwnSupplementMixin(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """A page of a request to one's own side; that of anybody else does not exist here (404)."""

    asked: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            rows = SupplementRequest.objects.of_applicant(request.user).select_related(
                "submission__lot__call", "submission__applicant_organisation", "revision"
            )
            self.asked = get_object_or_404(rows, number=kwargs["number"])
            self.at = now()
        return super().dispatch(request, *args, **kwargs)

    def page(self) -> str:
        return reverse("submissions:supplement", args=[self.asked.number])

    def closed(self) -> Refusal | None:
        """Why nothing can be given any more."""
        if self.asked.state != SupplementState.ASKED:
            return Refusal("not_now", _("Nothing can be changed here any more."))
        return services.over(self.asked, self.at)

    def crumbs(self) -> list[tuple[Any, str]]:
        number = self.asked.submission.number
        return [
            (number, reverse("submissions:receipt", args=[number])),
            (_("Papers asked for"), self.page()),
        ]

    def back_url(self) -> str:
        return self.page()


class SupplementView(OwnSupplementMixin, TemplateView):
    """What is asked and until when, each paper with its file, and the receipt once it is sent."""

    template_name = "submissions/supplement.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, user = self.asked, self.request.user
        papers = list(asked.papers.select_related("document").order_by("order"))
        for paper in papers:
            paper.files = [_file(asked, paper)] if paper.document else []
        closed = self.closed()
        submit_refusal = permissions.may_submit(user, asked.submission)
        return super().get_context_data(
            asked=asked,
            submission=asked.submission,
            call=asked.submission.lot.call,
            papers=papers,
            now=self.at,
            closed=closed,
            state=asked.get_outcome_display() or asked.get_state_display(),
            tone="danger" if asked.outcome == SupplementOutcome.EXCLUDED else TONES[asked.state],
            may_edit=closed is None and allowed(permissions.may_edit(user, asked.submission)),
            submit_refusal=submit_refusal,
            given=sum(1 for paper in papers if paper.document),
            sent_files=[file for paper in papers for file in paper.files],
            is_copy=asked.purpose == SupplementRequest.Purpose.ANONYMOUS,
            searches=searches_of(papers) if asked.purpose == SupplementRequest.Purpose.ANONYMOUS else [],
            **kwargs,
        )


class PaperView(OwnSupplementMixin, ServiceFormView):
    """Upload one paper with its issue date, or take it out again."""

    form_class = PaperForm
    template_name = "submissions/supplement_paper.html"
    submit_label = gettext_lazy("Upload")

    def get_form_class(self) -> Any:
        return CopyForm if self.is_copy else PaperForm

    @property
    def is_copy(self) -> bool:
        return self.asked.purpose == SupplementRequest.Purpose.ANONYMOUS

    @property
    def paper(self) -> SupplementPaper:
        return get_object_or_404(self.asked.papers.select_related("document"), order=self.kwargs["order"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "take_back" in request.POST:
            services.take_back_paper(paper=self.paper, by=request.user)
            messages.success(request, _("The paper is taken out. Upload another one."))
            return HttpResponseRedirect(self.page())
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.is_copy:
            return kwargs
        paper = self.paper
        return kwargs | {"has_file": paper.document is not None, "initial": {"stated_on": paper.stated_on}}

    def perform(self, form: Any) -> SupplementPaper:
        given: dict[str, Any] = {"paper": self.paper, "by": self.request.user}
        if not self.is_copy:
            given["stated_on"] = form.cleaned_data["stated_on"]
        upload = form.cleaned_data["file"]
        return services.give_paper(upload=upload, **given) if upload else services.state_date(**given)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Whatever is wrong with the date: a file that came with it is kept and need not be chosen again."""
        upload = form.cleaned_data.get("file")
        if upload:
            try:
                services.keep_paper(paper=self.paper, by=self.request.user, upload=upload)
            except Refused as refused:
                add_refusal(form, refused)
        return super().form_invalid(form)

    def get_success_message(self, form: Any) -> Any:
        return _("The paper is uploaded. It counts only when you send everything.")

    def get_success_url(self) -> str:
        return self.page()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper, rule = self.paper, SubmissionRule.objects.at()
        form = kwargs.get("form")
        if form is not None and paper.document is not None and not self.is_copy:
            form.fields["file"].required = False  # also where it was kept a moment ago
        return super().get_context_data(
            title=titled(paper, "name"),
            lead=paper.why,
            number=self.asked.number,
            paper=paper,
            closed=self.closed(),
            is_copy=self.is_copy,
            extensions=", ".join(ANONYMOUS_COPY.extensions if self.is_copy else services.EXTENSIONS).upper(),
            limit=formats.filesize(rule.max_file_bytes),
            limit_is_ours=rule.is_default,
            **kwargs,
        )


class SendView(OwnSupplementMixin, ConfirmView):
    """Check, then send everything, once."""

    form_class = forms.Form
    title = gettext_lazy("Check and send the papers")
    submit_label = gettext_lazy("Send")
    success_message = gettext_lazy("Sent. The receipt is below.")

    def effects(self) -> list[Any]:
        papers = self.asked.papers.select_related("document").order_by("order")
        lines = [line for paper in papers for line in self.lines_of(paper)]
        return [*lines, _("They are sent once. Nothing can be added or changed afterwards.")]

    def lines_of(self, paper: SupplementPaper) -> list[Any]:
        """What becomes of a paper as it stands, and what it looks like."""
        on = moment(paper.stated_on) if paper.stated_on else ""
        places: dict[str, Any] = {"paper": titled(paper, "name"), "on": on}
        if paper.document is None:
            return [_("%(paper)s: nothing uploaded. It counts as not sent.") % places]
        if self.asked.purpose == SupplementRequest.Purpose.ANONYMOUS:
            return [_("%(paper)s, in place of the returned one") % places]
        if paper.stated_on is None:
            said = _("%(paper)s: its issue date is missing. State it before you send.")
        elif paper.stated_too_late:
            said = _("%(paper)s, issued on %(on)s: after the closing day, so it is refused.")
        else:
            said = _("%(paper)s, issued on %(on)s")
        if not paper.blank_pages:
            return [said % places]
        blank = _("%(paper)s: %(n)s of %(all)s pages look blank. A blank page counts as missing.")
        return [said % places, blank % (places | {"n": paper.blank_pages, "all": paper.pages})]

    def perform(self, form: Any) -> SupplementRequest:
        return services.send_supplement(request=self.asked, by=self.request.user)

    def get_success_url(self) -> str:
        return self.page()


class PaperFileView(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """A paper's file: for the applicant's people always, for staff who run rounds once it was sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        readable = SupplementRequest.objects.readable_by(request.user).filter(number=kwargs["number"])
        asked = get_object_or_404(readable)
        own = SupplementRequest.objects.of_applicant(request.user).filter(pk=asked.pk).exists()
        papers = asked.papers.select_related("document").filter(document__isnull=False)
        if not own and asked.sent_at is None:
            papers = papers.none()
        paper = get_object_or_404(papers, order=kwargs["order"])
        return send(paper.document)


def _file(asked: SupplementRequest, paper: Any) -> dict[str, Any]:
    document = paper.document
    stated = _("issued on %(on)s") % {"on": moment(paper.stated_on)} if paper.stated_on else ""
    return {
        "name": document.name,
        "size": document.size,
        "state": "" if document.state == document.State.CLEAN else document.get_state_display(),
        "sha256": document.sha256,
        "url": reverse("submissions:supplement_file", args=[asked.number, paper.order]),
        "note": ""
        if asked.purpose == SupplementRequest.Purpose.ANONYMOUS
        else stated or _("issue date not stated yet"),
    }


def searches_of(papers: list[Any]) -> list[dict[str, Any]]:
    """What the search found in the copies that were uploaded."""
    documents = [paper.document for paper in papers if paper.document]
    found = IdentitySearch.objects.filter(document__in=documents).select_related("document")
    return [searching.shown(search) for search in found]
