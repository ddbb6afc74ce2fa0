"""The desk of personal data: notices, periods, erasures on request, what the retention deletes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from innomarket.accounts.models import User
from innomarket.common import formats, personal
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refused
from innomarket.rules.admin import RuleAdmin

from .forms import EraseOnRequestForm
from .models import Erasure, Notice, PrivacyRule, RetentionRule, RetentionRun
from .services import erasure, retention

TONES = {"waiting": "warning", "done": "success", "taken_back": "neutral"}


@admin.register(Notice)
class NoticeAdmin(RuleAdmin):
    columns = ["purpose", "basis", "valid", "is_default", "source_in_words"]
    list_filter = ["purpose"]


@admin.register(RetentionRule)
class RetentionRuleAdmin(RuleAdmin):
    list_filter = ["noun"]


@admin.register(PrivacyRule)
class PrivacyRuleAdmin(RuleAdmin):
    pass


class EraseOnRequest(ActionView):
    name = "ask"
    title = gettext_lazy("Erase a person on request")
    form_class = EraseOnRequestForm
    permission_required = "accounts.read_audit"
    object_less = True
    danger = True
    done = gettext_lazy("The erasure waits. The person is told and can take it back.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The person is told at once and can take it back during the waiting time"),
            _("Then name, addresses, password, second factor and messages are deleted for good"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:  # type: ignore[override]
        person = User.objects.filter(email__iexact=form.cleaned_data["email"], erased_at=None).first()
        if person is None:
            raise Refused("nobody", _("No account has this address."), field="email", status=422)
        return erasure.ask_erasure(person=person, by=self.request.user, reason=form.cleaned_data["reason"])


@admin.register(Erasure)
class ErasureAdmin(ServiceAdmin):
    permission_required = "accounts.read_audit"
    action_views = [EraseOnRequest]
    list_display = ["person", "state", "asked_at", "due_at", "held_up_by"]
    list_select_related = ["person", "asked_by"]
    list_filter = ["state"]
    fields = ["person", "asked_by", "state", "asked_at", "due_at", "ended_at", "held_up_by", "next_try_at"]
    empty_text = gettext_lazy("Nobody has asked to be erased.")

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {"state": obj.get_state_display(), "tone": TONES[obj.state]}


class DryRun(ActionView):
    """What the coming night would delete. It changes nothing."""

    name = "dry-run"
    title = gettext_lazy("See what would be deleted today")
    permission_required = "accounts.read_audit"
    object_less = True
    http_method_names = ["get", "head", "options"]
    form_class = forms.Form
    template_name = "admin/privacy/retentionrun/dry_run.html"

    def effects(self, obj: Any) -> list[Any]:
        return [_("For each noun: how many rows, the oldest of them, the period. Nothing is deleted.")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lines=retention.preview(), **kwargs)


@admin.register(RetentionRun)
class RetentionRunAdmin(ServiceAdmin):
    permission_required = "accounts.read_audit"
    action_views = [DryRun]
    list_display = ["started_at", "finished_at", "deleted"]
    fields = ["started_at", "finished_at", "deleted"]
    empty_text = gettext_lazy("The retention has not run yet. It runs each night at 03:30.")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["deleted"]

    def heading_of(self, obj: Any) -> str:
        return formats.kst(obj.started_at, get_language() or "ko")

    @admin.display(description=gettext_lazy("deleted"))
    def deleted(self, obj: RetentionRun) -> str:
        lines = [
            f"{personal.kept[noun].title if noun in personal.kept else noun}: "
            + (_("failed, see the log") if line.get("failed") else str(line["count"]))
            for noun, line in obj.counts.items()
        ]
        return "; ".join(lines) or "–"
