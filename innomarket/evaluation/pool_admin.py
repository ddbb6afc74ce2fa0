"""The staff console of the pool and of draws."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common import shown
from innomarket.common.admin import ServiceAdmin
from innomarket.rules.admin import RuleAdmin

from .console import draws, pool
from .history import history_of
from .loads import loads_of
from .models import Draw, DrawRule, Evaluator, Expertise, PanelReminderRule, PledgeText
from .states import DrawState


@admin.register(Evaluator)
class EvaluatorAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    action_views = [
        pool.Invite,
        pool.Verify,
        pool.Refuse,
        pool.Suspend,
        pool.Lift,
        pool.AddTie,
    ]
    empty_text = gettext_lazy("Nobody is in the pool. Invite people, or wait for applications.")
    list_display = ["__str__", "state", "kind", "state_since"]
    list_filter = ["state", "kind"]
    search_fields = ["user__name", "user__email"]
    list_select_related = ["user"]
    fields = ["user", "state", "state_since", "state_reason", "kind", "known", "ties_of", "load", "scores"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["known", "ties_of", "load", "scores"]

    @admin.display(description=gettext_lazy("fields of expertise"))
    def known(self, obj: Evaluator) -> str:
        return ", ".join(shown.name_of(one) for one in obj.fields.all()) or "–"

    @admin.display(description=gettext_lazy("ties to organisations"))
    def ties_of(self, obj: Evaluator) -> str:
        rows = [
            (
                tie.get_kind_display(),
                shown.name_of(tie.organisation) if tie.organisation else tie.name,
                tie.from_on,
                tie.to_on or "",
                tie.get_source_display(),
            )
            for tie in obj.ties.standing().select_related("organisation")
        ]
        return format_html_join("", "<p>{}: {} ({} – {}), {}</p>", rows) or "–"

    @admin.display(description=gettext_lazy("panels this year"))
    def load(self, obj: Evaluator) -> str:
        return f"{loads_of([obj.user_id]).get(obj.user_id, 0)} / {DrawRule.objects.at().load_cap}"

    @admin.display(description=gettext_lazy("scores against the panel's mean"))
    def scores(self, obj: Evaluator) -> str:
        history = history_of(obj)
        if history.deviation is None:
            return "–"
        return _("%(points)s points on average, over %(n)s published sheets") % {
            "points": f"{history.deviation:+}",
            "n": history.sheets,
        }


@admin.register(Draw)
class DrawAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    action_views = [draws.CarryOut, draws.EnterValue, draws.GiveUp]
    empty_text = gettext_lazy("No draw is committed. Commit one on the page of its round.")
    list_display = ["number", "round", "state", "committed_at", "drawn_at"]
    list_filter = ["state"]
    search_fields = ["number", "round__number"]
    list_select_related = ["round__lot__call"]
    fields = [
        *("round", "state", "public_page", "pool_sha256", "secret_sha256", "source", "source_text"),
        *("source_from", "named_value", "committed_at", "committed_by", "drawn_at", "end_reason"),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["public_page"]

    @admin.display(description=gettext_lazy("public page"))
    def public_page(self, obj: Draw) -> str:
        return format_html('<a href="{0}">{0}</a>', reverse("evaluation:draw", args=[obj.number]))

    def console_context(self, request: HttpRequest, obj: Draw) -> dict[str, Any]:
        tones = {DrawState.COMMITTED: "primary", DrawState.DRAWN: "success", DrawState.VOID: "neutral"}
        return {
            "number": obj.number,
            "state": obj.get_state_display(),
            "tone": tones[DrawState(obj.state)],
            "seen_by": _("Everybody, by codes"),
        }


@admin.register(Expertise)
class ExpertiseAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    action_views = [pool.AddExpertise, pool.ChangeExpertise]
    empty_text = gettext_lazy("No field is known. Add one, so that evaluators can choose it.")
    list_display = ["code", "name_ko", "name_en", "order", "begins_on", "ends_on"]
    search_fields = ["code", "name_ko", "name_en"]
    fields = ["code", "name_ko", "name_en", "order", "begins_on", "ends_on"]


admin.site.register(DrawRule, RuleAdmin)
admin.site.register(PledgeText, RuleAdmin)
admin.site.register(PanelReminderRule, RuleAdmin)
