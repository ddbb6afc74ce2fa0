"""What somebody typed when the session was gone: kept for a while, and given back to the same person and browser.

A view that sets ``keeps_typed = True`` loses nothing when its form meets a session that ended or a form that is older
than the sign-in: the fields lie sealed in the cache under a random key, and only the browser that sent them holds the
key, in a cookie. Its form carries ``writer(user)``: who it was made for, signed. The view gives the fields back
(``taken``) to this person alone, never to a colleague who signs in next at the same machine; nothing is stored by it.
"""

import io
import secrets
from typing import Any
from urllib.parse import urlsplit

import structlog
import tink
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve

from . import sealing

log = structlog.get_logger(__name__)

COOKIE = "innomarket_kept"
SECONDS = 2 * 3600
WRITER_SECONDS = 48 * 3600  # a page may stand open over night
MOST_BYTES = 512 * 1024
WRITER = "writer"
LEFT_OUT = ("csrfmiddlewaretoken", WRITER)


def writer(user: Any) -> str:
    """For the form's hidden field ``writer``: whose text it will hold."""
    return signing.dumps(user.pk, salt=__name__)


def keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the fields of this POST for its page and hand the key to the browser with the response.

    Only what a page of ours sent from this very site is kept, and no more than a long form holds.
    """
    person = _written_by(request)
    typed = request.POST.copy()
    for name in LEFT_OUT:
        typed.pop(name, None)
    text = typed.urlencode().encode()
    if person is None or not _from_here(request) or not typed or len(text) > MOST_BYTES:
        return response
    key = secrets.token_urlsafe(32)
    sealed = b"".join(sealing.sealed([text], _place(key, request.path_info, person)))
    cache.set(_name(key), sealed, SECONDS)
    if not cache.has_key(_name(key)):  # the cache is away: the page says so by giving nothing back
        log.warning("typed text could not be kept")
        return response
    response.set_cookie(
        COOKIE,
        key,
        max_age=SECONDS,
        path=request.path_info,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def taken(request: HttpRequest) -> QueryDict | None:
    """The fields that this browser sent to this page, or None. They stay until ``drop`` or their time is over."""
    key = request.COOKIES.get(COOKIE, "")
    stored = cache.get(_name(key)) if key else None
    if not stored:
        return None
    try:
        with sealing.unsealed(io.BytesIO(stored), _place(key, request.path_info, request.user.pk)) as stream:
            return QueryDict(stream.read())
    except tink.TinkError:  # somebody else's
        return None


def drop(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """What was kept for this page has been saved or given up."""
    key = request.COOKIES.get(COOKIE, "")
    if key:
        cache.delete(_name(key))
        response.delete_cookie(COOKIE, path=request.path_info)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is older than the sign-in: keep what was typed and show its page again, or say what happened."""
    if request.method == "POST" and _keeps(request) and not wants_json(request):
        response = keep(request, HttpResponseRedirect(request.get_full_path()))
        if COOKIE in response.cookies:
            return response
    return render(request, "403_csrf.html", {"reason": reason}, status=403)


def wants_json(request: HttpRequest) -> bool:
    """A script of ours asks: it is answered in JSON, never with a page or a redirect."""
    return request.headers.get("Accept", "") == "application/json"


def _keeps(request: HttpRequest) -> bool:
    try:
        view: Any = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(getattr(view, "view_class", None), "keeps_typed", False))


def _from_here(request: HttpRequest) -> bool:
    """Sent by a page of this host: nobody else's page puts words into somebody's form."""
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return bool(sender) and urlsplit(sender).netloc == request.get_host()


def _name(key: str) -> str:
    return f"kept:{key}"


def _place(key: str, path: str, person: int | None) -> str:
    return f"kept:{key}:{path}:{person}"


def _written_by(request: HttpRequest) -> int | None:
    try:
        return int(signing.loads(request.POST.get(WRITER, ""), salt=__name__, max_age=WRITER_SECONDS))
    except signing.BadSignature:
        return None
