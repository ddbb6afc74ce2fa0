"""The notices for everybody, and one's own data: what is kept, taking it along, consents, erasure."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from django.views.generic.base import View

from innomarket.common import personal
from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.common.shown import days
from innomarket.common.views import ConfirmView, PrivateMixin, RefusalMixin, ServiceFormView

from . import permissions, reads
from .forms import ConsentForm
from .models import Erasure, Export, PrivacyRule, RetentionRule
from .services import consent, erasure, export


class NoticesView(TemplateView):
    """Every notice in force, the periods, the former versions, and how to use one's rights."""

    template_name = "privacy/notices.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rules = {rule.noun: rule for rule in RetentionRule.objects.filter(valid__contains=today())}  # type: ignore[attr-defined]
        periods = [
            {"title": part.title, "rule": rules[part.noun]}
            for part in personal.kept.values()
            if part.noun in rules
        ]
        notices = reads.notices()
        return super().get_context_data(
            notices=[{"notice": n, "from": days(n.valid)} for n in notices],
            former=[{"notice": n, "from": days(n.valid)} for n in reads.former_notices()],
            periods=periods,
            rule=PrivacyRule.objects.filter(valid__contains=today()).first(),
            **kwargs,
        )


class Own(LoginRequiredMixin, PrivateMixin, RefusalMixin, View):
    """Pages about oneself."""

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My details"), reverse("accounts:me")), (_("My data"), reverse("privacy:mine"))]

    def back_url(self) -> str:
        return reverse("privacy:mine")


class Again(Own):
    """What takes everything along or ends the account: password or second factor are asked again."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        return reauthentication_required(super().dispatch)(request, *args, **kwargs)


class MineView(Own, TemplateView):
    template_name = "privacy/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            crumbs=[(_("My details"), reverse("accounts:me"))],
            parts=[part.title for part in personal.shares.values()],
            exports=Export.objects.filter(person=user)[:3],
            erasure=Erasure.objects.waiting().filter(person=user).first(),
            duty=permissions.open_duty(user),
            consents=reads.consents_of(user),
            **kwargs,
        )


class ExportView(Again, ConfirmView):
    title = gettext_lazy("Take my data along")
    form_class = forms.Form
    submit_label = gettext_lazy("Put my data together")
    success_message = gettext_lazy("Your data are being put together. You get a message when they are ready.")

    def effects(self) -> list[Any]:
        return [
            _("Everything that is kept about you is put into one ZIP file, in Korean and in English"),
            _("Only you can download it, here"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return export.ask_export(person=self.request.user, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("privacy:mine")


class DownloadView(Again):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        row = get_object_or_404(Export, pk=pk, person=request.user)
        return export.send(export=row, by=request.user)


class ConsentView(Own, ServiceFormView):
    template_name = "privacy/consent.html"
    title = gettext_lazy("My consents")
    lead = gettext_lazy(
        "Nothing here is needed to submit or to receive results. You can change it at any time."
    )
    form_class = ConsentForm
    success_message = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "rows": self.rows}

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        return reads.consents_of(self.request.user)

    def perform(self, form: forms.BaseForm) -> Any:
        for row in self.rows:
            chosen = form.cleaned_data.get(f"notice_{row['notice'].pk}")
            if chosen:
                consent.answer(
                    person=self.request.user,
                    by=self.request.user,
                    notice=row["notice"],
                    given=chosen == "yes",
                )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(rows=self.rows, **kwargs)

    def get_success_url(self) -> str:
        return reverse("privacy:mine")


class EraseView(Again, ConfirmView):
    title = gettext_lazy("Erase my account")
    form_class = forms.Form
    submit_label = gettext_lazy("Erase my account")
    danger = True
    success_message = gettext_lazy("The erasure has been asked for.")

    def effects(self) -> list[Any]:
        duty = permissions.open_duty(self.request.user)
        if duty is not None:
            return [duty.reason]
        wait = PrivacyRule.objects.at().waiting_days
        return [
            _("Nothing happens for %(days)s days: until then you can take it back") % {"days": wait},
            _("Then your name, addresses, password, second factor and messages are deleted for good"),
            _("What must be kept – submissions, sheets, votes, the record – names you by a code only"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return erasure.ask_erasure(person=self.request.user, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("privacy:mine")


class TakeBackView(Own, ConfirmView):
    title = gettext_lazy("Keep my account")
    form_class = forms.Form
    submit_label = gettext_lazy("Keep my account")
    success_message = gettext_lazy("Your account stays.")

    def effects(self) -> list[Any]:
        return [_("The erasure is taken back and nothing is deleted")]

    def perform(self, form: forms.BaseForm) -> Any:
        row = Erasure.objects.waiting().filter(person=self.request.user).first()
        if row is None:
            raise Refused("nothing_waits", _("No erasure waits."))
        return erasure.take_back(erasure=row, by=self.request.user)

    def get_success_url(self) -> str:
        return reverse("privacy:mine")
