"""An evaluator's rounds, and one round: first the declaration, then the entries that wait."""

from typing import Any

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from innomarket.common import clock
from innomarket.common.refusals import allowed
from innomarket.common.views import PrivateMixin, ServiceFormView
from innomarket.submissions.words import titled

from .. import permissions, reads
from ..forms.conflict import BlindDeclarationForm, DeclarationForm
from ..models import Recusal
from ..services.conflict import declare_conflicts
from ..states import RoundState, SheetState
from .blind import name_of
from .seat import ROUND_TONES, SeatMixin

PAST_SHOWN = 10
SHEET_TONES = {
    "done": "success",
    "draft": "warning",
    "returned": "danger",
    "todo": "primary",
    "recused": "neutral",
    "set_aside": "neutral",
}


class QueueView(LoginRequiredMixin, PrivateMixin, TemplateView):
    """Where I sit on a panel, what is left to do, and which fit opinions my institution still owes."""

    template_name = "evaluation/queue.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        at = clock.now()
        rounds, past = list(reads.rounds_of(user)), list(reads.past_rounds_of(user)[:PAST_SHOWN])
        for round_ in rounds:
            round_.left = round_.mine - round_.done
            round_.is_late = bool(round_.left and round_.due_at and round_.due_at <= at)
        for round_ in past:
            round_.tone = ROUND_TONES[RoundState(round_.state)]
        opinions = list(reads.opinions_of(user))
        return super().get_context_data(
            **kwargs,
            section="workspace",
            open_rounds=rounds,
            past_rounds=past,
            past_shown=PAST_SHOWN,
            invitations=reads.seats_without_pledge(user),
            opinions=[one for one in opinions if not hasattr(one, "fit_opinion")],
            opinions_given=[one for one in opinions if hasattr(one, "fit_opinion")],
        )


class RoundView(SeatMixin, ServiceFormView):
    """Before the declaration nothing but titles and applicants; afterwards the queue of this round."""

    form_class: Any = DeclarationForm
    submit_label = gettext_lazy("Declare and open the entries")
    success_message = gettext_lazy("Your declaration is recorded. The entries are open for you.")

    def without_seat(self, request: HttpRequest) -> HttpResponse:
        # Whoever sees the round without a seat runs it: their page is the console.
        return HttpResponseRedirect(reverse("admin:evaluation_round_change", args=[self.round.pk]))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.declaring and not allowed(permissions.has_pledged(self.panelist)):
            return HttpResponseRedirect(reverse("evaluation:seat", args=[self.round.number]))
        return super().get(request, *args, **kwargs)

    @property
    def declaring(self) -> bool:
        return self.panelist.declared_at is None and self.round.state == RoundState.SCORING

    def get_template_names(self) -> list[str]:
        return ["evaluation/declaration.html" if self.declaring else "evaluation/round.html"]

    def get_form_class(self) -> Any:
        if not self.declaring:
            return forms.Form
        return BlindDeclarationForm if self.round.stage.blind else DeclarationForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        if self.declaring:
            kwargs["assignments"] = self.assignments
        return kwargs

    @property
    def assignments(self) -> list[Any]:
        if not hasattr(self, "_assignments"):
            found = reads.queue_of(self.panelist)
            if self.round.stage.blind:
                # A conflict that was found would say whose entry it is; what one declared oneself, one knows.
                found = found.filter(Q(recusal=None) | Q(recusal__ground=Recusal.Ground.DECLARED))
            self._assignments = list(found)
        return self._assignments

    def perform(self, form: forms.BaseForm) -> Any:
        conflicts = form.conflicts() if isinstance(form, (DeclarationForm, BlindDeclarationForm)) else {}
        return declare_conflicts(round=self.round, by=self.request.user, conflicts=conflicts)

    def get_success_url(self) -> str:
        return reverse("evaluation:round", args=[self.round.number])

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My evaluations"), reverse("evaluation:queue"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = self.assignments if self.panelist.declared_at or self.declaring else []
        rows = [_row(assignment, blind=self.round.stage.blind) for assignment in shown]
        judged = [row for row in rows if row["kind"] != "recused"]
        done = sum(row["kind"] == "done" for row in judged)
        waiting = [row for row in judged if row["kind"] in ("todo", "draft", "returned")]
        return super().get_context_data(
            **kwargs,
            title=titled(self.round.lot, "title"),
            section="workspace",
            round=self.round,
            tone=ROUND_TONES[RoundState(self.round.state)],
            now=self.now,
            rows=rows,
            done=done,
            total=len(judged),
            next=waiting[0] if waiting and self.round.state == RoundState.SCORING else None,
            groups=self.round.stage.groups.prefetch_related("criteria"),
            checks=self.round.stage.checks.all(),
        )


def _row(assignment: Any, *, blind: bool) -> dict[str, Any]:
    sheet = getattr(assignment, "sheet", None)
    submission = assignment.entry.submission
    if assignment.recusal_id is not None:
        kind, word = "recused", _("recused")
    elif sheet is None:
        kind, word = "todo", _("to be scored")
    elif sheet.state == SheetState.SUBMITTED:
        kind, word = "done", _("submitted")
    elif sheet.state == SheetState.RETURNED:
        kind, word = "returned", _("returned by the chief")
    elif sheet.state == SheetState.DRAFT:
        kind, word = "draft", _("draft")
    else:
        kind, word = "set_aside", _("set aside")
    return {
        "assignment": assignment,
        "entry": assignment.entry,
        "title": name_of(assignment.entry) if blind else assignment.entry.revision.title,
        "applicant": "" if blind else submission.applicant_organisation or submission.applicant_person,
        "kind": kind,
        "word": word,
        "tone": SHEET_TONES[kind],
        "recusal": assignment.recusal,
    }
