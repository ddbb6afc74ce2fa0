"""The short way of the API: no middleware that looks at sessions, cookies, forms or pages.

An address below /api/ is public and read only; who asks shows a token in a header or nothing at all. What belongs to
every answer is done before this middleware (transport, content policy, logs) or here; the rest would only cost time.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver

SHORT = "/api/"
PAGES = ("/api/v1/docs/",)
"""What people look at in a browser goes the long way."""


class ShortWayMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.long = get_response
        self.short: Any = convert_exception_to_response(answer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if not path.startswith(SHORT) or path.startswith(PAGES):
            return self.long(request)
        response: HttpResponse = self.short(request)
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(response.content)))
        return response


def answer(request: HttpRequest) -> HttpResponse:
    """What the address's view answers. Raises DisallowedHost as CommonMiddleware does."""
    request.get_host()
    match = get_resolver().resolve(request.path_info)
    request.resolver_match = match
    response = match.func(request, *match.args, **match.kwargs)
    if callable(getattr(response, "render", None)):
        response = response.render()
    return response
