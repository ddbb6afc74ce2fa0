"""Korean words without a dictionary: letters of a syllable, particles, endings, and where a compound may part."""

from functools import lru_cache
from itertools import combinations

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
_FIRST = 0xAC00

# What follows a noun (조사), the longest first; True where the syllable before it must end in a consonant, False in
# a vowel (or ㄹ, before 로), None where it does not matter.
_PARTICLES: tuple[tuple[str, bool | None], ...] = (
    ("으로부터", True),
    ("에서부터", None),
    ("이라는", True),
    ("에서는", None),
    ("에서도", None),
    ("으로는", True),
    ("으로도", True),
    ("로부터", False),
    ("에서의", None),
    ("까지", None),
    ("부터", None),
    ("에게", None),
    ("한테", None),
    ("에서", None),
    ("으로", True),
    ("처럼", None),
    ("보다", None),
    ("마다", None),
    ("이나", True),
    ("라는", False),
    ("에는", None),
    ("에도", None),
    ("과의", True),
    ("와의", False),
    ("은", True),
    ("는", False),
    ("이", True),
    ("가", False),
    ("을", True),
    ("를", False),
    ("과", True),
    ("와", False),
    ("로", False),
    ("의", None),
    ("에", None),
    ("도", None),
    ("만", None),
)
# A noun that became a verb (하다, 되다, 시키다): "감지하는" speaks of 감지, and of no 지하.
_VERBAL = (
    "하였습니다 했습니다 합니다 됩니다 시킵니다 해주는 하려는 하도록 되도록 시키는 시켜서 되어서"
    " 하는 하여 해서 하고 하기 하며 하면 하던 하지 했던 한다 하자 해요 해야 되는 되어 되고 되며 되면 되지"
    " 된다 돼요 시켜 시킨 한 할 된 될 해"
).split()
_LEAST = 2
"""Syllables that must remain."""
MOST_INITIALS = 4
"""Initial consonants that one lexeme holds: ㄴㅅㄱㅈ is one, five are two that overlap."""
LONGEST_PARTED = 12
"""Syllables of the longest word that is looked at as a compound: the ways to part it grow with the square."""


def is_syllable(char: str) -> bool:
    return "가" <= char <= "힣"


def split(char: str) -> tuple[str, str, str]:
    """Initial, vowel and final ("" where there is none) of a syllable."""
    place = ord(char) - _FIRST
    return INITIALS[place // 588], VOWELS[place % 588 // 28], FINALS[place % 28]


def join(initial: str, vowel: str, final: str = "") -> str:
    """The syllable of these letters. Raises ValueError for letters that make none."""
    place = (INITIALS.index(initial) * 21 + VOWELS.index(vowel)) * 28 + FINALS.index(final)
    return chr(_FIRST + place)


def initials(text: str) -> str:
    """The initial consonants of the syllables (초성); other characters stand as they are."""
    return "".join(split(char)[0] if is_syllable(char) else char for char in text)


def is_initials(text: str) -> bool:
    return "ㄱ" <= text[:1] <= "ㅎ" and all(char in INITIALS for char in text)


def runs_of_initials(letters: str) -> list[str]:
    """Two, three and four neighbours of these initials, each once: what a name with them can be found by."""
    sizes = range(2, MOST_INITIALS + 1)
    return list(dict.fromkeys(run for size in sizes for run in _neighbours(letters, size)))


def asked_initials(letters: str) -> list[str]:
    """The longest of these runs that hold all of them: pairs alone would be found apart from each other too."""
    return list(dict.fromkeys(_neighbours(letters, min(MOST_INITIALS, len(letters)))))


def _neighbours(letters: str, size: int) -> list[str]:
    return [letters[place : place + size] for place in range(len(letters) - size + 1)]


def jamo(text: str) -> str:
    """The letters of the text one after the other: where a mistake is one letter, not one syllable."""
    return "".join("".join(split(char)) if is_syllable(char) else char for char in text)


@lru_cache(maxsize=16384)
def without_verbal(word: str) -> str:
    """The noun of a word that a verb was made of; the word itself where it is none."""
    for ending in _VERBAL:
        # One syllable alone ends too many nouns (역할, 제한): more must stand before it.
        if word.endswith(ending) and len(word) - len(ending) >= max(_LEAST, 4 - len(ending)):
            return word[: -len(ending)]
    return word


@lru_cache(maxsize=16384)
def without_particle(word: str) -> str:
    """The word without the particle that it may end in; the word itself where there is none, or too little remains.

    Some nouns end alike (고속도로): whoever looks for a word asks for both.
    """
    for particle, closed in _PARTICLES:
        if not word.endswith(particle) or len(word) - len(particle) < _LEAST:
            continue
        rest = word[: -len(particle)]
        final = split(rest[-1])[2]
        if closed is None or closed == bool(final) or (particle == "로" and final == "ㄹ"):
            return rest
    return word


def stems(word: str) -> list[str]:
    """What the word may be, the surest first: as a noun of a verb, as it stands, without its particle."""
    noun = without_verbal(word)
    return list(dict.fromkeys([noun] if noun != word else [word, without_particle(word)]))


def bigrams(word: str) -> list[str]:
    """Neighbouring pairs, each once, in order; a single syllable stands alone."""
    if len(word) < 2:
        return [word] if word else []
    return list(dict.fromkeys(word[place : place + 2] for place in range(len(word) - 1)))


@lru_cache(maxsize=4096)
def partings(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways in which a compound may be two or three words of two syllables or more; 누수감지 → (누수, 감지).

    None for a word of more than LONGEST_PARTED.
    """
    size = len(word)
    if size > LONGEST_PARTED:
        return ()
    found: list[tuple[str, ...]] = []
    for cuts in (1, 2):
        for places in combinations(range(2, size - 1), cuts):
            edges = (0, *places, size)
            parts = tuple(word[edges[i] : edges[i + 1]] for i in range(cuts + 1))
            if all(len(part) >= 2 for part in parts):
                found.append(parts)
    return tuple(found)


@lru_cache(maxsize=4096)
def least_pairs(word: str) -> list[frozenset[str]]:
    """The fewest pairs that the word has in one piece or in the parts that it may be made of, for each such way.

    In one piece it has every pair; parted it lacks those across a cut. A way that has all pairs of another says no
    more than that one.
    """
    ways = {frozenset(pair for part in parts for pair in bigrams(part)) for parts in partings(word)}
    return [way for way in ways if not any(other < way for other in ways)] or [frozenset(bigrams(word))]
