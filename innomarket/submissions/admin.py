"""The call console. Staff see numbers, lots and states; what was submitted stays sealed until the opening."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from innomarket.common import formats
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import now
from innomarket.common.refusals import Refusal
from innomarket.rules.admin import RuleAdmin

from . import call_forms, deadlines, kinds, outcomes, reads, searching
from .anonymous import copies_of_submission
from .console import (  # noqa: F401 (their pages register themselves)
    need,
    openings,
    outages,
    supplements,
)
from .console.supplements import AskForPapers, ReturnCopy
from .models import Call, ClosingRule, IdentitySearch, ReminderRule, Submission, SubmissionRule
from .services import call as services
from .services.call_parts import ONE_SCORED
from .services.call_parts import stages_of as stages_as_written
from .states import CallState, SubmissionState
from .views.call import stages_of, state_of, waiting_for
from .words import closing_rule_lines, moment, titled

RUNS_ROUNDS = "accounts.run_rounds"


class _CallStep(ActionView):
    permission_required = RUNS_ROUNDS

    def people(self, obj: Call) -> int:
        """How many are told: everyone with a draft or a submission."""
        taking_part = Submission.objects.filter(lot__call=obj).exclude(state=SubmissionState.WITHDRAWN)
        return reads.people_behind(taking_part).count()

    def told(self, n: int) -> str:
        if not n:
            return _("Nobody takes part yet: nobody is told")
        return ngettext("%(n)s person is told", "%(n)s people are told", n) % {"n": n}


class _CallFormStep(_CallStep):
    """The page with the whole call: its times, criteria and lots. "More rows" only adds empty rows."""

    form_class = call_forms.CallForm
    template_name = "admin/submissions/call/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | self.rows() | {"more": "more" in self.request.POST}

    def rows(self) -> dict[str, Any]:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "more" in request.POST:
            form = self.get_form()
            form.forget_errors()
            return self.render_to_response(self.get_context_data(form=form))
        return super().post(request, *args, **kwargs)


class CreateCall(_CallFormStep):
    """First the kind (a link each), then the form, filled with the criteria that the kind ships."""

    name = "create"
    title = gettext_lazy("Prepare a call")
    object_less = True
    done = gettext_lazy("The call is prepared. Nobody sees it before it is announced.")

    @property
    def kind(self) -> kinds.Kind | None:
        code = self.request.GET.get("kind", "")
        return next((kind for kind in kinds.all_kinds() if kind.code == code), None)

    def effects(self, obj: None) -> list[Any]:
        return [_("The call is kept as a draft that only staff see. Announcing it is another step.")]

    def rows(self) -> dict[str, Any]:
        shipped = self.kind.extra.get("groups") if self.kind else None
        return {"groups": shipped() if shipped else [], "stages": ONE_SCORED}

    def perform(self, obj: None, form: Any) -> Call:
        return services.create_call(
            by=self.request.user, kind=self.kind.code if self.kind else "", **form.specs()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choices = [
            {
                "title": kind.label,
                "text": kind.extra.get("for_whom", ""),
                "url": f"{self.request.path}?kind={kind.code}",
            }
            for kind in kinds.all_kinds()
        ]
        return super().get_context_data(**{"kind": self.kind, "choices": choices, **kwargs})


class EditCall(_CallFormStep):
    name = "edit"
    title = gettext_lazy("Change the call")
    done = gettext_lazy("The call is changed.")

    def available(self, obj: Call) -> Refusal | None:
        if obj.state == CallState.DRAFT:
            return None
        return Refusal("announced", _("Stages, criteria and lots are fixed since the call was announced."))

    def effects(self, obj: Call) -> list[Any]:
        return [_("Stages, criteria and lots are replaced by those on this page.")]

    def rows(self) -> dict[str, Any]:
        lots = [] if self.has_stories() else call_forms.lots_of(self.object)
        stages = stages_as_written(self.object)
        return {"groups": call_forms.groups_of(self.object), "lots": lots, "stages": stages}

    def has_stories(self) -> bool:
        """Lots that carry on the story of a need were made with it, and are not typed again."""
        return self.object.lots.filter(story__isnull=False).exists()

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in call_forms.CallForm.base_fields}

    def perform(self, obj: Call, form: Any) -> Call:
        specs = form.specs() | ({"lots": None} if self.has_stories() else {})
        return services.edit_call(call=obj, by=self.request.user, **specs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {"kind": kinds.get(self.object.kind), "fixed_lots": self.has_stories()}
        return super().get_context_data(**{**more, **kwargs})


class AnnounceCall(_CallStep):
    name = "announce"
    title = gettext_lazy("Announce the call")
    form_class = forms.Form
    done = gettext_lazy("The call is announced.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_announceable(obj, now())

    def effects(self, obj: Call) -> list[Any]:
        return [
            _("Everyone sees the call, its criteria and its lots."),
            _("It takes submissions from %(opens)s to %(closes)s.")
            % {"opens": moment(obj.opens_at), "closes": moment(obj.closes_at)},
            _("Criteria, weights and lots cannot be changed any more."),
            *closing_rule_lines(ClosingRule.objects.at()),
            *self.owners(obj),
        ]

    def owners(self, obj: Call) -> list[str]:
        """Only a call whose lots belong to institutions tells somebody when it is announced."""
        n = reads.owners_of_lots(obj).count()
        return [self.told(n)] if n else []

    def perform(self, obj: Call, form: Any) -> Call:
        return services.announce_call(call=obj, by=self.request.user)


class ExtendCall(_CallStep):
    name = "extend"
    title = gettext_lazy("Extend the call")
    form_class = call_forms.ExtendForm
    done = gettext_lazy("The call closes later.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_extendable(obj, now())

    def get_initial(self) -> dict[str, Any]:
        return {"closes_at": self.object.closes_at, "opening_at": self.object.opening_at}

    def effects(self, obj: Call) -> list[Any]:
        return [
            _("The closing moves for all, from %(when)s to what you enter.")
            % {"when": moment(obj.closes_at)},
            _("The reason is told with it."),
            self.told(self.people(obj)),
        ]

    def perform(self, obj: Call, form: Any) -> Call:
        return services.extend_call(call=obj, by=self.request.user, **form.cleaned_data)


class AmendCall(_CallStep):
    name = "amend"
    title = gettext_lazy("Amend the call")
    form_class = call_forms.AmendForm
    done = gettext_lazy("The call is amended.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_extendable(obj, now())

    def get_initial(self) -> dict[str, Any]:
        names = ("title_ko", "title_en", "summary_ko", "summary_en")
        return {name: getattr(self.object, name) for name in names}

    def effects(self, obj: Call) -> list[Any]:
        return [
            _("What changes is listed on the call's page with its number."),
            _("Criteria, weights and lots cannot be changed any more."),
            self.told(self.people(obj)),
        ]

    def perform(self, obj: Call, form: Any) -> Any:
        return services.amend_call(call=obj, by=self.request.user, **form.cleaned_data)


class CancelCall(_CallStep):
    name = "cancel"
    title = gettext_lazy("Cancel the call")
    danger = True
    done = gettext_lazy("The call is cancelled.")

    def available(self, obj: Call) -> Refusal | None:
        return deadlines.not_cancellable(obj, now())

    def effects(self, obj: Call) -> list[Any]:
        counts = reads.counts_of(obj)
        return [
            _("This cannot be taken back."),
            _("%(drafts)s drafts and %(submitted)s submissions end with it; they stay sealed.")
            % {"drafts": counts[SubmissionState.DRAFT], "submitted": counts[SubmissionState.SUBMITTED]},
            self.told(self.people(obj)),
        ]

    def perform(self, obj: Call, form: Any) -> Call:
        return services.cancel_call(call=obj, by=self.request.user, reason=form.cleaned_data["reason"])


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
        CreateCall, AnnounceCall, openings.PrepareOpening, openings.OpenSubmissions,
        openings.WithdrawPreparation, openings.RosterFile, EditCall, ExtendCall, AmendCall, CancelCall,
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
            "stages": stages_of(obj),
            "lots": lots,
            "submissions_url": f"{base}?lot__call__id__exact={obj.pk}",
            "public_url": reverse("submissions:call", args=[obj.number])
            if obj.state != CallState.DRAFT
            else "",
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
        "number", "lot_label", "state", "created_at", "submitted_at", "applicant_after_opening", "page",
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
