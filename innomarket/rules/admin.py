"""The console of every dated rule: what holds from when, what is our default, and the two steps."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.admin import ActionView, ServiceAdmin
from innomarket.common.clock import today
from innomarket.common.dated import DatedRule
from innomarket.common.refusals import Refusal
from innomarket.common.shown import days

from . import services
from .forms import form_for


class EnterRule(ActionView):
    name = "enter"
    title = gettext_lazy("Enter a new rule")
    object_less = True
    done = gettext_lazy("The new rule is entered. Until its first day the present one holds.")

    def get_form_class(self) -> Any:
        return form_for(self.model_admin.model)

    def get_form_kwargs(self) -> dict[str, Any]:
        model = self.model_admin.model
        asked = {name: self.request.GET.get(name, "") for name in model.key}
        standing = model.objects.filter(valid__contains=today(), **asked).first()
        kept = {name: getattr(standing, name) for name in services.value_fields(model)} if standing else {}
        return {**super().get_form_kwargs(), "instance": model(**kept)}

    def effects(self, obj: Any) -> list[Any]:
        return [
            _(
                "From its first day on, new decisions follow this rule. What is under way keeps what was announced."
            ),
            _(
                "The rule that holds on that day ends there. Both stay in the list, with who entered them and why."
            ),
        ]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        return services.enter_rule(
            rule=form.instance,
            by=self.request.user,
            begins=form.cleaned_data["begins"],
            reason=form.cleaned_data["reason"],
        )


class TakeBackRule(ActionView):
    name = "take_back"
    title = gettext_lazy("Take the rule back")
    danger = True
    done = gettext_lazy("The rule is taken back. The one before it holds on.")

    def available(self, obj: Any) -> Refusal | None:
        return services.has_begun(obj)

    def effects(self, obj: Any) -> list[Any]:
        return [_("This rule never comes into force, and the one before it holds on.")]

    def perform(self, obj: Any, form: Any) -> Any:  # type: ignore[override]
        services.take_back_rule(rule=obj, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self) -> str:
        return self.model_admin.page_of(None)


class RuleAdmin(ServiceAdmin):
    """Columns, permission and form come from the rule's fields; ``columns`` shows some of them otherwise."""

    action_views = [EnterRule, TakeBackRule]
    empty_text = gettext_lazy("No rule has been entered. Run load_rules to load those that are shipped.")
    ordering = ["-valid"]
    model: type[DatedRule]

    columns: list[Any] = []

    def __init__(self, model: type[DatedRule], admin_site: Any) -> None:
        self.permission_required = f"accounts.{model.kept_by}"
        every: list[Any] = ["valid", *services.value_fields(model), "is_default", "source_in_words"]
        self.fields, self.list_display = every, self.columns or every
        super().__init__(model, admin_site)

    def heading_of(self, obj: Any) -> str:
        return days(obj.valid)
