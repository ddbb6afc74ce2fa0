"""What every page knows: the clock, the demonstration line, the display switch, where we are."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

THEMES = ("light", "dark")
THEME_COOKIE = "theme"
CONTRAST_COOKIE = "contrast"


def page(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html. Issues no query, except one for `now` when a template asks for it.

    `now` is a callable: a template calls it by naming it, once for the whole page, so that two
    countdowns on one page cannot disagree.
    """
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "now": cache(_database_now),
        "demo": getattr(settings, "DEMO", False),
        "local_mailbox": settings.EMBEDDED and not settings.MAIL_URL,
        "theme": theme if theme in THEMES else "",
        "contrast": "more" if request.COOKIES.get(CONTRAST_COOKIE) == "more" else "",
        "section": section_of(request.path_info),
    }


def section_of(path: str) -> str:
    """The first part of the address behind the language: 'calls', 'catalog', 'admin', '' at home."""
    parts = [part for part in path.split("/") if part]
    if parts and parts[0] in dict(settings.LANGUAGES):
        parts = parts[1:]
    return parts[0] if parts else ""


def _database_now():
    from innomarket.common import clock

    return clock.now()
