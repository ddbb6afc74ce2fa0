"""Staff work with a second factor. allauth offers one and enforces none, so this does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

# Where staff come to their factor, and what shows nobody anything: sign-in, language, health, the public API.
OPEN = {"accounts", "i18n", "display", "healthz", "readyz", "api"}
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorMiddleware:
    """On every page (in every language) staff must have used their second factor in this session.

    Who has none is led to set one up; who has one but did not use it now (it was set up in another
    session) is asked for a code. Not under /admin/ alone: the permissions of staff open proposals and
    meetings elsewhere too. Nobody else is touched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_staff and not is_open(request.path_info):
            led = self.lead(request)
            if led is not None:
                led["Cache-Control"] = "private, no-store"
                return led
        return self.get_response(request)

    def lead(self, request: HttpRequest) -> HttpResponse | None:
        # Recovery codes replace a lost authenticator at sign-in; alone they are no second factor.
        factors = dict(Authenticator.objects.filter(user=request.user).values_list("pk", "type"))
        if not set(factors.values()) & set(FACTORS):
            messages.warning(
                request, _("Staff accounts need a second factor. Set it up now; it takes a minute.")
            )
            return _to("mfa_activate_totp", request)
        if not was_used(request, set(factors)):
            return _to("mfa_reauthenticate", request)
        return None


def is_open(path: str) -> bool:
    """Whether an address asks nobody for a factor: what lies under one of ``OPEN``, in every language."""
    parts = [part.lower() for part in path.split("/") if part]
    if parts and parts[0] in dict(settings.LANGUAGES):
        parts = parts[1:]
    return bool(parts) and parts[0] in OPEN


def was_used(request: HttpRequest, authenticators: set[int]) -> bool:
    """Whether one of these authenticators (by key) was used in this session, as allauth recorded it."""
    return any(
        record.get("method") == "mfa" and record.get("id") in authenticators
        for record in get_authentication_records(request, request.user)
    )


def _to(name: str, request: HttpRequest) -> HttpResponseRedirect:
    # What was posted without the factor is not done: the way back is a page, never a repeated POST.
    back = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("admin:index")
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': back})}")


def note_first_use(*, request: HttpRequest, user: Any, authenticator: Authenticator, **_signal: Any) -> None:
    """Setting up asks for a code: that is the factor's first use in this session (allauth's signal)."""
    if authenticator.type in FACTORS and request.user.is_authenticated and request.user.pk == user.pk:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
