"""From a kind and values to a plain text in the reader's language.

Values come from people: a name or a title can neither begin a new line of a subject, nor become a link in a
mail program, nor fill a place of the template.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from innomarket.common import formats

from .kinds import MessageKind

SUBJECT_MAX = 300
VALUE_IN_SUBJECT = 120

_SCHEME = re.compile(r"://")
_DOMAIN = re.compile(r"(?<=\w)\.(?=[A-Za-z]{2,}\b)")
_LINK = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@&=%+]+")  # ASCII only: a Korean particle may follow at once
_HIDDEN = {"Cf", "Cs", "Co", "Cn"}


class Lines(str):
    """Several lines made here of texts that are harmless already; a value that keeps its lines."""


def render(kind: MessageKind, language: str, values: Mapping[str, Any] | None = None) -> tuple[str, str]:
    """Subject (one line, at most 300 characters) and body in one language.

    Raises KeyError or ValueError when neither the translation nor the original has places for the values.
    """
    with override(language):
        safe = {name: plain(value, language) for name, value in (values or {}).items()}
        short = {name: _shortened(value) for name, value in safe.items()}
        subject = _filled(kind.subject, short)
        body = _filled(kind.body, safe)
    return one_line(subject)[:SUBJECT_MAX], body


def plain(value: Any, language: str) -> str:
    """An untrusted value as one harmless line; lists are joined, instants written as the pages write them."""
    if isinstance(value, partial):  # made in the reader's language
        value = value()
    if isinstance(value, Lines):
        return value
    if isinstance(value, date):  # datetime is one
        return formats.kst(value, language)
    if isinstance(value, (list, tuple, set)):
        return ", ".join(plain(each, language) for each in value)
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    return unlinked(one_line(str(value)))


def one_line(text: str) -> str:
    """Without line breaks, control, direction or zero-width characters."""
    spaced = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if unicodedata.category(letter) not in _HIDDEN
    )
    return re.sub(r" {2,}", " ", spaced).strip()


def unlinked(text: str) -> str:
    """Mail programs make links out of addresses by themselves; a space where one would begin stops that."""
    return _DOMAIN.sub(". ", _SCHEME.sub(": //", text))


def text_mail(*, body: str, path: str, language: str) -> str:
    """The whole text of a mail: the message, the address of its object, and who sends it."""
    with override(language):
        lines = [body]
        if path:
            lines.append(absolute(path, language))
        lines.append("-- \n" + _("This message was sent by innomarket. Please do not answer it."))
    return "\n\n".join(lines) + "\n"


def absolute(path: str, language: str) -> str:
    """The whole address of a path without language prefix, in a language."""
    prefix = "" if language == settings.LANGUAGE_CODE else f"/{language}"
    return f"{settings.PUBLIC_URL}{prefix}{path}"


def linked(text: str, hosts: Iterable[str]) -> SafeString:
    """A mail's text for a page: escaped, with links to these hosts only, opened as they stand."""
    allowed, pieces, place = set(hosts), [], 0
    for match in _LINK.finditer(text):
        address = match.group().rstrip(".,;:!?)”’")
        if urlsplit(address).hostname not in allowed:
            continue
        end = match.start() + len(address)
        pieces.append(format_html('{}<a href="{}">{}</a>', text[place : match.start()], address, address))
        place = end
    pieces.append(format_html("{}", text[place:]))
    return mark_safe("".join(pieces))  # noqa: S308 — every piece is escaped above


def _filled(template: Any, values: Mapping[str, str]) -> str:
    """The translation with its places filled; where a translation is broken, the original."""
    try:
        return str(template) % values
    except (KeyError, ValueError, TypeError):
        with override(None):
            return str(template) % values


def _shortened(value: str) -> str:
    return value if len(value) <= VALUE_IN_SUBJECT else f"{value[: VALUE_IN_SUBJECT - 1]}…"
