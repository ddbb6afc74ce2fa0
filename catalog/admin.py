"""The catalogue for staff: what is listed, and its correction by one service."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innomarket.accounts.models import ApiRule
from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.rules.admin import RuleAdmin

from . import words
from .console import ListingChangeAdmin
from .forms.product import ProductForm
from .models import Category, ItemClass, ListingRule, Product, ProfileAttribute
from .services import product as services

__all__ = ["ListingChangeAdmin"]  # registered with the rest


class EditProduct(ActionView):
    name = "edit"
    title = _("Correct the listing")
    permission_required = "accounts.keep_catalogue"
    form_class = ProductForm
    done = _("The listing was changed.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("The product's page and the API show it at once."),
            _("The designation itself, its number, dates and company, stays as it was decided."),
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.object}

    def perform(self, obj: Any, form: forms.BaseForm) -> Product:  # type: ignore[override]
        return services.edit_product(product=obj, by=self.request.user, **form.cleaned_data)


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
