"""Answers that are the same for everybody, whoever asks in whatever language: caches may share them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def share(response: HttpResponse) -> HttpResponse:
    """Mark an answer that depends on its address alone."""
    response.is_shared = True  # type: ignore[attr-defined]
    return response


class SharedMiddleware:
    """Sessions and languages are looked at for every request; a marked answer does not vary by them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(response, "is_shared", False):
            for name in ("Vary", "Content-Language"):
                response.headers.pop(name, None)
        return response
