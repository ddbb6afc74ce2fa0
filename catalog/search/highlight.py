"""Text with what matched marked; everything else escaped."""

import re
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from . import korean, normalise
from .query import Reading

MOST_PARTS = 60


def highlight(text: str, reading: Reading | None) -> SafeString:
    """The text, safe for HTML, with <mark> around the words of the query and what means the same."""
    pattern = _pattern(reading) if reading else None
    if not text or pattern is None:
        return escape(text)
    pieces, at = [], 0
    for match in pattern.finditer(text):
        if match.end() == match.start():
            continue
        pieces.append(f"{escape(text[at : match.start()])}<mark>{escape(match.group())}</mark>")
        at = match.end()
    return mark_safe("".join(pieces) + escape(text[at:]))  # noqa: S308 — every piece is escaped


def _pattern(reading: Reading) -> re.Pattern[str] | None:
    texts = dict.fromkeys(part for word in reading.words for one in word.ways for part in one.parts)
    found = dict.fromkeys(pattern for text in list(texts)[:MOST_PARTS] for pattern in _patterns(text))
    return re.compile("|".join(sorted(found, key=len, reverse=True)), re.IGNORECASE) if found else None


def _patterns(text: str) -> Iterable[str]:
    if korean.is_initials(text):
        if len(text) > 1:
            yield r"\s?".join(f"[{_first(letter)}-{_last(letter)}]" for letter in text)
    elif korean.is_syllable(text[:1]):
        if len(text) > 1:
            yield r"\s?".join(map(re.escape, text))
        for parts in korean.partings(text):
            yield from (re.escape(part) for part in parts)
    elif text and not text.isalpha():
        ends = r"(?![A-Za-z0-9])" if text.isdigit() else ""
        yield rf"(?<![A-Za-z0-9]){'[-_./]?'.join(map(re.escape, text))}{ends}"
    elif text:
        yield rf"(?<![A-Za-z0-9]){re.escape(normalise.stem(text))}" + (
            r"[A-Za-z]*" if len(text) > 2 else r"(?![A-Za-z0-9])"
        )


def _first(letter: str) -> str:
    return korean.join(letter, "ㅏ")


def _last(letter: str) -> str:
    return korean.join(letter, "ㅣ", "ㅎ")
