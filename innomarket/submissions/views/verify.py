"""The public address that answers whether a receipt number and a SHA-256 belong together."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from innomarket.common import formats
from innomarket.common.views import PrivateMixin

from .. import verification

A_MINUTE = 60
"""How many questions one address may ask in a minute; our default."""


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=gettext_lazy("Receipt number"),
        max_length=60,
        help_text=gettext_lazy("For example R26PR00000012-00, with or without the last two figures."),
    )
    sha256 = forms.CharField(
        label="SHA-256",
        max_length=200,
        help_text=gettext_lazy("Of the whole or of one file: 64 figures and letters a to f."),
    )

    def clean_number(self) -> str:
        number = verification.clean_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(_("This is no receipt number. Copy it from the receipt."))
        return number

    def clean_sha256(self) -> str:
        sha256 = verification.clean_sha256(self.cleaned_data["sha256"])
        if sha256 is None:
            raise forms.ValidationError(_("A SHA-256 has 64 figures and letters a to f."))
        return sha256


class VerifyView(PrivateMixin, TemplateView):
    """Asked by address, so that a QR code can ask; how often one address may ask, is limited."""

    template_name = "submissions/verify.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = "number" in request.GET or "sha256" in request.GET
        if not asked:
            return self.render_to_response(self.get_context_data(form=VerifyForm()))
        form = VerifyForm(request.GET)
        if _asks_too_often(request):
            return self.render_to_response(self.get_context_data(form=form, too_many=True), status=429)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        found = verification.matches(form.cleaned_data["number"], form.cleaned_data["sha256"])
        language = "en" if (get_language() or "ko").startswith("en") else "ko"
        rows = [vars(match) | {"received": formats.kst_exact(match.received_at, language)} for match in found]
        return self.render_to_response(self.get_context_data(form=form, answered=True, matches=rows))


def _asks_too_often(request: HttpRequest) -> bool:
    place = f"verify:{get_adapter().get_client_ip(request)}"
    if cache.add(place, 1, timeout=60):
        return False
    try:
        return cache.incr(place) > A_MINUTE
    except ValueError:  # it ran out just now
        return False
