"""The staff consoles of categories and of the values that their profiles ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.refusals import Refusal

from .forms import category as category_forms
from .models import Category, ProfileAttribute, Specification
from .services import category as services


class _Step(ActionView):
    permission_required = "accounts.keep_catalogue"


def _read_by(category: Category) -> str:
    n = services.products_of(category).count()
    text = ngettext(
        "%(n)s product is shown, found and given as data with it",
        "%(n)s products are shown, found and given as data with it",
        n,
    )
    return text % {"n": n}


class AddCategory(_Step):
    name = "add-category"
    title = _("Add a category")
    object_less = True
    form_class = category_forms.CategoryForm
    done = _("The category can be chosen now.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("Suppliers and staff can choose it for a product at once, and everybody can filter by it"),
            _("It is never deleted: products carry it"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> Category:  # type: ignore[override]
        return services.add_category(by=self.request.user, **form.cleaned_data)


class ChangeCategory(_Step):
    name = "change-category"
    title = _("Change the category")
    form_class = category_forms.ChangeCategoryForm
    done = _("The category is changed.")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.object, name) for name in ("name_ko", "name_en", "order")}

    def effects(self, obj: Category) -> list[Any]:
        return [_read_by(obj), _("Its code stays: addresses and data name it")]

    def perform(self, obj: Category, form: forms.BaseForm) -> Category:  # type: ignore[override]
        return services.change_category(category=obj, by=self.request.user, **form.cleaned_data)


class AddAttribute(_Step):
    name = "add-value"
    title = _("Add a value to a profile")
    object_less = True
    form_class = category_forms.AttributeForm
    done = _("The value is asked for now.")

    def effects(self, obj: Any) -> list[Any]:
        return [
            _("Who writes a model of this category is asked for it; products are compared by it"),
            _("A large category's value is asked for in its middle categories too"),
            _("What is listed stays as it is"),
        ]

    def perform(self, obj: Any, form: forms.BaseForm) -> ProfileAttribute:  # type: ignore[override]
        return services.add_attribute(by=self.request.user, **form.cleaned_data)


class ChangeAttribute(_Step):
    name = "change-value"
    title = _("Change the value")
    form_class = category_forms.ChangeAttributeForm
    done = _("The value is changed.")

    def get_initial(self) -> dict[str, Any]:
        names = ("name_ko", "name_en", "required", "order")
        return {name: getattr(self.object, name) for name in names} | {
            "choices": category_forms.lines_of(self.object)
        }

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        if self.object.kind != ProfileAttribute.Kind.CHOICE:
            del form.fields["choices"]
        return form

    def effects(self, obj: ProfileAttribute) -> list[Any]:
        return [_read_by(obj.category), _("Its code, kind and unit stay: what products say stands in them")]

    def perform(self, obj: ProfileAttribute, form: forms.BaseForm) -> ProfileAttribute:  # type: ignore[override]
        return services.change_attribute(attribute=obj, by=self.request.user, **form.cleaned_data)


class RemoveAttribute(_Step):
    name = "remove-value"
    title = _("Take the value out of the profile")
    form_class = forms.Form
    danger = True
    done = _("The value is no longer asked for.")

    def available(self, obj: ProfileAttribute) -> Refusal | None:
        if obj is not None and Specification.objects.filter(attribute=obj).exists():
            return Refusal("in_use", _("Products say it, so it stays."))
        return None

    def effects(self, obj: ProfileAttribute) -> list[Any]:
        return [_("Nobody is asked for it any more; no product says it")]

    def perform(self, obj: ProfileAttribute, form: forms.BaseForm) -> None:  # type: ignore[override]
        services.remove_attribute(attribute=obj, by=self.request.user)

    def get_success_url(self) -> str:
        return self.model_admin.page_of(None)


@admin.register(Category)
class CategoryAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    list_display = ["code", "parent", "name_ko", "name_en", "order"]
    list_select_related = ["parent"]
    # Each large one before its middle ones.
    ordering = [
        Coalesce("parent__order", "order"),
        Coalesce("parent", "pk"),
        F("parent").asc(nulls_first=True),
        "order",
    ]
    action_views = [AddCategory, ChangeCategory]


@admin.register(ProfileAttribute)
class ProfileAttributeAdmin(ServiceAdmin):
    permission_required = "accounts.keep_catalogue"
    empty_text = _("No profile asks for a value yet. Add the first one.")
    list_display = ["category", "code", "name_ko", "name_en", "kind", "unit", "required"]
    list_filter = ["category", "kind"]
    list_select_related = ["category"]
    action_views = [AddAttribute, ChangeAttribute, RemoveAttribute]

    def heading_of(self, obj: Any) -> str:
        return f"{category_forms.named(obj.category)}: {obj.name_ko}"
