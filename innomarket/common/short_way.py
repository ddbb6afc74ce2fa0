"""The short way of the API: no middleware that looks at sessions, cookies, forms or pages.

An address below /api/ is public and read only; who asks shows a token in a header or nothing at all. HTTPS and its
headers are asked before this middleware; the content policy (of data: nothing may be loaded or framed), the host and
the line in the log are done here; the rest would only cost time.
"""

import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import structlog
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, get_resolver, get_urlconf

log = structlog.get_logger(__name__)

SHORT = "/api/"
PAGES = ("/api/v1/docs/",)
"""What people look at in a browser goes the long way."""
BODILESS = (204, 304)
"""A length beside these would be that of another answer (RFC 9110 §8.6)."""
GUARDS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


class ShortWayMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.long = get_response
        self.short: Any = convert_exception_to_response(answer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(SHORT) or path.startswith(PAGES):
            return self.long(request)
        with structlog.contextvars.bound_contextvars(request_id=str(uuid.uuid4())):
            response: HttpResponse = self.short(request)
            said = f"{request.method} {request.get_full_path()}"
            log.info("request_finished", code=response.status_code, request=said)
        structlog.contextvars.clear_contextvars()  # what was bound on the way, as the key of a token
        for name, value in GUARDS.items():
            response.headers[name] = value
        if not response.streaming and response.status_code not in BODILESS:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


@lru_cache(maxsize=1024)
def resolved(urlconf: str, path: str) -> ResolverMatch:
    """The view of an address; programs ask the same ones again and again."""
    return get_resolver(urlconf).resolve(path)


def answer(request: HttpRequest) -> HttpResponse:
    """What the address's view answers. Raises DisallowedHost as CommonMiddleware does."""
    request.get_host()
    match = resolved(get_urlconf() or settings.ROOT_URLCONF, request.path_info)
    request.resolver_match = match
    response = match.func(request, *match.args, **match.kwargs)
    if callable(getattr(response, "render", None)):
        response = response.render()
    return response
