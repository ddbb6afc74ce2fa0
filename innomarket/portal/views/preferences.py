"""The display switch: brightness and contrast, remembered in two cookies for a year."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from innomarket.common.context import CONTRAST_COOKIE, THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """GET shows the choices (the way without a menu); POST remembers them and goes back to `next`."""
    if request.method != "POST":
        return render(request, "portal/display.html", {"next": _safe(request, request.GET.get("next", ""))})
    response = HttpResponseRedirect(_safe(request, request.POST.get("next", "")))
    theme, contrast = request.POST.get("theme"), request.POST.get("contrast")
    _remember(response, THEME_COOKIE, theme if theme in THEMES else "")
    _remember(response, CONTRAST_COOKIE, "more" if contrast == "more" else "")
    return response


def _safe(request: HttpRequest, target: str) -> str:
    """An address of this site, else the home page: nobody is sent elsewhere by a link."""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and ours else "/"


def _remember(response: HttpResponse, name: str, value: str) -> None:
    if not value:
        response.delete_cookie(name, samesite="Lax")
        return
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
