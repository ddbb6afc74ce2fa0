"""One's own page: name, language, addresses, password and second factor."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innomarket.common.views import ServiceFormView

from ..forms import PersonForm
from ..services import person as services


class MeView(LoginRequiredMixin, ServiceFormView):
    template_name = "accounts/me.html"
    form_class = PersonForm
    title = gettext_lazy("My details")
    success_message = gettext_lazy("Saved.")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.request.user.name, "language": self.request.user.language}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        addresses = EmailAddress.objects.filter(user=user)
        return super().get_context_data(
            has_second_factor=Authenticator.objects.filter(
                user=user, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
            ).exists(),
            address_is_confirmed=addresses.filter(email__iexact=user.email, verified=True).exists(),
            **kwargs,
        )

    def perform(self, form: forms.BaseForm) -> Any:
        return services.change_person(person=self.request.user, by=self.request.user, **form.cleaned_data)

    def get_success_url(self) -> str:
        return reverse("accounts:me")

    def crumbs(self) -> list[tuple[Any, str]]:
        return [(_("My workspace"), "/workspace/")]
