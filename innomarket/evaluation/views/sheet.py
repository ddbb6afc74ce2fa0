"""The workbench: what was submitted beside the sheet, and the conflict that came to light later."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common import formats
from innomarket.common.refusals import Refused
from innomarket.common.views import ConfirmView, ServiceFormView, add_refusal
from innomarket.submissions.models import Revision

from .. import reads
from ..forms.conflict import ConflictForm
from ..forms.sheet import SheetForm
from ..models import Entry, Sheet
from ..services.conflict import declare_conflict
from ..services.sheet import left_open, questions_of, save_sheet, submit_sheet
from ..states import WRITING, RoundState, SheetState
from . import blind
from .sheet_base import AssignmentMixin

AUTOSAVE = "X-Autosave"
TONES = {
    None: "primary",
    SheetState.DRAFT: "warning",
    SheetState.SUBMITTED: "success",
    SheetState.RETURNED: "danger",
    SheetState.SET_ASIDE: "neutral",
}


class SheetView(AssignmentMixin, ServiceFormView):
    """The submission beside one's sheet. The page saves itself by the same service as its buttons."""

    template_name = "evaluation/sheet.html"
    form_class: Any = SheetForm
    saved: Sheet | None = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.seated(request) or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        elsewhere = self.seated(request)
        if elsewhere is not None:
            return elsewhere
        if AUTOSAVE in request.headers:
            return self.saves_itself()
        return super().post(request, *args, **kwargs)

    def saves_itself(self) -> JsonResponse:
        """The answer to the script: the edition that stands now and the time, or why nothing was saved."""
        form = self.get_form()
        if not form.is_valid():
            return JsonResponse({"code": "invalid", "said": _first_error(form)}, status=422)
        try:
            sheet = self.save(form)
        except Refused as refused:
            return JsonResponse({"code": refused.code, "said": str(refused.reason)}, status=refused.status)
        return JsonResponse(
            {
                "edition": sheet.edition,
                "said": _("Saved %(time)s") % {"time": formats.kst_time(sheet.saved_at)},
            }
        )

    @property
    def sheet(self) -> Sheet | None:
        return Sheet.objects.filter(assignment=self.assignment).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        criteria, checks = questions_of(self.round.stage_id)
        sheet = self.sheet
        return {
            **super().get_form_kwargs(),
            "stage": self.round.stage,
            "criteria": list(criteria.values()),
            "checks": list(checks.values()),
            "returned": sheet is not None and sheet.state == SheetState.RETURNED,
        }

    def get_initial(self) -> dict[str, Any]:
        return reads.answers_of(self.sheet)

    def save(self, form: forms.BaseForm) -> Sheet:
        assert isinstance(form, SheetForm)
        self.saved = save_sheet(assignment=self.assignment, by=self.request.user, **form.answers())
        return self.saved

    def perform(self, form: forms.BaseForm) -> Any:
        """Saved first, then submitted: what is missing for submitting leaves a draft that is kept."""
        sheet = self.save(form)
        if "submit" in self.request.POST:
            sheet = submit_sheet(sheet=sheet, by=self.request.user, word=form.cleaned_data.get("word", ""))
        return sheet

    def refuse(self, form: forms.BaseForm, refused: Refused) -> HttpResponse:
        """What is missing for submitting is said all at once, each at its place."""
        if self.saved is not None:
            for other in left_open(self.saved):
                if other.field != refused.field:
                    add_refusal(form, other)
        return super().refuse(form, refused)

    def get_success_message(self, form: forms.BaseForm) -> Any:
        if self.result.state == SheetState.SUBMITTED:
            return _("Sheet %(order)s is submitted.") % {"order": self.assignment.entry.order}
        return _("Saved as a draft. It counts only when you submit it.")

    def get_success_url(self) -> str:
        if self.result.state == SheetState.SUBMITTED:
            following = reads.next_in_queue(self.panelist, self.assignment.entry.order)
            if following is None:
                return reverse("evaluation:round", args=[self.round.number])
            return reverse("evaluation:sheet", args=[self.round.number, following.entry.order])
        return self.request.path

    def edition_shown(self, form: forms.BaseForm, sheet: Sheet | None) -> Any:
        """The save that the page is made of: after a failed form still the one it was opened with.

        Where another window was faster and the page now shows both, saving again is meant.
        """
        stands = sheet.edition if sheet else 0
        if self.saved is not None or not form.is_bound or form.has_error("__all__", "saved_elsewhere"):
            return stands
        return form["edition"].value()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sheet, entry, form = self.sheet, self.assignment.entry, context["form"]
        editable = self.round.state == RoundState.SCORING and (sheet is None or sheet.state in WRITING)
        is_blind = self.round.stage.blind
        judges = is_blind and Entry.objects.assigned_to(self.request.user).filter(pk=entry.pk).exists()
        readable = not is_blind and self._reads(entry)
        queue = reads.queue_of(self.panelist).filter(recusal=None)
        done = queue.filter(sheet__state=SheetState.SUBMITTED).count()
        rows = form.rows()
        context.update(
            title=self._title(entry, readable),
            section="workspace",
            round=self.round,
            entry=entry,
            sheet=sheet,
            state=sheet.get_state_display() if sheet else _("to be scored"),
            tone=TONES[SheetState(sheet.state) if sheet else None],
            editable=editable,
            edition=self.edition_shown(form, sheet),
            elsewhere=reads.answers_said(sheet) if form.has_error("__all__", "saved_elsewhere") else None,
            returned=reads.last_return(sheet) if editable else None,
            versions=reads.versions_of(sheet),
            blind=judges,
            copy=blind.reader_of(self.round, entry, self.request.GET) if judges else None,
            figures=blind.figures_of(entry) if judges else [],
            revision=entry.revision if readable else None,
            opinion=reads.opinion_on(entry.submission) if readable else None,
            visit=reads.visit_of(entry) if readable and self.round.stage.has_record else None,
            rows=rows,
            given=sum(row["chosen"] not in (None, "") for row in rows),
            total=_total(rows),
            done=done,
            count=queue.count(),
            following=reads.next_in_queue(self.panelist, entry.order),
            now=self.now,
        )
        return context

    def _reads(self, entry: Entry) -> bool:
        return Revision.objects.readable_by(self.request.user).filter(pk=entry.revision_id).exists()

    def _title(self, entry: Entry, readable: bool) -> str:
        if self.round.stage.blind:
            return blind.name_of(entry)
        return entry.revision.title if readable else entry.submission.number


class ConflictView(AssignmentMixin, ConfirmView):
    form_class: Any = ConflictForm
    title = gettext_lazy("Declare a conflict of interest")
    submit_label = gettext_lazy("Declare the conflict")
    success_message = gettext_lazy("You are recused from this entry.")
    danger = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.seated(request) or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.seated(request) or super().post(request, *args, **kwargs)

    def effects(self) -> list[Any]:
        return [
            _("Entry %(order)s closes for you") % {"order": self.assignment.entry.order},
            _("Your sheet for it, if there is one, does not count"),
            _("What the same company submitted to other rounds that you are judging closes too"),
            _("It cannot be taken back"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return declare_conflict(
            assignment=self.assignment, by=self.request.user, reason=form.cleaned_data["reason"]
        )

    def get_success_url(self) -> str:
        return reverse("evaluation:round", args=[self.round.number])

    def back_url(self) -> str:
        return reverse("evaluation:sheet", args=[self.round.number, self.assignment.entry.order])


def _first_error(form: forms.BaseForm) -> str:
    name, messages = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return f"{label}: {messages[0]}" if label else str(messages[0])


def _total(rows: list[dict[str, Any]]) -> str:
    """The weighted total of what is chosen so far, to one decimal, for the eye: results are computed exactly."""
    found = 0.0
    for row in rows:
        try:
            if "weight" not in row:
                return ""
            found += max(0, min(int(row["chosen"]), row["max"])) * row["weight"] / row["max"]
        except (TypeError, ValueError):
            continue
    return f"{found:.1f}".removesuffix(".0")
