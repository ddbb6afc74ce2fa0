"""Staff consoles on django.contrib.admin: objects are read there, and changed only through action views.

A `ServiceAdmin` shows what exists (`visible_to`) and cannot add, change or delete. An `ActionView` is one
step: a page that says what it will do, to whom, how many; a form with a reason; one service call; the
refusal on the form. Writing one takes a few lines::

    class StartRound(ActionView):
        name = "start"
        title = _("Start the round")
        permission_required = "evaluation.run_rounds"

        def available(self, obj):
            return permissions.may_start(self.request.user, obj)     # None or a Refusal with the reason

        def effects(self, obj):
            return [_("%(n)s evaluators are told by mail") % {"n": obj.panel.count()}]

        def perform(self, obj, form):
            services.start(actor=self.request.user, round=obj, reason=form.cleaned_data["reason"])

    @admin.register(Round)
    class RoundAdmin(ServiceAdmin):
        action_views = [StartRound]
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .refusals import Refusal
from .shown import EMPTY, column
from .views import ReasonForm, ServiceFormView


class ActionView(ServiceFormView):
    """One step of staff. GET shows it, POST does it through one service, then back with a message.

    `object_less = True` for a step without an object ("announce a call"): its address is
    admin/<app>/<model>/<name>/ instead of admin/<app>/<model>/<pk>/<name>/, and obj is None.
    """

    name: str
    title: Any
    form_class: Any = ReasonForm
    permission_required: str = ""
    object_less = False
    danger = False
    button: Any = ""
    done: Any = _("Done.")
    template_name = "admin/action_view.html"
    model_admin: Any = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_permission(request):
            raise PermissionDenied
        if not self.object_less:
            self.object = self.model_admin.get_visible(request, unquote(kwargs["pk"]))
        return super().dispatch(request, *args, **kwargs)

    # ── what a subclass says ──

    def effects(self, obj: Any) -> list[Any]:
        """What this will do, to whom, how many: one line each."""
        return []

    def perform(self, obj: Any, form: forms.BaseForm) -> Any:  # type: ignore[override]
        """Call one service. What it returns is kept as self.result; Refused goes to the form."""
        raise NotImplementedError

    def available(self, obj: Any) -> Refusal | None:
        """None, or why this step is not possible now (the console lists it with the reason)."""
        return None

    def facts(self, obj: Any) -> list[tuple[Any, Any]]:
        """(label, value) shown above the form."""
        return []

    def get_success_url(self) -> str:
        """The change page of the object (or of the result of an object-less step), else the list."""
        obj = self.object if self.object is not None else self.result
        return self.model_admin.page_of(obj if isinstance(obj, self.model_admin.model) else None)

    # ── how it is asked ──

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        if self.permission_required:
            return user.is_active and user.is_staff and user.has_perm(self.permission_required)
        return self.model_admin.has_view_permission(request)

    def address(self) -> str:
        args = [] if self.object_less else [quote(self.object.pk)]
        return reverse(
            self.model_admin.action_url_name(self), args=args, current_app=self.model_admin.admin_site.name
        )

    def call(self, form: forms.BaseForm) -> Any:
        return self.perform(self.object, form)

    def get_success_message(self, form: forms.BaseForm) -> Any:
        return self.done

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        meta = self.model_admin.model._meta
        context.update(self.model_admin.admin_site.each_context(self.request))
        refusal = self.available(self.object)
        context.update(
            title=self.title,
            opts=meta,
            object=self.object,
            effects=self.effects(self.object),
            facts=self.facts(self.object),
            refusal=refusal,
            danger=self.danger,
            button=self.button or self.title,
            list_url=self.model_admin.page_of(None),
            object_url=self.model_admin.page_of(self.object),
            heading=self.model_admin.heading_of(self.object) if self.object is not None else "",
        )
        return context


class ServiceAdmin(admin.ModelAdmin):
    """Read-only admin of a model whose every write is a service.

    `permission_required`: the staff permission that opens it (else Django's view permission).
    `empty_text`: what an empty list means, and what to do about it.
    `action_views`: the steps; those possible now stand on the object's page, the others with their reason.
    """

    action_views: Sequence[type[ActionView]] = ()
    permission_required: str = ""
    empty_text: Any = ""
    show_full_result_count = False
    empty_value_display = EMPTY
    list_per_page = 50
    actions = None

    @property
    def change_form_template(self) -> Any:  # type: ignore[override]
        meta = self.opts
        return [f"admin/{meta.app_label}/{meta.model_name}/change_form.html", "admin/console.html"]

    # ── reading ──

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        visible_to = getattr(queryset, "visible_to", None)
        return visible_to(request.user) if visible_to else queryset

    def get_visible(self, request: HttpRequest, pk: str) -> Model:
        try:
            return self.get_queryset(request).get(pk=pk)
        except (self.model.DoesNotExist, ValidationError, ValueError):
            raise Http404 from None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if self.permission_required:
            return request.user.has_perm(self.permission_required)
        return super().has_view_permission(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        if self.permission_required:
            return request.user.has_perm(self.permission_required)
        return super().has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # ── showing: words, names and days instead of what the database keeps ──

    def heading_of(self, obj: Any) -> str:
        """What a person calls the object: in the breadcrumb, above its steps and on its page."""
        return str(obj)

    def _column(self, request: HttpRequest, name: Any, *, linked: bool) -> Any:
        if not isinstance(name, str) or hasattr(self, name):
            return name
        # Django looks a column up again by what it was given: the same one for a whole request.
        kept: dict[Any, Any] = request.__dict__.setdefault("_admin_columns", {})
        key = (self.opts.label, name, linked)
        if key not in kept:
            kept[key] = column(self.model, name, self._link_for(request) if linked else None)
        return kept[key]

    def _link_for(self, request: HttpRequest) -> Callable[[Any], str]:
        """The page of a related object, for those who may open it: no link leads to a refusal."""

        def link(obj: Any) -> str:
            known = self.admin_site._registry.get(type(obj))
            if known is None or not known.has_view_permission(request, obj):
                return ""
            address = f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change"
            return reverse(address, args=[quote(obj.pk)], current_app=self.admin_site.name)

        return link

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [self._column(request, name, linked=False) for name in super().get_list_display(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [self._column(request, name, linked=True) for name in super().get_fields(request, obj)]

    # ── steps ──

    def get_urls(self) -> list[URLPattern]:
        own = []
        for view in self.action_views:
            route = f"{view.name}/" if view.object_less else f"<path:pk>/{view.name}/"
            handler = self.admin_site.admin_view(view.as_view(model_admin=self))
            own.append(path(route, handler, name=self.action_url_name(view).partition(":")[2]))
        return own + super().get_urls()

    def action_url_name(self, view: type[ActionView] | ActionView) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{view.name}"

    def page_of(self, obj: Any) -> str:
        """The change page of an object, or the list for None."""
        base = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        return (
            reverse(f"{base}_change", args=[quote(obj.pk)])
            if obj is not None
            else reverse(f"{base}_changelist")
        )

    def actions_for(
        self, request: HttpRequest, obj: Any
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """(what can be done now, what not yet and why), of the steps this person may take at all."""
        permits: list[dict[str, Any]] = []
        locked: list[dict[str, Any]] = []
        for view in self.action_views:
            step = view(model_admin=self)
            if step.object_less is not (obj is None):
                continue
            step.setup(request)
            step.object = obj
            if not step.has_permission(request):
                continue
            refusal = step.available(obj)
            if refusal is not None:
                locked.append({"text": step.title, "note": refusal.reason})
                continue
            permits.append(
                {
                    "title": step.title,
                    "effects": step.effects(obj),
                    "url": step.address(),
                    "label": step.button or step.title,
                    "danger": step.danger,
                }
            )
        return permits, locked

    def console_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """More for the page: state, tone, number, waiting, waiting_until, seen_by, stats, lead, log."""
        return {}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        extra: dict[str, Any] = {}
        if obj is not None and self.has_view_permission(request, obj):
            permits, locked = self.actions_for(request, obj)
            extra = {
                "permits": permits,
                "locked": locked,
                "heading": self.heading_of(obj),
                **self.console_context(request, obj),
            }
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        permits, _locked = self.actions_for(request, None)
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(
            request,
            {"permits": permits, "title": title, "empty_text": self.empty_text, **(extra_context or {})},
        )
