"""The order of what was found, and why: which word stands in which field, and how well."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import korean, normalise
from .document import BODY, FIELDS
from .query import ALIKE, Alternative, Reading, Word

FIELD_WEIGHTS = dict(zip(FIELDS, (1.0, 0.55, 0.65, 0.6, 0.3), strict=True))
WHOLE, BEGINS, INSIDE, PARTED = 1.0, 0.92, 0.75, 0.6
MEANS_THE_SAME = 0.8
WHOLE_QUERY_IN_NAME = 0.25


@dataclass(frozen=True)
class Match:
    """A word of the query in a field; ``found`` is what stands there, another word where it only means the same."""

    word: str
    field: str
    found: str
    how: str
    score: float


@dataclass(frozen=True)
class Rank:
    """The score of a document, and the best match of each word that it has."""

    score: float
    matches: tuple[Match, ...]

    @property
    def fields(self) -> list[str]:
        """The fields that matched, the most telling first."""
        return [field for field in FIELDS if any(match.field == field for match in self.matches)]


def rank(reading: Reading, texts: Sequence[str]) -> Rank:
    """How well a document (its folded texts, in the order of FIELDS) answers; 1 is every word whole in the name.

    Its body counts for words that no other field has, so without any it is needed only where ``matches`` lack one.
    """
    squeezed = [normalise.squeeze(text) for text in texts[:BODY]]
    bodies = texts[BODY:]
    score, matches = 0.0, []
    for word in reading.words:
        found = _matches(word, FIELDS[:BODY], texts[:BODY], squeezed)
        if not found and bodies:
            found = _matches(word, FIELDS[BODY:], bodies, [normalise.squeeze(body) for body in bodies])
        if found:
            best = max(found, key=lambda match: match.score)
            score += word.weight * (best.score + 0.1 * (sum(one.score for one in found) - best.score))
            matches.append(best)
    total = sum(word.weight for word in reading.words) or 1.0
    whole = normalise.squeeze(reading.text)
    bonus = WHOLE_QUERY_IN_NAME if len(whole) > 1 and squeezed and whole in squeezed[0] else 0.0
    return Rank(score / total + bonus, tuple(matches))


def _matches(word: Word, fields: Sequence[str], texts: Sequence[str], squeezed: Sequence[str]) -> list[Match]:
    """The best alternative of the word in each field that has one."""
    found = []
    for field, text, dense in zip(fields, texts, squeezed, strict=True):
        if not dense:
            continue
        best, shown = 0.0, word.alternatives[0]
        for one in word.ways:
            quality = _quality(one, text, dense) * (MEANS_THE_SAME if one.how == ALIKE else 1.0)
            if quality > best:
                best, shown = quality, one
        if best > 0:
            score = best * FIELD_WEIGHTS[field]
            found.append(Match(word.text, field, " ".join(shown.parts), shown.how, score))
    return found


def _quality(alternative: Alternative, text: str, dense: str) -> float:
    """The worst of its parts: all must stand there."""
    return min(_part_quality(part, text, dense) for part in alternative.parts)


def _part_quality(part: str, text: str, dense: str) -> float:
    if korean.is_initials(part):
        return INSIDE if part in korean.initials(dense) else 0.0
    if not part.isalpha() and (code := _code_quality(part, text)):
        return code
    if not korean.is_syllable(part[:1]):
        match = _beginning(part).search(text) if normalise.stem(part) in text else None
        return _well(match) if match else 0.0
    if part in dense:
        match = _beginning(part).search(text)
        return _well(match) if match else INSIDE if len(part) > 1 else 0.0
    parted = any(all(one in dense for one in parts) for parts in korean.partings(part))
    return PARTED if parted else 0.0


def _code_quality(code: str, text: str) -> float:
    """A number or type mark, however its signs are set."""
    qualities = (WHOLE if one == code else BEGINS for one in normalise.codes(text) if one.startswith(code))
    return max(qualities, default=0.0)


def _well(match: re.Match[str]) -> float:
    return BEGINS if match.group("rest") is None else WHOLE


@lru_cache(maxsize=4096)
def _beginning(part: str) -> re.Pattern[str]:
    """The part at the beginning of a word; ``rest`` is None where more follows than an ending."""
    if korean.is_syllable(part[:1]):
        return re.compile(rf"(?<![가-힣]){re.escape(part)}(?P<rest>(?:{_AFTER})?(?![가-힣]))?")
    stem = re.escape(normalise.stem(part))
    if len(stem) < 3:
        return re.compile(rf"(?<![a-z0-9]){stem}(?P<rest>)(?![a-z0-9])")
    return re.compile(rf"(?<![a-z0-9]){stem}(?P<rest>(?:{_TAIL})?(?![a-z0-9]))?")


_AFTER = "은|는|이|가|을|를|과|와|로|으로|의|에|에서|도|하는|하여|해"
_TAIL = "s|es|e|er|ers|ing|ed|ion|ions|cation|ation|ations|y|ies"
