"""What means the same is one lexeme of a document too: asked for 누수, the index reads one list, not one for each way.

A document holds the concept of a word when it holds the lexemes of the word or of one that means the same.
"""

from collections.abc import Collection, Iterable
from functools import cache
from itertools import product

from . import korean, normalise, thesaurus

MARK = "="
"""No word of a text begins so."""


@cache
def named() -> dict[str, str]:
    """Each word of the thesaurus with its lexeme. Words with the same kin share one."""
    first: dict[frozenset[str], str] = {}
    return {word: first.setdefault(_kin(word), _name(word)) for word in thesaurus.alike()}


def of(lexemes: Collection[str]) -> set[str]:
    """The concepts of a document that holds these lexemes."""
    by_lexeme = _by_lexeme()
    found: set[str] = set()
    for lexeme in lexemes:
        for needed, concepts in by_lexeme.get(lexeme, ()):
            if needed.issubset(lexemes):
                found |= concepts
    return found


def _kin(word: str) -> frozenset[str]:
    return frozenset((word, *thesaurus.alike()[word]))


def _name(word: str) -> str:
    return MARK + word.replace(" ", "_")


@cache
def _by_lexeme() -> dict[str, list[tuple[frozenset[str], set[str]]]]:
    """What must stand together for which concepts, by one lexeme of it."""
    said: dict[frozenset[str], set[str]] = {}
    for word, concept in named().items():
        for other in _kin(word):
            for needed in _ways(other):
                said.setdefault(needed, set()).add(concept)
    found: dict[str, list[tuple[frozenset[str], set[str]]]] = {}
    for needed, concepts in said.items():
        found.setdefault(min(needed), []).append((needed, concepts))
    return found


def _ways(phrase: str) -> Iterable[frozenset[str]]:
    """The sets of lexemes of which one is there where the phrase is: its words may be parted as a query parts them."""
    for chosen in product(*map(_ways_of_part, phrase.split())):
        yield frozenset().union(*chosen)


def _ways_of_part(part: str) -> list[frozenset[str]]:
    if korean.is_syllable(part[0]):
        return korean.least_pairs(part)
    return [frozenset((normalise.stem(part),))]
