"""The catalogue for staff: what is listed, and where its correction begins."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.models import ApiRule
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.rules.admin import RuleAdmin

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
    action_views = [EditProduct]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("designation")

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        state, tone = words.designation_state(obj.designation, today())
        return {"state": state, "tone": tone, "number": obj.number, "lead": obj.summary}


@admin.register(ItemClass)
class ItemClassAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["code", "name_ko", "name_en", "in_use", "changed_on"]
    list_filter = ["in_use"]
    search_fields = ["code", "name_ko", "name_en"]


admin.site.register([ListingRule, ApiRule], RuleAdmin)
