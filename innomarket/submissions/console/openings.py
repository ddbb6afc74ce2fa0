"""The recorded opening in the console: prepared by one, confirmed by another, and the frozen list of who submitted."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView
from innomarket.common.clock import now
from innomarket.common.refusals import Refusal

from .. import announced_forms, deadlines, permissions, reads
from ..models import Call, Opening, Submission
from ..permissions import RUNS_ROUNDS
from ..services import opening as services
from ..services import roster
from ..services.moving import taking_part
from ..states import OpeningState, SubmissionState
from ..words import moment

SHOWN = 50


class _OpeningStep(ActionView):
    permission_required = RUNS_ROUNDS

    def lines(self, obj: Call) -> list[Any]:
        """What is opened, and what of it will not count."""
        submitted = Submission.objects.filter(lot__call=obj, state=SubmissionState.SUBMITTED)
        all_of_them = submitted.count()
        pending = submitted.filter(
            Q(applicant_organisation__isnull=False) & ~Q(applicant_organisation__state="verified")
        ).count()
        lines = [
            ngettext("%(n)s submission is opened", "%(n)s submissions are opened", all_of_them)
            % {"n": all_of_them}
        ]
        if pending:
            lines.append(
                ngettext(
                    "%(n)s of them will not count: its organisation is not verified",
                    "%(n)s of them will not count: their organisations are not verified",
                    pending,
                )
                % {"n": pending}
            )
        return lines

    def prepared(self, obj: Call) -> Opening | None:
        return prepared_of(obj)


class PrepareOpening(_OpeningStep):
    name = "prepare-opening"
    title = gettext_lazy("Prepare the opening")
    form_class = announced_forms.NoteForm
    done = gettext_lazy("The opening is prepared. A second member of staff confirms it.")

    def available(self, obj: Call) -> Refusal | None:
        refusal = deadlines.not_openable(obj, now())
        if refusal is None and self.prepared(obj) is not None:
            return Refusal(
                "prepared_already", _("The opening is prepared already. It waits for a second person.")
            )
        return refusal

    def effects(self, obj: Call) -> list[Any]:
        return [
            _("Nothing is opened yet: a second member of staff confirms it."),
            *self.lines(obj),
            _(
                "An extension, a reopening or an outage recorded before the confirmation takes the preparation away."
            ),
        ]

    def perform(self, obj: Call, form: Any) -> Opening:  # type: ignore[override]
        return services.prepare_opening(call=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class OpenSubmissions(_OpeningStep):
    name = "open"
    title = gettext_lazy("Open the submissions")
    form_class = announced_forms.NoteForm
    done = gettext_lazy("The submissions are open.")

    def available(self, obj: Call) -> Refusal | None:
        refusal = deadlines.not_openable(obj, now())
        if refusal is not None:
            return refusal
        prepared = self.prepared(obj)
        if prepared is None:
            return Refusal(
                "not_prepared", _("First one member of staff prepares the opening, then another one opens.")
            )
        return permissions.is_second(self.request.user, prepared.prepared_by_id)

    def facts(self, obj: Call) -> list[tuple[Any, Any]]:
        prepared = self.prepared(obj)
        if prepared is None:
            return []
        return [(_("Prepared by"), prepared.prepared_by), (_("Prepared at"), moment(prepared.prepared_at))]

    def effects(self, obj: Call) -> list[Any]:
        n = reads.people_behind(taking_part(obj)).count()
        told = (
            ngettext("%(n)s person is told", "%(n)s people are told", n) % {"n": n}
            if n
            else _("Nobody takes part yet: nobody is told")
        )
        return [
            *self.lines(obj),
            _("You and, for their lots, the institutions whose needs they are can read them from now on."),
            _("Who submitted, when and with which SHA-256 is frozen in a list."),
            _("It is recorded with both names and the time, and cannot be taken back."),
            told,
        ]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        return services.confirm_opening(call=obj, by=self.request.user, reason=form.cleaned_data["reason"])


class WithdrawPreparation(_OpeningStep):
    name = "withdraw-preparation"
    title = gettext_lazy("Withdraw the preparation")
    done = gettext_lazy("The preparation is withdrawn. Nothing was opened.")

    def available(self, obj: Call) -> Refusal | None:
        if self.prepared(obj) is not None:
            return None
        return Refusal("not_prepared", _("No opening is prepared."))

    def effects(self, obj: Call) -> list[Any]:
        return [_("Nothing is opened. The record of the preparation stays.")]

    def perform(self, obj: Call, form: Any) -> Opening:  # type: ignore[override]
        return services.withdraw_preparation(
            call=obj, by=self.request.user, reason=form.cleaned_data["reason"]
        )


class RosterFile(ActionView):
    """The frozen list as a file for staff: who submitted and when."""

    name = "roster"
    title = gettext_lazy("Download the list of who submitted")
    permission_required = RUNS_ROUNDS

    def available(self, obj: Call) -> Refusal | None:
        if confirmed(obj) is not None:
            return None
        return Refusal("not_opened", _("The list is frozen with the recorded opening."))

    def effects(self, obj: Call) -> list[Any]:
        return [_("A CSV file with numbers, applicants, times and SHA-256. It holds names: keep it inside.")]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        opening = confirmed(self.object)
        if opening is None:
            return super().get(request, *args, **kwargs)
        response = HttpResponse(roster.as_csv(opening), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.object.number}-opening.csv"'
        response["Cache-Control"] = "private, no-store"
        return response

    def perform(self, obj: Call, form: Any) -> None:  # type: ignore[override]
        return None


def prepared_of(call: Call) -> Opening | None:
    """The standing preparation, asked once for a page: each step of the console wants it."""
    if not hasattr(call, "_prepared"):
        call._prepared = services.standing(call)  # type: ignore[attr-defined]
    return call._prepared  # type: ignore[attr-defined]


def confirmed(call: Call) -> Opening | None:
    found = call.openings.filter(state=OpeningState.CONFIRMED)
    return found.select_related("prepared_by", "confirmed_by").first()


def shown(call: Call) -> dict[str, Any]:
    """For the call's console: the frozen list, and preparations that did not lead to an opening."""
    openings = list(call.openings.select_related("prepared_by", "confirmed_by"))
    opening = next((one for one in openings if one.state == OpeningState.CONFIRMED), None)
    rows = roster.named_rows(opening) if opening else []
    return {
        "opening": opening,
        "prepared": prepared_of(call),
        "roster": rows[:SHOWN],
        "roster_more": max(0, len(rows) - SHOWN),
        "opening_ended": [one for one in openings if one.ended_at],
    }
