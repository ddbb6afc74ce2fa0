"""The staff console of rounds: progress, ranking, and the steps that call the services."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from innomarket.audit.models import Entry as AuditEntry
from innomarket.audit.verbs import words_of
from innomarket.common import formats
from innomarket.common.admin import ServiceAdmin
from innomarket.common.clock import now
from innomarket.rules.admin import RuleAdmin
from innomarket.submissions.words import titled

from . import overview, pool_admin, reads
from .console import anew, bulk, objections, publications, results, rounds, sheets  # noqa: F401 (pages register themselves)
from .console import draws as draw_steps
from .console import panel as panel_steps
from .console.export import TABLES, ExportRound
from .console.steps import counts_of
from .console.words import TONES, waiting_for
from .models import EvaluationRule, ObjectionRule, Round
from .states import Outcome, RoundState

LOG_LINES = 6
WIDE_SPREAD = 30
OUTCOME_TONES = {
    Outcome.SELECTED: "success",
    Outcome.ADVANCES: "success",
    Outcome.NOT_SELECTED: "neutral",
    Outcome.OPEN: "primary",
    Outcome.BELOW_PASS: "warning",
    Outcome.UNFIT: "warning",
    Outcome.NO_RESULT: "warning",
}


def _kst(instant: Any) -> str:
    return formats.kst(instant, "en" if (get_language() or "").startswith("en") else "ko") if instant else "–"


@admin.register(Round)
class RoundAdmin(ServiceAdmin):
    permission_required = "accounts.run_rounds"
    action_views = [
        rounds.CreateRounds,
        rounds.StartCall,
        publications.PrepareCall,
        rounds.Start,
        bulk.RemindOpen,
        sheets.Moderate,
        bulk.ReturnSeveral,
        sheets.RecordVisit,
        sheets.Finish,
        results.Select,
        publications.Prepare,
        anew.OpenSupplement,
        draw_steps.Commit,
        panel_steps.Seat,
        sheets.Reopen,
        sheets.SetAside,
        panel_steps.Unseat,
        rounds.Cancel,
    ]
    list_display = ["number", "lot_title", "stage_name", "purpose", "call_number", "state", "due"]
    list_filter = ["state", "purpose"]
    search_fields = ["number", "lot__title_ko", "lot__title_en", "lot__call__number"]
    list_select_related = ["lot__call", "stage"]
    ordering = ["-pk"]
    fields = [
        "call_number",
        "lot_title",
        "stage_name",
        "chief_name",
        "rule",
        "due",
        "started",
        "finished",
        "published",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("lot__call", "lot__owner", "chief", "stage")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)

    @admin.display(description=gettext_lazy("lot"))
    def lot_title(self, obj: Round) -> str:
        return str(titled(obj.lot, "title"))

    @admin.display(description=gettext_lazy("stage"))
    def stage_name(self, obj: Round) -> str:
        return f"{obj.stage.order}. {titled(obj.stage, 'name')}"

    @admin.display(description=gettext_lazy("call"))
    def call_number(self, obj: Round) -> str:
        return f"{obj.lot.call.number} {titled(obj.lot.call, 'title')}"

    @admin.display(description=gettext_lazy("chief of the round"))
    def chief_name(self, obj: Round) -> str:
        return str(obj.chief)

    @admin.display(description=gettext_lazy("rule of the round"))
    def rule(self, obj: Round) -> str:
        if not obj.stage.by_points:
            return _("Fit or unfit, at least %(least)s sheets") % {"least": obj.least_sheets}
        if obj.trim_from is None:
            return _("Pass mark %(pass)s, at least %(least)s sheets, the plain mean") % {
                "pass": obj.pass_mark,
                "least": obj.least_sheets,
            }
        return _("Pass mark %(pass)s, at least %(least)s sheets, trimmed from %(trim)s sheets up") % {
            "pass": obj.pass_mark,
            "least": obj.least_sheets,
            "trim": obj.trim_from,
        }

    @admin.display(description=gettext_lazy("sheets are due"))
    def due(self, obj: Round) -> str:
        return _kst(obj.due_at)

    @admin.display(description=gettext_lazy("started at"))
    def started(self, obj: Round) -> str:
        return _kst(obj.started_at)

    @admin.display(description=gettext_lazy("finished at"))
    def finished(self, obj: Round) -> str:
        return _kst(obj.finished_at)

    @admin.display(description=gettext_lazy("published at"))
    def published(self, obj: Round) -> str:
        return _kst(obj.published_at)

    def actions_for(
        self, request: HttpRequest, obj: Any
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        permits, locked = super().actions_for(request, obj)
        # Nothing is "not possible yet" in a round that has ended.
        ended = obj is not None and obj.state in (RoundState.PUBLISHED, RoundState.CANCELLED)
        return permits, [] if ended else locked

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(ExportRound.as_view())
        route = path("<int:pk>/export/<slug:what>.<slug:form>", view, name="evaluation_round_export")
        return [route, *super().get_urls()]

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        counts = counts_of(obj)
        begun = obj.state != RoundState.PREPARING
        members = overview.panel(obj, now())
        judging = [member for member in members if member.judges]
        groups = list(obj.stage.groups.all())
        ranked = reads.places(obj) if begun else []
        places = overview.page_of(_with_cut(obj, ranked, groups), request.GET.get("places"))
        reads.with_entries([line["row"] for line in places])
        return {
            "heading": titled(obj.lot, "title"),
            "number": obj.number,
            "state": obj.get_state_display(),
            "tone": TONES[RoundState(obj.state)],
            "seen_by": _("Agency staff who run rounds"),
            "waiting": waiting_for(obj, counts),
            "waiting_until": _kst(obj.due_at) if obj.due_at and obj.state == RoundState.SCORING else "",
            "stats": _stats(counts, ranked),
            "log": _log(obj),
            "counts": counts,
            "draws": list(obj.draws.all()),
            "panel": members,
            "judging": judging,
            "heat": overview.heat(obj, judging, request.GET.get("entries")) if begun else None,
            "objections": list(overview.objections(obj)) if obj.state == RoundState.PUBLISHED else [],
            "conflicts": overview.conflicts(obj, request.GET.get("conflicts"))
            if counts["recusals"]
            else None,
            "exports": _exports(obj) if begun else [],
            "groups": groups,
            "ranking": places,
            "outcome_tones": OUTCOME_TONES,
            "provisional": obj.state == RoundState.SCORING,
            **anew.beside_context(obj),
        }


def _exports(obj: Round) -> list[tuple[str, str]]:
    """Name and address of each table that can be taken as a file."""
    files = [(what, form) for what in TABLES for form in ("csv", "xlsx")]
    return [
        (f"{what}.{form}", reverse("admin:evaluation_round_export", args=[obj.pk, what, form]))
        for what, form in files
    ]


def _stats(counts: dict[str, int], ranked: list[reads.Ranked]) -> list[dict[str, Any]]:
    wide = sum(row.spread is not None and row.spread > WIDE_SPREAD for row in ranked)
    share = f"{counts['counted'] * 100 / counts['expected']:.1f}%" if counts["expected"] else "–"
    left = counts["expected"] - counts["counted"]
    return [
        {"label": _("Entries"), "value": counts["entries"]},
        {
            "label": _("Sheets"),
            "value": counts["counted"],
            "unit": f"/ {counts['expected']}",
            "note": _("%(share)s submitted, %(left)s left") % {"share": share, "left": left},
        },
        {"label": _("Panel"), "value": counts["panel"]},
        {"label": _("Recusals"), "value": counts["recusals"]},
        {
            "label": _("Far apart"),
            "value": wide,
            "note": _("Sheets more than %(points)s points apart") % {"points": WIDE_SPREAD},
        },
    ]


def _with_cut(obj: Round, ranked: list[reads.Ranked], groups: list[Any]) -> list[dict[str, Any]]:
    """The ranking, with the line: below the last who is selected, or, before that, below the pass mark."""
    selected = [n for n, row in enumerate(ranked) if row.outcome in (Outcome.SELECTED, Outcome.ADVANCES)]
    passed = [n for n, row in enumerate(ranked) if row.passed]
    line = selected[-1] if selected else passed[-1] if passed else None
    if line is None:
        text = ""
    elif selected:
        n = len(selected)
        text = ngettext(
            "Selection line: %(n)s entry selected", "Selection line: %(n)s entries selected", n
        ) % {"n": n}
    elif not obj.stage.by_points:
        text = ngettext("%(n)s entry is fit", "%(n)s entries are fit", len(passed)) % {"n": len(passed)}
    else:
        text = ngettext(
            "Pass mark %(mark)s: %(n)s entry passes", "Pass mark %(mark)s: %(n)s entries pass", len(passed)
        )
        text %= {"mark": obj.pass_mark, "n": len(passed)}
    return [
        {
            "row": row,
            "means": list(zip(groups, row.group_means, strict=True)),
            "cut": text if n == line else "",
            "below": line is None or n > line,
            "tone": OUTCOME_TONES[Outcome(row.outcome)],
            "word": Outcome(row.outcome).label,
            "wide": row.spread is not None and row.spread > WIDE_SPREAD,
        }
        for n, row in enumerate(ranked)
    ]


def _log(obj: Round) -> list[dict[str, Any]]:
    rows = AuditEntry.objects.filter(subject_type="evaluation.round", subject_id=str(obj.pk))
    return [
        {"at": row.at, "text": words_of(row.verb), "note": row.reason, "is_now": n == 0}
        for n, row in enumerate(rows.select_related("actor")[:LOG_LINES])
    ]


admin.site.register(EvaluationRule, RuleAdmin)
admin.site.register(ObjectionRule, RuleAdmin)

__all__ = ["RoundAdmin", "pool_admin"]
