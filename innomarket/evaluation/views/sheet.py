"""The workbench: what was submitted beside the sheet, and the conflict that came to light later."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.refusals import ask
from innomarket.common.views import ConfirmView, ServiceFormView
from innomarket.submissions.models import Criterion, Revision
from innomarket.submissions.words import titled

from .. import permissions, reads
from ..forms import ConflictForm, SheetForm
from ..models import Assignment, Sheet
from ..services.conflict import declare_conflict
from ..services.sheet import save_sheet, submit_sheet
from ..states import RoundState, SheetState
from .seat import SeatMixin

TONES = {
    None: "primary",
    SheetState.DRAFT: "warning",
    SheetState.SUBMITTED: "success",
    SheetState.SET_ASIDE: "neutral",
}


class AssignmentMixin(SeatMixin):
    """One's own assignment to an entry of the round; a recused one is refused in words."""

    assignment: Assignment

    def seated(self, request: HttpRequest) -> HttpResponse | None:
        """None, or where to go first."""
        found = self.panelist.assignments.select_related(
            "entry__revision", "entry__submission__lot__call", "panelist"
        )
        self.assignment = get_object_or_404(found, entry__order=self.kwargs["order"])
        if self.panelist.declared_at is None:
            return redirect("evaluation:round", self.round.number)
        if self.assignment.recusal_id is not None:
            ask(permissions.may_score(request.user, self.assignment))
        return None

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("My evaluations"), reverse("evaluation:queue")),
            (self.round.number, reverse("evaluation:round", args=[self.round.number])),
        ]


class SheetView(AssignmentMixin, ServiceFormView):
    template_name = "evaluation/sheet.html"
    form_class: Any = SheetForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.seated(request) or super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.seated(request) or super().post(request, *args, **kwargs)

    @property
    def sheet(self) -> Sheet | None:
        return Sheet.objects.filter(assignment=self.assignment).first()

    def get_form_kwargs(self) -> dict[str, Any]:
        criteria = Criterion.objects.filter(group__call=self.round.lot.call_id).select_related("group")
        return {**super().get_form_kwargs(), "criteria": list(criteria)}

    def get_initial(self) -> dict[str, Any]:
        sheet = self.sheet
        if sheet is None:
            return {}
        points = sheet.scores.values_list("criterion", "points")
        return {"comment": sheet.comment, **{f"criterion_{pk}": given for pk, given in points}}

    def perform(self, form: forms.BaseForm) -> Any:
        """Saved first, then submitted: what is missing for submitting leaves a draft that is kept."""
        assert isinstance(form, SheetForm)
        by = self.request.user
        sheet = save_sheet(
            assignment=self.assignment, by=by, points=form.points(), comment=form.cleaned_data["comment"]
        )
        if "submit" in self.request.POST:
            sheet = submit_sheet(sheet=sheet, by=by)
        return sheet

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

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        sheet, entry = self.sheet, self.assignment.entry
        editable = self.round.state == RoundState.SCORING and (
            sheet is None or sheet.state == SheetState.DRAFT
        )
        readable = Revision.objects.readable_by(self.request.user).filter(pk=entry.revision_id).exists()
        queue = reads.queue_of(self.panelist).filter(recusal=None)
        done = queue.filter(sheet__state=SheetState.SUBMITTED).count()
        rows = context["form"].rows()
        context.update(
            title=entry.revision.title if readable else entry.submission.number,
            section="workspace",
            round=self.round,
            entry=entry,
            lot_title=titled(self.round.lot, "title"),
            sheet=sheet,
            state=sheet.get_state_display() if sheet else _("to be scored"),
            tone=TONES[SheetState(sheet.state) if sheet else None],
            editable=editable,
            revision=entry.revision if readable else None,
            opinion=reads.opinion_on(entry.submission) if readable else None,
            rows=rows,
            given=sum(row["chosen"] not in (None, "") for row in rows),
            total=_total(rows),
            done=done,
            count=queue.count(),
            following=reads.next_in_queue(self.panelist, entry.order),
            now=self.now,
        )
        return context


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


def _total(rows: list[dict[str, Any]]) -> str:
    """The weighted total of what is chosen so far, to one decimal, for the eye: results are computed exactly."""
    found = 0.0
    for row in rows:
        try:
            found += max(0, min(int(row["chosen"]), row["max"])) * row["weight"] / row["max"]
        except (TypeError, ValueError):
            continue
    return f"{found:.1f}".removesuffix(".0")
