"""The history, for those who read it. Nothing here adds, changes or deletes: the database forbids it too."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.common.admin import ServiceAdmin

from .models import Entry
from .verbs import words_of


class VerbFilter(admin.SimpleListFilter):
    """What was done: first the app, in the words of the services."""

    title = gettext_lazy("what")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(
            ((verb, str(words_of(verb))) for verb in verbs()),
            key=lambda pair: (pair[0].split(".")[0], pair[1]),
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(verb=self.value()) if self.value() else queryset


def verbs() -> list[str]:
    """The verbs in the history, by a walk over distinct values: each step is one look into the index."""
    found: list[str] = []
    while True:
        rows = Entry.objects.order_by("verb").values_list("verb", flat=True)
        verb = (rows.filter(verb__gt=found[-1]) if found else rows).first()
        if verb is None:
            return found
        found.append(verb)


@admin.register(Entry)
class EntryAdmin(ServiceAdmin):
    permission_required = "accounts.read_audit"
    list_display = ["when", "who", "done", "about", "reason_short"]
    list_display_links = ["when"]
    list_filter = [VerbFilter, "reconstructed"]
    search_fields = ["=subject_label", "=subject_id", "=actor__email", "actor__name", "reason"]
    search_help_text = gettext_lazy(
        "Number or id of an object, address or name of a person, or words of a reason."
    )
    list_select_related = ["actor"]
    date_hierarchy = None
    sortable_by = ()
    show_full_result_count = False
    fields = ["when", "recorded", "who", "done", "subject_type", "about", "what", "reason", "reconstructed"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)

    @admin.display(description=gettext_lazy("at"))
    def when(self, obj: Entry) -> str:
        return _kst(obj.at)

    @admin.display(description=gettext_lazy("recorded at"))
    def recorded(self, obj: Entry) -> str:
        return _kst(obj.recorded_at)

    @admin.display(description=gettext_lazy("who"))
    def who(self, obj: Entry) -> str:
        return str(obj.actor) if obj.actor else _("the system")

    @admin.display(description=gettext_lazy("what"))
    def done(self, obj: Entry) -> str:
        """In words; the code stays beneath for who searches for it."""
        return format_html('{}<br><span class="small subtle code">{}</span>', words_of(obj.verb), obj.verb)

    @admin.display(description=gettext_lazy("object"))
    def about(self, obj: Entry) -> str:
        return obj.subject_label or f"{obj.subject_type} #{obj.subject_id}"

    @admin.display(description=gettext_lazy("reason"))
    def reason_short(self, obj: Entry) -> str:
        return obj.reason if len(obj.reason) <= 60 else f"{obj.reason[:60]}…"

    @admin.display(description=gettext_lazy("changes"))
    def what(self, obj: Entry) -> str:
        if not obj.changes:
            return "–"
        return format_html("<code>{}</code>", json.dumps(obj.changes, ensure_ascii=False, sort_keys=True))


def _kst(instant: Any) -> str:
    return formats.kst(instant, get_language() or "ko")
