"""The catalogue for staff: what is listed, and where its correction begins."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from challenges import sdgs
from innomarket.accounts.models import ApiRule
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.common.countries import country_name
from innomarket.common.shown import EMPTY, language, name_of
from innomarket.common.templatetags.innomarket import lang, localised_url
from innomarket.rules.admin import RuleAdmin
from innomarket.timeline.models import Milestone

from . import words
from .console import ListingChangeAdmin
from .models import ItemClass, ListingChange, ListingRule, Product
from .profiles import CategoryAdmin, ProfileAttributeAdmin
from .services import change as services
from .states import OPEN_CHANGES
from .steps import CORRECTION

__all__ = ["CategoryAdmin", "ListingChangeAdmin", "ProfileAttributeAdmin"]  # registered with the rest


class EditProduct(ActionView):
    """Leads into the steps in which suppliers write too: every part of the listing can be corrected there."""

    name = "edit"
    title = _("Correct the listing")
    button = _("Write a correction")
    permission_required = "accounts.keep_catalogue"
    form_class = forms.Form
    done = ""

    def effects(self, obj: Any) -> list[Any]:
        stands = _("The designation itself, its number, dates and company, stays as it was decided.")
        return [*CORRECTION, stands]

    def perform(self, obj: Any, form: forms.BaseForm) -> ListingChange:  # type: ignore[override]
        """The open correction, also a colleague's, or a new one."""
        standing = obj.changes.filter(by_staff=True, state__in=OPEN_CHANGES).first()
        return standing or services.begin_change(product=obj, by=self.request.user, by_staff=True)

    def get_success_url(self) -> str:
        return reverse("catalog:change", args=[self.object.number])


@admin.register(Product)
class ProductAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["number", "name_ko", "supplier", "category", "price_won", "pilot_verdict", "listed_at"]
    list_filter = ["category", "pilot_verdict"]
    list_select_related = ["supplier", "category"]
    search_fields = ["number", "name_ko", "name_en", "supplier__name_ko"]
    ordering = ["-id"]
    fields = [
        *("number", "page", "designation", "supplier", "name_ko", "name_en", "summary", "description"),
        *("category", "item_class", "price_won", "unit", "price_includes_vat", "price_basis", "delivery"),
        *(
            "supplied_in",
            "made_in",
            "manufacturer",
            "collaborators",
            "trl",
            "goals",
            "video_url",
            "begun_with",
        ),
        *("pilot_count", "pilot_verdict", "use_after", "ordinal", "listed_at", "changed_at"),
    ]
    action_views = [EditProduct]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("designation")

    @admin.display(description=_("public page"))
    def page(self, obj: Any) -> str:
        return _link(obj.get_absolute_url(), name_of(obj))

    @admin.display(description=_("delivery time"))
    def delivery(self, obj: Any) -> str:
        if obj.delivery_days is None:
            return EMPTY
        return ngettext("%(n)s day", "%(n)s days", obj.delivery_days) % {"n": obj.delivery_days}

    @admin.display(description=_("regions of supply"))
    def supplied_in(self, obj: Any) -> str:
        return words.regions_shown(obj)

    @admin.display(description=_("country of origin"))
    def made_in(self, obj: Any) -> str:
        return country_name(obj.origin)

    @admin.display(description=_("sustainable development goals"))
    def goals(self, obj: Any) -> str:
        return ", ".join(sdgs.names_of(obj.sdgs, language())) or EMPTY

    @admin.display(description=_("story"))
    def begun_with(self, obj: Any) -> str:
        """The news that opened it, instead of its key."""
        first = Milestone.objects.public().filter(story=obj.story_id).first() if obj.story_id else None
        return _link(localised_url(first.url), lang(first, "text")) if first else EMPTY

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        state, tone = words.designation_state(obj.designation, today())
        return {"state": state, "tone": tone, "number": obj.number, "lead": obj.summary}


def _link(url: str, text: Any) -> str:
    return format_html('<a href="{}">{}</a>', url, text) if url else str(text)


@admin.register(ItemClass)
class ItemClassAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["code", "name_ko", "name_en", "in_use", "changed_on"]
    list_filter = ["in_use"]
    search_fields = ["code", "name_ko", "name_en"]


admin.site.register([ListingRule, ApiRule], RuleAdmin)
