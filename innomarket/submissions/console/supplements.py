"""Supplements in the console: ask for papers, give more time, judge each beside its file, conclude."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal

from .. import copies, reads, searching, supplement_forms
from ..anonymous import copies_of_submission
from ..models import IdentitySearch, Submission, SupplementRequest
from ..permissions import RUNS_ROUNDS
from ..services import returning
from ..services import supplement as services
from ..services import supplement_check as checks
from ..states import SUPPLEMENT_MOVES, SubmissionState
from ..words import moment, titled


class AskForPapers(ActionView):
    """A step of a submission's console page."""

    name = "ask-papers"
    title = gettext_lazy("Ask for papers")
    permission_required = RUNS_ROUNDS
    form_class = supplement_forms.AskForm
    done = gettext_lazy("The papers are asked for, and the applicant is told.")

    def available(self, obj: Submission) -> Refusal | None:
        if obj.state != SubmissionState.SUBMITTED or obj.lot.call.opened_at is None:
            return Refusal(
                "not_opened",
                _("Papers can be asked for after the recorded opening, of what was submitted."),
            )
        if SupplementRequest.objects.under_way().filter(submission=obj).exists():
            return Refusal("under_way", _("A supplement request of this submission is already under way."))
        return None

    def effects(self, obj: Submission) -> list[Any]:
        return [
            _(
                "The submitted revision stays as it is. The papers stand beside it and change no scored content."
            ),
            _("A round of the lot can start only when the request is concluded."),
            _told(obj),
        ]

    def perform(self, obj: Submission, form: Any) -> Any:  # type: ignore[override]
        return services.ask_for_papers(
            submission=obj,
            by=self.request.user,
            papers=form.papers(),
            due_at=form.cleaned_data["due_at"],
            reason=form.cleaned_data["reason"],
        )

    def get_success_url(self) -> str:
        return reverse("admin:submissions_supplementrequest_change", args=[self.result.pk])


class ReturnCopy(ActionView):
    """A step of a submission's console page in a blind call."""

    name = "return-copy"
    title = gettext_lazy("Return the anonymous copy")
    permission_required = RUNS_ROUNDS
    form_class = supplement_forms.ReturnForm
    done = gettext_lazy("The copy is returned, and the applicant is told.")

    def available(self, obj: Submission) -> Refusal | None:
        return returning.not_returnable(obj) or AskForPapers.available(self, obj)  # type: ignore[arg-type]

    def get_initial(self) -> dict[str, Any]:
        searched = IdentitySearch.objects.filter(document__in=copies_of_submission(self.object))
        return {"reason": "\n".join(searching.places(one) for one in searched)}

    def effects(self, obj: Submission) -> list[Any]:
        return [
            _("The submitted revision stays as it is. The new copy stands beside it; the old one is kept."),
            _("A round of the lot can start only when the request is concluded."),
            _told(obj),
        ]

    def perform(self, obj: Submission, form: Any) -> Any:  # type: ignore[override]
        return returning.return_copy(submission=obj, by=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("admin:submissions_supplementrequest_change", args=[self.result.pk])


class _Step(ActionView):
    permission_required = RUNS_ROUNDS
    move = ""

    def available(self, obj: SupplementRequest) -> Refusal | None:
        if obj.state in SUPPLEMENT_MOVES[self.move].sources:
            return None
        return Refusal("not_now", _("Not possible now: %(state)s.") % {"state": obj.get_state_display()})

    def facts(self, obj: SupplementRequest) -> list[tuple[Any, Any]]:
        return [(_("Closing day"), moment(obj.closing_on)), *_papers(obj)]


class ExtendSupplement(_Step):
    name = move = "extend"
    title = gettext_lazy("Give more time")
    form_class = supplement_forms.ExtendSupplementForm
    done = gettext_lazy("There is more time now, and the applicant is told.")

    def effects(self, obj: SupplementRequest) -> list[Any]:
        return [_("It now ends on %(when)s.") % {"when": moment(obj.due_at)}, _told(obj.submission)]

    def perform(self, obj: SupplementRequest, form: Any) -> Any:  # type: ignore[override]
        return services.extend_supplement(request=obj, by=self.request.user, **form.cleaned_data)


class JudgePaper(_Step):
    name = move = "judge"
    title = gettext_lazy("Judge a paper")
    form_class = supplement_forms.JudgeForm

    def available(self, obj: SupplementRequest) -> Refusal | None:
        if obj.purpose == SupplementRequest.Purpose.ANONYMOUS:
            return Refusal("is_a_copy", _("An anonymous copy is compared with the one that it replaces."))
        return super().available(obj)

    done = gettext_lazy("The verdict is kept. It can be changed until you conclude.")

    def get_form_kwargs(self) -> dict[str, Any]:
        papers = self.object.papers.filter(document__isnull=False)
        waiting = papers.filter(verdict="").first() or papers.first()
        kwargs = super().get_form_kwargs() | {"papers": papers}
        if waiting is not None:
            kwargs["initial"] = {"paper": waiting.pk, "confirmed_on": waiting.stated_on}
        return kwargs

    def effects(self, obj: SupplementRequest) -> list[Any]:
        return [
            _("Issued after the closing day means refused; a blank page means missing."),
            _("The applicant is told when you conclude."),
        ]

    def perform(self, obj: SupplementRequest, form: Any) -> Any:  # type: ignore[override]
        return checks.judge_paper(by=self.request.user, **form.cleaned_data)


class JudgeCopy(_Step):
    name, move = "judge-copy", "judge"
    title = gettext_lazy("Compare the anonymous copies")
    button = gettext_lazy("Keep the verdict")
    form_class = supplement_forms.JudgeCopyForm
    template_name = "admin/submissions/supplementrequest/copies.html"
    done = gettext_lazy("The verdict is kept. It can be changed until you conclude.")

    def available(self, obj: SupplementRequest) -> Refusal | None:
        if obj.purpose != SupplementRequest.Purpose.ANONYMOUS:
            return Refusal("formal", _("These are formal papers."))
        return super().available(obj)

    def effects(self, obj: SupplementRequest) -> list[Any]:
        return [
            _("Accepted, evaluators read the new copy. The old one is kept."),
            _("The applicant is told when you conclude."),
        ]

    def perform(self, obj: SupplementRequest, form: Any) -> Any:  # type: ignore[override]
        return returning.judge_copy(paper=obj.papers.get(), by=self.request.user, **form.cleaned_data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        paper = self.object.papers.select_related("document").get()
        searches = IdentitySearch.objects.filter(document=paper.document).select_related("document")
        context["compared"] = copies.compared(self.object.revision, paper)
        context["searches"] = [searching.shown(search) for search in searches]
        return context


class ConcludeSupplement(_Step):
    name = move = "conclude"
    title = gettext_lazy("Conclude the supplement")
    form_class = supplement_forms.ConcludeForm
    danger = True
    done = gettext_lazy("The supplement is concluded, and the applicant is told.")

    def effects(self, obj: SupplementRequest) -> list[Any]:
        return [
            _("This cannot be taken back."),
            _("Excluded, the submission is not evaluated. It is refused while a round judges it."),
            _told(obj.submission),
        ]

    def perform(self, obj: SupplementRequest, form: Any) -> Any:  # type: ignore[override]
        return checks.conclude_supplement(request=obj, by=self.request.user, **form.cleaned_data)


@admin.register(SupplementRequest)
class SupplementRequestAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    empty_text = gettext_lazy("No papers are asked for. Ask from the page of an opened submission.")
    list_display = ["number", "submission", "purpose", "state", "due_at", "outcome"]
    list_filter = ["purpose", "state", "outcome"]
    list_select_related = ["submission"]
    search_fields = ["number", "submission__number"]
    ordering = ["-pk"]
    fields = [
        "number", "submission", "purpose", "reason", "asked_at", "asked_by", "due_at", "closing_on", "state", "sent_at",
        "sha256", "papers_given", "outcome", "outcome_reason", "concluded_at", "concluded_by",
    ]  # fmt: skip
    readonly_fields = ["papers_given"]
    action_views = [ExtendSupplement, JudgePaper, JudgeCopy, ConcludeSupplement]

    def get_queryset(self, request: HttpRequest) -> Any:
        related = ("submission__lot__call", "asked_by", "concluded_by", "revision")
        return super().get_queryset(request).select_related(*related)

    @admin.display(description=gettext_lazy("papers"))
    def papers_given(self, obj: SupplementRequest) -> Any:
        return format_html_join("", "<p>{}: {}</p>", _papers(obj))


def _papers(obj: SupplementRequest) -> list[tuple[Any, Any]]:
    papers = obj.papers.select_related("document").order_by("order")
    return [(f"{paper.order}. {titled(paper, 'name')}", _found(obj, paper)) for paper in papers]


def _found(obj: SupplementRequest, paper: Any) -> Any:
    """The file, its dates, whether it looks blank, and the verdict. Nothing of it before it was sent."""
    verdict = paper.get_verdict_display()
    if paper.document is None or obj.sent_at is None:
        return verdict or _("not sent yet")
    words = []
    if obj.purpose == SupplementRequest.Purpose.FORMAL:
        words.append(_("stated as issued on %(on)s") % {"on": moment(paper.stated_on)})
    if paper.confirmed_on and words:
        words.append(_("confirmed: %(on)s") % {"on": moment(paper.confirmed_on)})
    if paper.blank_pages:
        words.append(_("%(n)s of %(all)s pages look blank") % {"n": paper.blank_pages, "all": paper.pages})
    words += [str(one) for one in (verdict, paper.verdict_reason) if one]
    url = reverse("submissions:supplement_file", args=[obj.number, paper.order])
    said = f" · {' · '.join(words)}" if words else ""
    return format_html('<a href="{}">{}</a>{}', url, paper.document.name, said)


def _told(submission: Submission) -> str:
    n = reads.people_behind(Submission.objects.filter(pk=submission.pk)).count()
    return ngettext("%(n)s person is told", "%(n)s people are told", n) % {"n": n}
