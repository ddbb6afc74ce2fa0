"""A query: its words, what each may stand for, and the sets of documents that it asks for, as tsquery text."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain, pairwise

from . import concepts, keyboard, korean, normalise, thesaurus
from .normalise import CODE, HAN, HANGUL, JAMO, LATIN, Run
from .pieces import EVERY, Pieces

MOST_WORDS = 8
"""Of a longer text the most telling ones are looked for."""
LONGEST_COMPOUND = 10
MOST_OPERANDS = 60
"""Lexemes that one word may ask for: what means the same is left out beyond; the typed word never."""
LONGEST_HALVED = 12
"""Syllables of the longest compound of which half may do."""
MOST_COUNTED = 8
"""Lexemes by which the database ranks: each takes its time for each document."""
MOST_CODE_PARTS = 3
"""Of more parts it is a number of the portal's own kind: its parts alone would find its neighbours."""
TYPED, ALIKE = "typed", "alike"


@dataclass(frozen=True)
class Alternative:
    """One way to say a word: its parts must all be found. ``how`` tells whether it was typed or means the same."""

    parts: tuple[str, ...]
    how: str = TYPED


@dataclass(frozen=True)
class Word:
    """A word of the query with its alternatives, the typed one first.

    ``known_as`` are the words of the thesaurus that it is, ``partings`` the ways in which it may be two words of which
    one means the same as others.
    """

    text: str
    alternatives: tuple[Alternative, ...]
    generic: bool = False
    partings: tuple[tuple[str, str], ...] = ()
    known_as: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """How much it says: longer words say more, generic ones little."""
        return 0.3 if self.generic else 0.6 + 0.1 * min(len(self.text), 6)

    @property
    def has_kin(self) -> bool:
        """Whether the thesaurus knows it or a part of it: then it is a word of the trade."""
        return bool(self.partings) or any(one.how == ALIKE for one in self.alternatives)

    @property
    def typed(self) -> list[Alternative]:
        return [one for one in self.alternatives if one.how == TYPED]

    @cached_property
    def ways(self) -> tuple[Alternative, ...]:
        """All alternatives, those of its parts too: 하수냄새 is 하수 and 악취."""
        return tuple(dict.fromkeys([*self.alternatives, *_ways_of_parts(self.partings)]))


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

    def asked(self, scope: str) -> tuple[str, ...]:
        """What a document must answer, each by itself: the index finds several small queries faster than one large."""
        if scope == "every" and not self.joined:
            return tuple(dict.fromkeys(word_query(word, self.pieces) for word in self.required))
        whole: str = getattr(self, scope)()
        return (whole,)

    def most(self) -> str:
        """Documents with at least half of the required words."""
        queries = [word_query(word, self.pieces) for word in self.required]
        return _at_least((len(queries) + 1) // 2, queries)

    def some(self) -> str:
        """Documents with any of the words, or with at least half of what a long compound is made of."""
        return _or(part for word in self.required for part in (word_query(word, self.pieces), _half(word)))

    def rank(self) -> str:
        """What the database's own ranking counts: the pairs of each word, then those of what means the same."""
        parts = [part for word in self.words for one in word.typed for part in one.parts]
        typed = [lexeme for part in parts for lexeme in _part_lexemes(part)]
        known = [one for word in self.words for one in (*word.known_as, *chain(*word.partings))]
        meant = [_concept(one) for one in known if one in concepts.named()]
        return _or([*dict.fromkeys([*typed, *meant])][:MOST_COUNTED])


Known = Callable[[list[str]], Collection[str]]
"""Which of these words the catalogue says."""


def read(text: str, pieces: Pieces = EVERY, *, how: str = TYPED, known: Known = lambda words: ()) -> Reading:
    """The query as it stands. No words in it: the reading asks for nothing. ``known`` is asked of a long text only."""
    found = normalise.words(text)
    words = list(dict.fromkeys(_words(found, pieces)))
    joined = "".join(word.text.replace(" ", "") for word in words if not word.generic)
    # Documents hold the pairs across their own spaces: only what was typed syllable by syllable needs joining.
    is_torn = all(run.script == HANGUL for run in found) and any(len(run.text) == 1 for run in found)
    is_joined = pieces.spacing and is_torn and len(words) > 1 and len(joined) <= LONGEST_COMPOUND
    return Reading(how, normalise.fold(text), _telling(words, known), joined if is_joined else "", pieces)


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
    """Documents with the word or one of its alternatives, as many of these as MOST_OPERANDS hold."""

    def every(parts: Iterable[str]) -> str:
        return _and(part_query(part, pieces) for part in parts)

    # A concept holds its own words: they are asked for beside it only where their beginning would do.
    held = (one.split() for one in word.known_as)
    again = {every(parts) for parts in (*word.partings, *held) if all(map(_is_whole, parts))}
    ways = [way for one in word.typed if (way := every(one.parts)) not in again]
    ways += map(_concept, word.known_as)
    ways += [_and(_meant(part, pieces) for part in parts) for parts in word.partings]
    asked: list[str] = []
    left = MOST_OPERANDS
    for way in ways:
        left -= _operands(way)
        if left < 0 and asked:
            break
        asked.append(way)
    return _or(asked)


def _is_whole(part: str) -> bool:
    """Whether a query for it asks for no longer word that begins so."""
    return len(part) > 1 and korean.is_syllable(part[0])


def _meant(part: str, pieces: Pieces) -> str:
    return _concept(part) if part in concepts.named() else part_query(part, pieces)


def _concept(word: str) -> str:
    return f"'{concepts.named()[word]}'"


def part_query(text: str, pieces: Pieces = EVERY) -> str:
    """One part: pairs of syllables, or one English word by its beginning."""
    first = text[:1]
    if not korean.is_syllable(first):
        if korean.is_initials(text):
            return _and(map(_quoted, korean.asked_initials(text)))
        if normalise.runs(text)[0].script == HAN:
            return _and(map(_quoted, korean.bigrams(text)))
        return _latin(text)
    if len(text) == 1:
        return _quoted(text) + ":*"
    return _compound(text) if pieces.compounds else _and(map(_quoted, korean.bigrams(text)))


@lru_cache(maxsize=4096)
def _compound(text: str) -> str:
    """The word in one piece, or in the parts that it may be made of, in any order and distance.

    The ways with the fewest pairs ask for all others too. Where even these are many, any two pairs within may be
    lacking.
    """
    pairs = korean.bigrams(text)
    least = korean.least_pairs(text)
    common = frozenset.intersection(*least)
    rest = [[_quoted(pair) for pair in pairs if pair in way - common] for way in least]
    asked = _or(sorted(_and(way) for way in rest))
    if _operands(asked) > MOST_OPERANDS // 2:
        common = frozenset((pairs[0], pairs[-1]))
        inner = [_quoted(pair) for pair in pairs if pair not in common]
        asked = _at_least(len(inner) - 2, inner)
    return _and([*(_quoted(pair) for pair in pairs if pair in common), asked])


def _half(word: Word) -> str:
    """At least half of the pairs that a long compound is cut into: two of 무인, 민원, 발급기. A phrase is none."""
    text = word.text
    if not 4 <= len(text) <= LONGEST_HALVED or not all(map(korean.is_syllable, text)):
        return ""
    edges = [*range(0, len(text) - 1, 2), len(text)]
    parts = [_and(map(_quoted, korean.bigrams(text[start:end]))) for start, end in pairwise(edges)]
    return _at_least((len(parts) + 1) // 2, parts)


def _latin(text: str) -> str:
    """An English word by its stem, a code by its beginning, a number as it is."""
    stem = normalise.stem(text) if text.isalpha() else text
    return _quoted(stem) + (":*" if len(stem) >= 3 and not stem.isdigit() else "")


def _part_lexemes(text: str) -> list[str]:
    if korean.is_initials(text):
        return list(map(_quoted, korean.asked_initials(text)))
    if korean.is_syllable(text[:1]):
        return list(map(_quoted, korean.bigrams(text)))
    return [_latin(text)]


def _words(found: Sequence[Run], pieces: Pieces) -> Iterable[Word]:
    at = 0
    while at < len(found):
        size = _phrase_at(found, at) if pieces.thesaurus else 1
        if size > 1:
            text = " ".join(run.text for run in found[at : at + size])
            typed = Alternative(tuple(run.text for run in found[at : at + size]))
            yield Word(text, (typed, *_alike(text)), known_as=(text,))
        else:
            yield _word(found[at], pieces)
        at += size


def _telling(words: Sequence[Word], known: Known) -> tuple[Word, ...]:
    """At most MOST_WORDS: first what the trade or the catalogue knows, then what ends no sentence, the longest."""
    if len(words) <= MOST_WORDS:
        return tuple(words)
    said = known([word.text for word in words])
    by_weight = sorted(
        words,
        key=lambda word: (
            word.generic,
            not (word.has_kin or word.text in said),
            word.text.endswith(thesaurus.SENTENCE_ENDS),
            -len(word.text),
        ),
    )
    kept = set(by_weight[:MOST_WORDS])
    return tuple(word for word in words if word in kept)


def _phrase_at(found: Sequence[Run], at: int) -> int:
    """How many words from here are a phrase of the thesaurus; 1 where none is."""
    for size in range(min(thesaurus.LONGEST_PHRASE, len(found) - at), 1, -1):
        if " ".join(run.text for run in found[at : at + size]) in thesaurus.alike():
            return size
    return 1


def _word(run: Run, pieces: Pieces) -> Word:
    if run.script == CODE:
        parts = normalise.code_parts(run.text)
        ways = ((run.text,), parts) if 1 < len(parts) <= MOST_CODE_PARTS else ((run.text,),)
        return Word(run.text, tuple(map(Alternative, ways)))
    texts = [run.text]
    if run.script == HANGUL and pieces.particles:
        texts = korean.stems(run.text)
    elif run.script == JAMO:
        texts = [run.text if pieces.initials else run.text[:1]]
    generic = any(text in thesaurus.GENERIC for text in (run.text, *texts))
    alternatives = [Alternative((text,)) for text in texts]
    partings: tuple[tuple[str, str], ...] = ()
    known_as: tuple[str, ...] = ()
    if pieces.thesaurus and not generic:
        tried = (
            [run.text, normalise.stem(run.text), run.text.removesuffix("s")] if run.script == LATIN else texts
        )
        known_as = tuple(dict.fromkeys(text for text in tried if text in thesaurus.alike()))
        alternatives += [other for text in known_as for other in _alike(text)]
        if run.script == HANGUL:
            partings = _partings_alike(texts[-1])
    return Word(texts[-1], tuple(dict.fromkeys(alternatives)), generic, partings, known_as)


def _alike(text: str) -> tuple[Alternative, ...]:
    return tuple(Alternative(tuple(other.split()), ALIKE) for other in thesaurus.alike().get(text, ()))


def _partings_alike(text: str) -> tuple[tuple[str, str], ...]:
    """The ways to part a compound in two of which one means the same as another word: 하수 and 냄새."""
    pairs = ((parts[0], parts[1]) for parts in korean.partings(text) if len(parts) == 2)
    return tuple(pair for pair in pairs if any(part in thesaurus.alike() for part in pair))


def _ways_of_parts(partings: Iterable[tuple[str, str]]) -> Iterable[Alternative]:
    """One part as another word, or both as English ones: 누수감지 is 누수 and 탐지, or leak and detection."""
    for first, second in partings:
        firsts, seconds = (thesaurus.alike().get(part, ()) for part in (first, second))
        both = [(one, other) for one in firsts for other in seconds if (one + other).isascii()]
        pairs = [*((one, second) for one in firsts), *((first, other) for other in seconds), *both]
        for pair in pairs:
            yield Alternative(tuple(" ".join(pair).split()), ALIKE)


def _quoted(lexeme: str) -> str:
    """Lexemes hold letters and digits alone (``normalise.runs``), so nothing needs escaping; asked all the same."""
    assert lexeme.isalnum(), lexeme
    return f"'{lexeme}'"


def _operands(asked: str) -> int:
    return asked.count("'") // 2


def _at_least(least: int, queries: Sequence[str]) -> str:
    """Any so many of these, in halves: choosing four of eight takes 48 places and not the 280 of each choice."""
    if least in (1, len(queries)) or len(queries) < 2:
        return _or(queries) if least == 1 else _and(queries)
    one, other = queries[: len(queries) // 2], queries[len(queries) // 2 :]
    shares = range(max(0, least - len(other)), min(least, len(one)) + 1)
    return _or(
        _and(_at_least(part, of) for part, of in ((share, one), (least - share, other)) if part)
        for share in shares
    )


def _and(queries: Iterable[str]) -> str:
    return _joined(" & ", queries)


def _or(queries: Iterable[str]) -> str:
    return _joined(" | ", queries)


def _joined(sign: str, queries: Iterable[str]) -> str:
    given = list(dict.fromkeys(query for query in queries if query))
    return given[0] if len(given) == 1 else f"({sign.join(given)})" if given else ""
