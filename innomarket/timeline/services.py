"""Write the public story: services of the other apps call these inside their own transaction."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import override

from .models import Milestone, Story


def open_story() -> Story:
    """A new thread, for a new need."""
    return Story.objects.create()


def add_milestone(
    story: Story,
    *,
    kind: str,
    text: Promise,
    values: dict[str, Any] | None = None,
    url: str = "",
    public: bool = True,
    at: datetime | None = None,
) -> Milestone:
    """Add one piece of news. ``text`` is a lazy message; it is stored in both languages.

    ``values`` fill its %(name)s places; a value that is itself lazy is put into each language.
    ``url`` is the path without a language prefix. ``at`` is the instant of the news where that is not
    now: a selected task tells then when it was proposed.
    """
    when = {"at": at} if at else {}
    return Milestone.objects.create(
        **when,
        story=story,
        kind=kind,
        text_ko=_in("ko", text, values),
        text_en=_in("en", text, values),
        url=url,
        public=public,
    )


def _in(language: str, text: Promise, values: dict[str, Any] | None) -> str:
    with override(language):
        filled = str(text) % {key: str(value) for key, value in values.items()} if values else str(text)
    return filled if len(filled) <= 300 else f"{filled[:299]}…"
