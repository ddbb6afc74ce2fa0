"""Base views: how a page calls a service and shows its refusal, how a step is confirmed, how a list is paged.

A view never writes. It calls one service; what the service refuses is shown on the same page, with
everything that was typed still there.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from django.views.generic.base import View

from .refusals import Refusal, Refused

REASON_MAX = 1_000


class ReasonForm(forms.Form):
    """The reason that a risky step asks for; it goes into the audit record."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "It is kept for good in the record of this step and read by auditors: write no names and no contact data."
        ),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PrivateMixin(View):
    """Pages that belong to one person: no cache keeps them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


class RefusalMixin(View):
    """A Refused that nothing nearer caught becomes a page with its reason and its status."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refused as refused:
            return refusal_page(request, refused)


def add_refusal(form: forms.BaseForm, refused: Refused | Refusal) -> None:
    """Say the refusal at the field that it names, or on top of the form."""
    field = refused.field if refused.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(refused.reason), code=refused.code))


def refusal_page(request: HttpRequest, refused: Refused | Refusal) -> HttpResponse:
    """A whole page that says why not: `except Refused as refused: return refusal_page(request, refused)`."""
    return render(request, "errors/refused.html", {"refusal": refused}, status=refused.status)


class ServiceFormView(PrivateMixin, RefusalMixin, FormView):
    """A form whose answer goes to one service.

    Write `perform(form)` and `get_success_url()`. `perform` calls the service and returns what it
    returned (kept as `self.result`). A Refused is shown at its field or on top, with 409 or 403; an
    invalid form is shown with 422. Both keep what was typed.
    """

    template_name = "common/form.html"
    title: Any = ""
    lead: Any = ""
    submit_label: Any = _("Save")
    success_message: Any = ""
    result: Any = None

    def perform(self, form: forms.BaseForm) -> Any:
        raise NotImplementedError

    def call(self, form: forms.BaseForm) -> Any:
        return self.perform(form)

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        try:
            self.result = self.call(form)
        except Refused as refused:
            return self.refuse(form, refused)
        message = self.get_success_message(form)
        if message:
            messages.success(self.request, message)
        return super().form_valid(form)

    def refuse(self, form: forms.BaseForm, refused: Refused) -> HttpResponse:
        """The page again with the refusal at its field or on top, and its status."""
        add_refusal(form, refused)
        return self.render_to_response(self.get_context_data(form=form), status=refused.status)

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_success_message(self, form: forms.BaseForm) -> Any:
        return self.success_message

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        for name in ("title", "lead", "submit_label"):
            context.setdefault(name, getattr(self, name))
        context.setdefault("multipart", context["form"].is_multipart())
        context.setdefault("crumbs", self.crumbs())
        context.setdefault("back_url", self.back_url())
        return context

    def crumbs(self) -> list[tuple[Any, str]]:
        """(text, url) above this page, without Home and without the page itself."""
        return []

    def back_url(self) -> str:
        return ""


class ConfirmView(ServiceFormView):
    """The page before a step that cannot be taken back: what it does, the reason, one button.

    Write `effects()` (lines: what, to whom, how many), `perform(form)`, `get_success_url()`.
    Set `form_class = forms.Form` where no reason is asked.
    """

    template_name = "common/confirm.html"
    form_class: Any = ReasonForm
    submit_label = _("Confirm")
    danger = False

    def effects(self) -> list[Any]:
        return []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context.setdefault("effects", self.effects())
        context.setdefault("danger", self.danger)
        return context
