"""A query: its words, what each may stand for, and the sets of documents that it asks for, as tsquery text."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from . import keyboard, korean, normalise, thesaurus
from .normalise import HAN, HANGUL, JAMO, LATIN, Run
from .pieces import EVERY, Pieces

MOST_WORDS = 8
LONGEST_COMPOUND = 10
TYPED, ALIKE = "typed", "alike"


@dataclass(frozen=True)
class Alternative:
    """One way to say a word: its parts must all be found. ``how`` tells whether it was typed or means the same."""

    parts: tuple[str, ...]
    how: str = TYPED


@dataclass(frozen=True)
class Word:
    """A word of the query with its alternatives, the typed one first."""

    text: str
    alternatives: tuple[Alternative, ...]
    generic: bool = False

    @property
    def weight(self) -> float:
        """How much it says: longer words say more, generic ones little."""
        return 0.3 if self.generic else 0.6 + 0.1 * min(len(self.text), 6)


@dataclass(frozen=True)
class Reading:
    """A way to read what was typed: as it stands, by initial consonants, with the other keyboard, or corrected."""

    how: str
    text: str
    words: tuple[Word, ...]
    joined: str = ""
    pieces: Pieces = field(default=EVERY, repr=False)

    @property
    def required(self) -> list[Word]:
        """Words that a product must have; generic ones where there are no others."""
        return [word for word in self.words if not word.generic] or list(self.words)

    def every(self) -> str:
        """Documents with each required word, or with the whole query written as one word."""
        asked = _and(word_query(word, self.pieces) for word in self.required)
        return _or([asked, part_query(self.joined, self.pieces)] if self.joined else [asked])

    def most(self) -> str:
        """Documents with at least half of the required words."""
        queries = [word_query(word, self.pieces) for word in self.required]
        return _or(_and(some) for some in combinations(queries, (len(queries) + 1) // 2))

    def some(self) -> str:
        """Documents with any of the words, or with at least half of what a long compound is made of."""
        return _or(part for word in self.required for part in (word_query(word, self.pieces), _half(word)))

    def rank(self) -> str:
        """What the database's own ranking counts: every word and each of its pairs."""
        return _or(
            lexeme
            for word in self.words
            for one in word.alternatives
            for part in one.parts
            for lexeme in _part_lexemes(part)
        )


def read(text: str, pieces: Pieces = EVERY, *, how: str = TYPED) -> Reading:
    """The query as it stands. No words in it: the reading asks for nothing."""
    found = normalise.runs(text)
    words = [*_words(found, pieces)]
    joined = "".join(word.text for word in words if not word.generic)
    is_hangul = all(run.script == HANGUL for run in found)
    is_joined = pieces.spacing and is_hangul and len(words) > 1 and len(joined) <= LONGEST_COMPOUND
    return Reading(how, normalise.fold(text), tuple(words[:MOST_WORDS]), joined if is_joined else "", pieces)


def other_layout(text: str, pieces: Pieces = EVERY) -> Reading | None:
    """The query as the other keyboard layout would have written it; None where that makes no sense."""
    if not pieces.keyboard:
        return None
    folded = normalise.fold(text)
    scripts = {run.script for run in normalise.runs(text)}
    if scripts <= {LATIN, "digits"} and LATIN in scripts:
        hangul = keyboard.to_hangul(text)
        return read(hangul, pieces, how="keyboard") if keyboard.is_whole(hangul) else None
    if JAMO in scripts and LATIN not in scripts:
        return read(keyboard.to_latin(folded), pieces, how="keyboard")
    return None


def word_query(word: Word, pieces: Pieces = EVERY) -> str:
    return _or(_and(part_query(part, pieces) for part in one.parts) for one in word.alternatives)


def part_query(text: str, pieces: Pieces = EVERY) -> str:
    """One part: pairs of syllables, or one English word by its beginning."""
    first = text[:1]
    if not korean.is_syllable(first):
        if korean.is_initials(text) or normalise.runs(text)[0].script == HAN:
            return _and(_quoted(pair) for pair in korean.bigrams(text))
        return _latin(text)
    if len(text) == 1:
        return _quoted(text) + ":*"
    ways = [tuple(korean.bigrams(text))]
    if pieces.compounds:
        ways += [
            tuple(pair for part in parts for pair in korean.bigrams(part)) for parts in korean.partings(text)
        ]
    return _or(_and(map(_quoted, way)) for way in dict.fromkeys(ways))


def _half(word: Word) -> str:
    """At least half of the pairs that a long compound is cut into: two of 무인, 민원, 발급기."""
    text = word.text
    if len(text) < 4 or not korean.is_syllable(text[0]):
        return ""
    edges = [*range(0, len(text) - 1, 2), len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    return _or(
        _and(_quoted(pair) for part in some for pair in korean.bigrams(part))
        for some in combinations(parts, (len(parts) + 1) // 2)
    )


def _latin(text: str) -> str:
    stem = normalise.stem(text)
    return _quoted(stem) + (":*" if len(stem) >= 3 and stem.isalpha() else "")


def _part_lexemes(text: str) -> list[str]:
    if korean.is_syllable(text[:1]) or korean.is_initials(text):
        return [_quoted(pair) for pair in korean.bigrams(text)]
    return [_latin(text)]


def _words(found: Sequence[Run], pieces: Pieces) -> Iterable[Word]:
    at = 0
    while at < len(found):
        size = _phrase_at(found, at) if pieces.thesaurus else 1
        if size > 1:
            text = " ".join(run.text for run in found[at : at + size])
            typed = Alternative(tuple(run.text for run in found[at : at + size]))
            yield Word(text, (typed, *_alike(text)))
        else:
            yield _word(found[at], pieces)
        at += size


def _phrase_at(found: Sequence[Run], at: int) -> int:
    """How many words from here are a phrase of the thesaurus; 1 where none is."""
    for size in range(min(thesaurus.LONGEST_PHRASE, len(found) - at), 1, -1):
        if " ".join(run.text for run in found[at : at + size]) in thesaurus.alike():
            return size
    return 1


def _word(run: Run, pieces: Pieces) -> Word:
    texts = [run.text]
    if run.script == HANGUL and pieces.particles:
        texts = korean.stems(run.text)
    elif run.script == JAMO:
        texts = [run.text if pieces.initials else run.text[:1]]
    generic = any(text in thesaurus.GENERIC for text in (run.text, *texts))
    alternatives = [Alternative((text,)) for text in texts]
    if pieces.thesaurus and not generic:
        alternatives += [other for text in texts for other in _alike(text)]
        if run.script == HANGUL:
            alternatives += _alike_inside(texts[-1])
        elif run.script == LATIN:
            alternatives += _alike(normalise.stem(run.text)) or _alike(run.text.removesuffix("s"))
    return Word(texts[-1], tuple(dict.fromkeys(alternatives)), generic)


def _alike(text: str) -> tuple[Alternative, ...]:
    return tuple(Alternative(tuple(other.split()), ALIKE) for other in thesaurus.alike().get(text, ()))


def _alike_inside(text: str) -> list[Alternative]:
    """A compound of which one part means the same as another word: 하수냄새 → 하수 and 악취."""
    found = []
    for parts in korean.partings(text):
        if len(parts) == 2:
            for place, part in enumerate(parts):
                for other in thesaurus.alike().get(part, ()):
                    rest = parts[1 - place]
                    found.append(Alternative((rest, *other.split()), ALIKE))
    return found


def _quoted(lexeme: str) -> str:
    """Lexemes hold letters and digits alone (``normalise.runs``), so nothing needs escaping; asked all the same."""
    assert lexeme.isalnum(), lexeme
    return f"'{lexeme}'"


def _and(queries: Iterable[str]) -> str:
    return _joined(" & ", queries)


def _or(queries: Iterable[str]) -> str:
    return _joined(" | ", queries)


def _joined(sign: str, queries: Iterable[str]) -> str:
    given = list(dict.fromkeys(query for query in queries if query))
    return given[0] if len(given) == 1 else f"({sign.join(given)})" if given else ""
