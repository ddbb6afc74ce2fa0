"""Outages that the history of readiness proposes: looked at, recorded or dismissed."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import KST
from innomarket.common.refusals import Refusal
from innomarket.rules.admin import RuleAdmin

from .. import announced_forms
from ..models import Call, OutageProposal, WatchRule
from ..outage_rule import MINUTE
from ..permissions import RUNS_ROUNDS
from ..services import watch as services
from ..states import ProposalState
from ..words import moment, titled

SHOWN = 50
PARTS = {
    "database": gettext_lazy("database"),
    "redis": "Redis",
    "migrations": gettext_lazy("migrations of the database"),
    "worker": gettext_lazy("worker"),
    "beat": gettext_lazy("beat (wakes the worker)"),
    "web": gettext_lazy("web server"),
}
"""The parts of ``/readyz`` in words."""


def sentence(proposal: OutageProposal) -> str:
    """What the history shows, in words."""
    parts = ", ".join(str(PARTS.get(part, part)) for part in proposal.failed.split(","))
    values = {"from": moment(proposal.starts_at), "until": moment(proposal.ends_at), "parts": parts}
    if proposal.failed and proposal.failed != "web":
        return _("The portal was not ready from %(from)s to %(until)s. What failed: %(parts)s.") % values
    if proposal.failed:
        return _("The portal did not answer from %(from)s to %(until)s.") % values
    return (
        _(
            "From %(from)s to %(until)s nothing answered or nobody could ask: portal, database or worker were away."
        )
        % values
    )


def touched(calls: Sequence[Call]) -> list[str]:
    """The calls that a proposal touches, one line each."""
    if not calls:
        return [_("No call closes or opens within the affected time.")]
    lines = [
        _("%(number)s %(call)s closes %(when)s")
        % {"number": call.number, "call": titled(call, "title"), "when": moment(call.closes_at)}
        for call in calls[:SHOWN]
    ]
    more = len(calls) - SHOWN
    return [*lines, _("and %(n)s more") % {"n": more}] if more > 0 else lines


class _Step(ActionView):
    permission_required = RUNS_ROUNDS

    def available(self, obj: Any) -> Refusal | None:
        if obj.state == ProposalState.PROPOSED:
            return None
        return Refusal("settled", _("This proposal has been recorded or dismissed."))


class RecordProposed(_Step):
    name = "record"
    title = gettext_lazy("Record it as an outage")
    form_class = announced_forms.OutageForm
    done = gettext_lazy(
        "The outage is recorded. Nothing has moved yet: look at the proposed moves and apply them."
    )

    def get_initial(self) -> dict[str, Any]:
        first, last = (instant.astimezone(KST) for instant in (self.object.starts_at, self.object.ends_at))
        # Outwards to the minute: what was affected stays affected. The notice is for staff to say.
        return {
            "starts_at": first.replace(second=0, microsecond=0),
            "ends_at": last.replace(second=0, microsecond=0) + MINUTE,
            "noticed_at": last.replace(second=0, microsecond=0) + MINUTE,
        }

    def effects(self, obj: Any) -> list[Any]:
        return [
            sentence(obj),
            *touched(services.calls_touched([obj])[0]),
            _("Check the times, and say when the recovery was announced. Nothing moves yet."),
        ]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        return services.record_proposed(proposal=obj, by=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("admin:submissions_outage_change", args=[self.result.pk])


class DismissProposed(_Step):
    name = "dismiss"
    title = gettext_lazy("Dismiss it")
    done = gettext_lazy("The proposal is dismissed.")

    def effects(self, obj: Any) -> list[Any]:
        return [_("No deadline moves, and it is not proposed again. The proposal and your reason stay.")]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        return services.dismiss_proposal(
            proposal=obj, by=self.request.user, reason=form.cleaned_data["reason"]
        )


@admin.register(OutageProposal)
class OutageProposalAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    list_display = ["starts_at", "ends_at", "failed", "silent", "state"]
    list_filter = ["state"]
    ordering = ["-starts_at"]
    fields = [
        "shown", "starts_at", "ends_at", "failed", "silent", "state", "found_at", "outage", "settled_at",
        "settled_by", "dismissed_because",
    ]  # fmt: skip
    readonly_fields = ["shown"]
    action_views = [RecordProposed, DismissProposed]
    empty_text = gettext_lazy("The history of readiness shows no outage.")

    @admin.display(description=gettext_lazy("what the history shows"))
    def shown(self, obj: OutageProposal) -> str:
        return sentence(obj)

    def heading_of(self, obj: Any) -> str:
        return _("Proposed outage: %(when)s") % {"when": moment(obj.starts_at)}


admin.site.register(WatchRule, RuleAdmin)
