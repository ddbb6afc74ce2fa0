"""Outages in the console: recorded, looked at, applied; the record of moves; the rules behind them."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal
from innomarket.rules.admin import RuleAdmin

from .. import announced_forms, deadlines, reads
from ..models import ClosingRule, DeadlineMove, Outage, OutageProposal, OutageRule, Submission
from ..permissions import RUNS_ROUNDS
from ..services import outage as services
from ..services.outage_plan import Proposal, plan_of
from ..services.watch import calls_touched
from ..states import OutageState, ProposalState, SubmissionState
from ..words import moment, rule_line, titled
from . import proposals

SHOWN = 50


class _OutageStep(ActionView):
    permission_required = RUNS_ROUNDS

    def available(self, obj: Any) -> Refusal | None:
        if obj.state == OutageState.RECORDED:
            return None
        return Refusal("settled", _("This outage has been applied or discarded."))


class RecordOutage(ActionView):
    name = "record"
    title = gettext_lazy("Record an outage")
    permission_required = RUNS_ROUNDS
    object_less = True
    form_class = announced_forms.OutageForm
    done = gettext_lazy(
        "The outage is recorded. Nothing has moved yet: look at the proposed moves and apply them."
    )

    def effects(self, obj: Any) -> list[Any]:
        return [_("Nothing moves yet. The next page shows the moves that the rule proposes.")]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        return services.record_outage(by=self.request.user, **form.cleaned_data)


class ApplyOutage(_OutageStep):
    name = "apply"
    title = gettext_lazy("Apply the outage")
    form_class = forms.Form
    done = gettext_lazy("The deadlines are moved, and everyone who takes part is told.")

    def available(self, obj: Any) -> Refusal | None:
        return super().available(obj) or deadlines.earlier_outage(obj)

    def effects(self, obj: Any) -> list[Any]:
        if obj.state != OutageState.RECORDED:
            return []
        plan = plan_of(obj)
        calls = {proposal.call.pk for proposal in plan.proposals}
        people = reads.people_behind(_theirs(calls)).count()
        shown = plan.proposals[:SHOWN]
        taking_part = _counts({proposal.call.pk for proposal in shown})
        lines = [
            ngettext("%(n)s deadline moves", "%(n)s deadlines move", len(plan.proposals))
            % {"n": len(plan.proposals)},
            ngettext("%(n)s person is told", "%(n)s people are told", people) % {"n": people},
        ]
        lines += [_line(proposal, taking_part.get(proposal.call.pk, 0)) for proposal in shown]
        lines += [
            ngettext(
                "%(number)s cannot reopen: its submissions are open. The chief of the round is told of %(n)s draft "
                "or change that was not submitted.",
                "%(number)s cannot reopen: its submissions are open. The chief of the round is told of %(n)s drafts "
                "and changes that were not submitted.",
                len(missed.unsent),
            )
            % {"number": missed.call.number, "n": len(missed.unsent)}
            for missed in plan.missed[:SHOWN]
        ]
        return [*lines, rule_line(OutageRule.objects.at())]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        return services.apply_outage(outage=obj, by=self.request.user)


class DiscardOutage(_OutageStep):
    name = "discard"
    title = gettext_lazy("Discard the outage")
    done = gettext_lazy("The outage is discarded.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("It moves nothing. The record of it stays.")]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        reason = form.cleaned_data["reason"]
        return services.discard_outage(outage=obj, by=self.request.user, reason=reason)


def _theirs(calls: Collection[int]) -> QuerySet[Submission]:
    return Submission.objects.filter(lot__call__in=calls).exclude(state=SubmissionState.WITHDRAWN)


def _counts(calls: Collection[int]) -> dict[int, int]:
    """Call → how many take part in it."""
    return dict(_theirs(calls).order_by().values_list("lot__call").annotate(n=Count("pk")))


def _line(proposal: Proposal, taking_part: int) -> str:
    values = {
        "number": proposal.call.number,
        "call": titled(proposal.call, "title"),
        "old": moment(proposal.old.closes_at),
        "new": moment(proposal.new.closes_at),
        "opening": moment(proposal.new.opening_at),
        "n": taking_part,
    }
    if proposal.organisation is not None:
        values["call"] = f"{values['call']} – {titled(proposal.organisation, 'name')}"
    if proposal.person is not None:
        values["call"] = f"{values['call']} – {proposal.person}"
    if proposal.new.closes_at == proposal.old.closes_at:
        return _("%(number)s %(call)s: the opening moves to %(opening)s") % values
    if proposal.organisation is not None or proposal.person is not None:
        return _("%(number)s %(call)s: closing %(old)s → %(new)s, opening %(opening)s") % values
    line = _("%(number)s %(call)s: closing %(old)s → %(new)s, opening %(opening)s; %(n)s take part") % values
    if proposal.reopens:
        return f"{line} – {_('it has closed and takes submissions again')}"
    return line


@admin.register(Outage)
class OutageAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    list_display = ["what", "starts_at", "ends_at", "state", "moved"]
    list_filter = ["state"]
    search_fields = ["what"]
    ordering = ["-starts_at"]
    fields = [
        "what", "starts_at", "ends_at", "noticed_at", "state", "recorded_at", "recorded_by", "applied_at", "moved",
    ]  # fmt: skip
    readonly_fields = ["moved"]
    action_views = [RecordOutage, ApplyOutage, DiscardOutage]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        open_ones = OutageProposal.objects.filter(state=ProposalState.PROPOSED).order_by("starts_at")
        first = list(open_ones[:5])
        notices = [
            {
                "text": proposals.sentence(one),
                "calls": proposals.touched(calls),
                "url": reverse("admin:submissions_outageproposal_record", args=[one.pk]),
                "dismiss_url": reverse("admin:submissions_outageproposal_dismiss", args=[one.pk]),
            }
            for one, calls in zip(first, calls_touched(first), strict=True)
        ]
        return super().changelist_view(request, {"proposals": notices, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(n_moves=Count("moves"))

    @admin.display(description=gettext_lazy("deadlines moved"))
    def moved(self, obj: Any) -> int:
        return obj.n_moves


def moves_of(call: Any) -> list[dict[str, Any]]:
    """Each move of a call's deadline: why, by whom, until when and for whom."""
    moves = call.moves.select_related("decided_by", "outage").order_by("ordinal")
    moves = moves.prefetch_related("own_closings__organisation", "own_closings__person")
    return [{"move": move, "named": _named(move), "why": move.reason or move.outage.what} for move in moves]


def _named(move: DeadlineMove) -> str:
    """Those for whom alone a move is; empty for all."""
    own = move.own_closings.all()
    names = (titled(one.organisation, "name") if one.organisation else one.person for one in own)
    return ", ".join(str(name) for name in names)


@admin.register(DeadlineMove)
class DeadlineMoveAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    list_display = ["call", "ordinal", "old_closes_at", "closes_at", "for_all", "outage"]
    list_filter = ["for_all"]
    list_select_related = ["call", "outage"]
    search_fields = ["call__number"]
    ordering = ["-decided_at", "-pk"]
    fields = [
        "call", "ordinal", "outage", "reason", "for_all", "named", "old_closes_at", "closes_at", "old_opening_at",
        "opening_at", "decided_at", "decided_by",
    ]  # fmt: skip
    readonly_fields = ["named"]

    @admin.display(description=gettext_lazy("for whom"))
    def named(self, obj: DeadlineMove) -> str:
        return _named(obj) or "–"

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("call", "outage", "decided_by")
        return rows.prefetch_related("own_closings__organisation", "own_closings__person")


admin.site.register([ClosingRule, OutageRule], RuleAdmin)
