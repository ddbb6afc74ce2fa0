"""The ground of the REST API: errors as problem details (RFC 9457), the reader's language.

An error is one JSON object of the type application/problem+json::

    {"type": "about:blank", "title": "Bad Request", "status": 400, "detail": "…", "code": "invalid",
     "errors": [{"parameter": "price_min", "detail": "Enter a number.", "code": "invalid"}]}
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from .refusals import Refused

log = structlog.get_logger(__name__)

PROBLEM = "application/problem+json"


# ── errors ──


def problem_details(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every error, ours and unforeseen ones, as problem details."""
    set_rollback()
    headers: dict[str, str] = dict(getattr(exc, "headers", {}))
    if isinstance(exc, Refused):
        body = _problem(exc.status, str(exc.reason), exc.code)
        if exc.field:
            body["errors"] = [{"parameter": exc.field, "detail": str(exc.reason), "code": exc.code}]
        return Response(body, status=exc.status, content_type=PROBLEM)
    known = _known(exc)
    if known is None:
        return _unforeseen(exc, context)
    if known.status_code == 401 or getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = known.auth_header  # type: ignore[attr-defined]
    if getattr(known, "wait", None):
        headers["Retry-After"] = str(int(known.wait))  # type: ignore[attr-defined]
    return Response(_body(known), status=known.status_code, headers=headers, content_type=PROBLEM)


def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """What stands behind no address of the API: 404 as JSON, also for programs that ask for HTML."""
    language = language_of(request)
    with translation.override(language):
        body = _problem(
            404, _("There is no such address in this API. Addresses end with a slash."), "not_found"
        )
    headers = {
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Access-Control-Allow-Origin": "*",  # a page elsewhere reads what is wrong
    }
    return JsonResponse(
        body, status=404, content_type=PROBLEM, headers=headers, json_dumps_params={"ensure_ascii": False}
    )


def _known(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, Http404):
        return exceptions.NotFound(_("There is nothing at this address."))
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    return exc if isinstance(exc, exceptions.APIException) else None


def _body(exc: exceptions.APIException) -> dict[str, Any]:
    detail = exc.detail
    if isinstance(exc, exceptions.ValidationError):
        body = _problem(exc.status_code, _("Some values cannot be used."), "invalid")
        body["errors"] = list(_errors(detail))
        return body
    return _problem(exc.status_code, str(detail), getattr(detail, "code", exc.default_code))


def _errors(detail: Any, name: str = "") -> Any:
    """Each message with the parameter that it is about, however deep it stands."""
    if isinstance(detail, dict):
        for key, below in detail.items():
            yield from _errors(below, f"{name}.{key}" if name else str(key))
    elif isinstance(detail, list):
        for below in detail:
            yield from _errors(below, name)
    else:
        yield {"parameter": name, "detail": str(detail), "code": getattr(detail, "code", "invalid")}


def _problem(status: int, detail: str, code: str) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}


def _unforeseen(exc: Exception, context: dict[str, Any]) -> Response:
    """Logged with its traceback, told without it. Tests and monitoring hear of it as of any error page."""
    request = context.get("request")
    log.error("api error", exc_info=exc)
    got_request_exception.send(sender=None, request=getattr(request, "_request", request))
    body = _problem(500, _("Something went wrong here. We have been told; try again later."), "error")
    return Response(body, status=500, content_type=PROBLEM)


class ProblemErrorSerializer(serializers.Serializer):
    """One wrong parameter."""

    parameter = serializers.CharField()
    detail = serializers.CharField()
    code = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """How an error is told (RFC 9457); for the schema."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = ProblemErrorSerializer(many=True, required=False)  # type: ignore[assignment]


# What each error may say: its code, the exception's own words or ours, and the parameter where one is wrong.
TOLD: dict[int, tuple[str, Any]] = {
    400: ("invalid", gettext_noop("Some values cannot be used.")),
    401: ("authentication_failed", gettext_noop("This token is not valid: unknown, expired or revoked.")),
    403: ("permission_denied", gettext_noop("This token is not for this: make one that is.")),
    404: ("not_found", gettext_noop("There is nothing at this address.")),
    406: ("not_acceptable", exceptions.NotAcceptable.default_detail),
    410: ("gone", gettext_noop("This product is no longer public.")),
    416: ("no_such_part", gettext_noop("The file ends before this range begins.")),
    429: ("throttled", exceptions.Throttled.default_detail),
}


class ProblemExample(OpenApiExample):
    """An error in one language; its words are looked up when the description is made."""

    def __init__(self, status: int, name: str, language: str) -> None:
        self.status, self.language = status, language
        super().__init__(name, response_only=True)

    @property
    def value(self) -> dict[str, Any]:
        code, detail = TOLD[self.status]
        with translation.override(self.language):
            body = _problem(self.status, _(str(detail)), code)
            if self.status == 400:
                text = _("Ask for 1 to %(most)s.") % {"most": 100}
                body["errors"] = [{"parameter": "page_size", "detail": text, "code": "invalid"}]
        return body

    @value.setter
    def value(self, value: Any) -> None:
        """Made anew each time it is asked for."""


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """For extend_schema(responses=…): these statuses answer with problem details."""
    return {
        (status, PROBLEM): OpenApiResponse(
            ProblemSerializer,
            examples=[ProblemExample(status, "Korean", "ko"), ProblemExample(status, "English", "en")],
        )
        for status in statuses
    }


# ── language ──


def language_of(request: HttpRequest) -> str:
    """The first language of Accept-Language that the portal speaks, else Korean.

    API addresses carry no language, and Django asks the header only where every address may.
    """
    for code, _quality in parse_accept_lang_header(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if code == "*":
            break
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


class InReadersLanguage(APIView):
    """Answers, errors included, in the language of Accept-Language."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        translation.activate(language_of(request))
        return super().dispatch(request, *args, **kwargs)
