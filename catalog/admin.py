"""The catalogue for staff: what is listed, and its correction by one service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.models import ApiRule
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.rules.admin import RuleAdmin

from . import differing, words
from .console import ListingChangeAdmin
from .forms.product import ProductForm
from .models import Category, ItemClass, ListingRule, Product, ProfileAttribute
from .services import product as services
from .services.comparing import stamp
from .services.content import content_of

SEEN = "seen"
__all__ = ["ListingChangeAdmin"]  # registered with the rest


class EditProduct(ActionView):
    name = "edit"
    title = _("Correct the listing")
    permission_required = "accounts.keep_catalogue"
    form_class = ProductForm
    done = _("The listing was changed.")
    template_name = "admin/catalog/product/edit.html"

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The product's page and the API show it at once."),
            _("The designation itself, its number, dates and company, stays as it was decided."),
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.object}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = [name for name in self.form_class.base_fields if name != "reason"]
        kwargs.setdefault("seen", self.request.POST.get(SEEN) or stamp(content_of(self.object), parts))
        return super().get_context_data(**kwargs)

    def perform(self, obj: Any, form: forms.BaseForm) -> Product:  # type: ignore[override]
        seen = self.request.POST.get(SEEN, "")
        return services.edit_product(product=obj, by=self.request.user, seen=seen, **form.cleaned_data)

    def refuse(self, form: forms.BaseForm, refused: Refused) -> HttpResponse:
        """What was changed meanwhile stands beside what was typed; pressing the button again keeps what was typed."""
        if refused.code != "changed_elsewhere":
            return super().refuse(form, refused)
        typed = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        live = content_of(self.object)
        context = {
            "clash": refused.reason,
            "both": differing.lines(live, live | typed),
            "seen": stamp(live, typed),
        }
        return self.render_to_response(self.get_context_data(form=form, **context), status=refused.status)


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


@admin.register(Category)
class CategoryAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["code", "name_ko", "name_en", "order"]


@admin.register(ProfileAttribute)
class ProfileAttributeAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["category", "code", "name_ko", "name_en", "kind", "unit", "required"]
    list_filter = ["category", "kind"]
    list_select_related = ["category"]


@admin.register(ItemClass)
class ItemClassAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["code", "name_ko", "name_en", "in_use", "changed_on"]
    list_filter = ["in_use"]
    search_fields = ["code", "name_ko", "name_en"]


admin.site.register([ListingRule, ApiRule], RuleAdmin)
