"""Who asks (anybody, or a token), and how often is answered, by the dated rule; told in headers on every answer."""

import time
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from innomarket.accounts.models import ApiRule, ApiToken, Scope
from innomarket.accounts.services.api_token import token_shown

from .trip import trip

MINUTE, HOUR = 60, 3600
RULE_KEPT = 30.0
"""Seconds for which a process keeps the rule: a new one is valid from tomorrow at the earliest."""


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer imk_…`. The log holds the token's key, never the token."""

    def authenticate(self, request: Request) -> tuple[None, ApiToken] | None:
        given = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _space, text = given.partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_shown(text.strip())
        if token is None:
            # Guesses are counted as what they are: requests of somebody unknown.
            wait = count(request._request, Scope.READ, _from(request._request), known=False)
            if wait is not None:
                raise exceptions.Throttled(wait)
            raise exceptions.AuthenticationFailed(_("This token is not valid: unknown, expired or revoked."))
        structlog.contextvars.bind_contextvars(api_token=token.pk)
        return None, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class BearerTokenScheme(OpenApiAuthenticationExtension):
    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of an organisation: made on its page by its owners. Optional; it raises limits.",
        }


class Limit(BaseThrottle):
    """Counts in windows of a minute, or of an hour for whole files (`limit = "files"` at the view).

    Where the counter is away everybody is answered: what is read here is public.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.method == "OPTIONS":
            return True  # a browser's preflight: it shows no token, and costs nothing
        scope = Scope(getattr(view, "limit", Scope.READ))
        token = request.auth
        if not isinstance(token, ApiToken):
            self.left = count(request._request, scope, _from(request._request), known=False)
        elif scope in token.scopes:
            self.left = count(request._request, scope, f"token:{token.pk}", known=True)
        else:
            raise exceptions.PermissionDenied(_("This token is not for this: make one that is."))
        return self.left is None

    def wait(self) -> float | None:
        return self.left


def count(request: HttpRequest, scope: Scope, who: str, *, known: bool) -> int | None:
    """Count a request; the seconds to wait where it is one too many. Notes its headers and its trip to the cache."""
    most, window = _most(scope, known)
    now = time.time()
    left = int(window - now % window) + 1
    asked = request.trip = trip(f"api:{scope}:{who}:{int(now // window)}", window)  # type: ignore[attr-defined]
    request.limit_headers = {  # type: ignore[attr-defined]
        "RateLimit-Limit": str(most),
        "RateLimit-Remaining": str(max(most - asked.used, 0)),
        "RateLimit-Reset": str(left),
        "RateLimit-Policy": f"{most};w={window}",
    }
    return left if asked.used > most else None


def _from(request: HttpRequest) -> str:
    return f"from:{get_adapter().get_client_ip(request)}"


def _most(scope: Scope, known: bool) -> tuple[int, int]:
    rule = current_rule()
    if scope == Scope.FILES:
        return (rule.token_files_per_hour if known else rule.anonymous_files_per_hour), HOUR
    return (rule.token_per_minute if known else rule.anonymous_per_minute), MINUTE


_kept: tuple[float, ApiRule] | None = None


def current_rule() -> ApiRule:
    """The rule of today, asked once in a while."""
    global _kept
    if _kept is None or _kept[0] < time.monotonic():
        _kept = time.monotonic() + RULE_KEPT, ApiRule.objects.at()
    return _kept[1]
