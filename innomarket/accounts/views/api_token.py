"""An organisation's tokens for the API: made by its owners, seen and revoked by them and by staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from innomarket.common.clock import now
from innomarket.common.refusals import ask
from innomarket.common.views import ConfirmView

from .. import permissions
from ..forms import TokenForm
from ..models import ApiToken
from ..services import api_token as services
from .membership import OfOrganisation

TONES = {"valid": "success", "expired": "neutral", "revoked": "neutral"}
WORDS = {
    "valid": pgettext_lazy("a token", "valid"),
    "expired": gettext_lazy("expired"),
    "revoked": gettext_lazy("revoked"),
}


class _OfTokens(OfOrganisation):
    """Who may not see the page gets no answer to what they sent."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_revoke_tokens(request.user, self.organisation))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ask(permissions.may_revoke_tokens(request.user, self.organisation))
        return super().post(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return reverse("accounts:tokens", args=[self.organisation.pk])


class TokensView(_OfTokens):
    """The list, and the form for a further one; its text is on the answer alone."""

    template_name = "accounts/tokens.html"
    form_class = TokenForm
    title = gettext_lazy("Tokens for the API")
    submit_label = gettext_lazy("Make a token")

    def perform(self, form: forms.BaseForm) -> Any:
        return services.make_token(
            organisation=self.organisation,
            by=self.request.user,
            label=form.cleaned_data["label"],
            scopes=form.cleaned_data["scopes"],
            days=int(form.cleaned_data["days"]),
        )

    def form_valid(self, form: forms.BaseForm) -> HttpResponse:
        answer = super().form_valid(form)
        if self.result is None:
            return answer  # the refusal on the form
        token, text = self.result
        return render(
            self.request,
            "accounts/token_made.html",
            {"organisation": self.organisation, "token": token, "text": text, "scopes": _scopes(token)},
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        at = now()
        rows = [
            {
                "token": token,
                "state": WORDS[token.state_at(at)],
                "tone": TONES[token.state_at(at)],
                "valid": token.state_at(at) == "valid",
                "scopes": _scopes(token),
            }
            for token in ApiToken.objects.filter(organisation=self.organisation).select_related("made_by")
        ]
        return super().get_context_data(
            organisation=self.organisation,
            tokens=rows,
            why_not=permissions.may_make_tokens(self.request.user, self.organisation),
            **kwargs,
        )


class RevokeTokenView(_OfTokens, ConfirmView):
    form_class = forms.Form
    danger = True
    submit_label = gettext_lazy("Revoke the token")
    success_message = gettext_lazy("The token was revoked.")

    @property
    def token(self) -> ApiToken:
        return get_object_or_404(ApiToken, pk=self.kwargs["token"], organisation=self.organisation)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Token %(prefix)s…") % {"prefix": self.token.prefix}, **kwargs
        )

    def effects(self) -> list[Any]:
        return [
            _("Programs that use it are refused at once"),
            _("It cannot be made valid again; make a new one instead"),
        ]

    def perform(self, form: forms.BaseForm) -> Any:
        return services.revoke_token(token=self.token, by=self.request.user)


def _scopes(token: ApiToken) -> list[str]:
    labels = dict(ApiToken._meta.get_field("scopes").base_field.choices)
    return [str(labels[scope]) for scope in token.scopes]
