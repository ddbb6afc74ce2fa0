"""The call console. Staff see numbers, lots and states; what was submitted stays sealed until the opening."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common import formats
from innomarket.common.admin import ServiceAdmin
from innomarket.common.clock import now
from innomarket.rules.admin import RuleAdmin

from . import kinds, outcomes, reads, searching
from .anonymous import copies_of_submission
from .console import (  # noqa: F401 (their pages register themselves)
    calls,
    need,
    openings,
    outages,
    supplements,
)
from .console.supplements import AskForPapers, ReturnCopy
from .models import Call, IdentitySearch, ReminderRule, Submission, SubmissionRule
from .permissions import RUNS_ROUNDS
from .states import CallState, SubmissionState
from .views.call import stages_of, state_of, waiting_for
from .words import moment, titled


class KindFilter(admin.SimpleListFilter):
    """What is called for, in the words of the kinds."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.code, kind.label) for kind in kinds.all_kinds()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Call)
class CallAdmin(ServiceAdmin):
    permission_required = RUNS_ROUNDS
    list_display = ["number", "title", "kind_label", "closes_at", "state"]
    list_filter = ["state", KindFilter]
    search_help_text = gettext_lazy("Number or title of the call.")
    search_fields = ["number", "title_ko", "title_en"]
    ordering = ["-closes_at", "-pk"]
    fields = [
        "number", "kind_label", "title_ko", "title_en", "opens_at", "closes_at", "opening_at",
        "one_per_applicant", "announced_at", "closed_at", "opened_at", "opened_by",
    ]  # fmt: skip
    readonly_fields = ["kind_label"]
    action_views = [
        calls.CreateCall, calls.AnnounceCall, openings.PrepareOpening, openings.OpenSubmissions,
        openings.WithdrawPreparation, openings.RosterFile, calls.EditCall, calls.ExtendCall, calls.AmendCall,
        calls.CancelCall,
    ]  # fmt: skip

    @admin.display(description=gettext_lazy("title"), ordering="title_ko")
    def title(self, obj: Call) -> str:
        return str(titled(obj, "title"))

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_label(self, obj: Call) -> str:
        return str(kinds.get(obj.kind).label)

    def actions_for(
        self, request: HttpRequest, obj: Any
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        permits, locked = super().actions_for(request, obj)
        # Nothing is "not possible yet" in a call that has been opened or cancelled.
        ended = obj is not None and (obj.opened_at or obj.state == CallState.CANCELLED)
        rare = (openings.WithdrawPreparation.title, openings.RosterFile.title)
        return permits, [] if ended else [line for line in locked if line["text"] not in rare]

    def console_context(self, request: HttpRequest, obj: Call) -> dict[str, Any]:
        at = now()
        decided = obj.pk in outcomes.published([obj.pk])
        state, tone = state_of(obj, at, decided=decided)
        waiting, until = waiting_for(obj, at, decided=decided)
        if obj.state == CallState.DRAFT:
            waiting, until = _("you: announce the call"), obj.opens_at
        counts = reads.counts_of(obj)
        lots = obj.lots.select_related("owner").order_by("order")
        lots = lots.annotate(
            n_drafts=Count("submissions", filter=Q(submissions__state=SubmissionState.DRAFT)),
            n_submitted=Count("submissions", filter=Q(submissions__state=SubmissionState.SUBMITTED)),
        )
        base = reverse("admin:submissions_submission_changelist")
        return {
            "heading": titled(obj, "title"),
            "state": state,
            "tone": tone,
            "number": obj.number,
            "waiting": waiting,
            "waiting_until": moment(until) if until else "",
            "stats": [
                {"label": _("Drafts"), "value": f"{counts[SubmissionState.DRAFT]:,}"},
                {"label": _("Submitted"), "value": f"{counts[SubmissionState.SUBMITTED]:,}", "primary": True},
                {"label": _("Withdrawn"), "value": f"{counts[SubmissionState.WITHDRAWN]:,}"},
            ],
            "call": obj,
            **openings.shown(obj),
            "moves": outages.moves_of(obj),
            "stages": stages_of(obj),
            "lots": lots,
            "submissions_url": f"{base}?lot__call__id__exact={obj.pk}",
            "public_url": reverse("submissions:call", args=[obj.number]) if obj.announced_at else "",
        }


@admin.register(Submission)
class SubmissionAdmin(ServiceAdmin):
    """Number, lot and state: nothing of the content, and no applicant before the opening."""

    permission_required = RUNS_ROUNDS
    list_display = ["number", "lot_label", "state", "submitted_at", "applicant_after_opening"]
    list_filter = ["state", ("lot__call", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["number"]
    ordering = ["number"]
    fields = [
        "number", "lot_label", "state", "created_at", "submitted_at", "withdrawn_at", "applicant_after_opening", "page",
        "anonymous_copy",
    ]  # fmt: skip
    readonly_fields = ["lot_label", "applicant_after_opening", "page", "anonymous_copy"]
    action_views = [AskForPapers, ReturnCopy, need.AskToRead]

    def get_queryset(self, request: HttpRequest):
        related = ("lot__call", "applicant_organisation", "applicant_person")
        return super().get_queryset(request).select_related(*related)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "lot__call__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("lot"))
    def lot_label(self, obj: Submission) -> str:
        return f"{obj.lot.call.number} / {obj.lot.order}"

    @admin.display(description=gettext_lazy("applicant"))
    def applicant_after_opening(self, obj: Submission) -> str:
        if obj.state == SubmissionState.WITHDRAWN:
            return _("stays sealed: it was withdrawn before the opening")
        if not self.is_opened(obj):
            return _("sealed until the opening")
        return str(
            titled(obj.applicant_organisation, "name") if obj.applicant_organisation else obj.applicant_person
        )

    @admin.display(description=gettext_lazy("page"))
    def page(self, obj: Submission) -> str:
        if not self.is_opened(obj):
            return "–"
        return format_html('<a href="{}">{}</a>', kinds.of(obj).url(obj), obj.title or obj.number)

    @admin.display(description=gettext_lazy("anonymous copy"))
    def anonymous_copy(self, obj: Submission) -> str:
        """What the search found in it, once its submission is opened; nothing where no stage is blind."""
        if not obj.lot.call.blind or not self.is_opened(obj):
            return "–"
        searches = IdentitySearch.objects.filter(document__in=copies_of_submission(obj))
        shown = [searching.shown(one) for one in searches.select_related("document").order_by("pk")]
        return render_to_string("submissions/_identity.html", {"searches": shown, "for_staff": True})

    @staticmethod
    def is_opened(obj: Submission) -> bool:
        return obj.state == SubmissionState.SUBMITTED and obj.lot.call.opened_at is not None


@admin.register(SubmissionRule)
class SubmissionRuleAdmin(RuleAdmin):
    columns = ["valid", "largest", "max_files", "is_default", "source_in_words"]

    @admin.display(description=gettext_lazy("largest file"))
    def largest(self, obj: SubmissionRule) -> str:
        return formats.filesize(obj.max_file_bytes)


@admin.register(ReminderRule)
class ReminderRuleAdmin(RuleAdmin):
    columns = ["valid", "hours", "is_default", "source_in_words"]

    @admin.display(description=gettext_lazy("hours before the closing"))
    def hours(self, obj: ReminderRule) -> str:
        return ", ".join(str(hours) for hours in sorted(obj.hours_before, reverse=True)) or "–"
