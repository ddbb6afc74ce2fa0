"""What was typed with the other keyboard layout: dkssud is 안녕, ㄱㅐㅠㅐㅅ is robot (두벌식, the standard layout)."""

from .korean import FINALS, INITIALS, VOWELS, is_syllable, join, split

_KEYS = dict(
    zip(
        "qwertyuiopasdfghjklzxcvbnmQWERTOP",
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        strict=True,
    )
)
_LETTERS = {letter: key for key, letter in _KEYS.items()}
# Two strokes that make one letter.
_JOINED = {
    ("ㅗ", "ㅏ"): "ㅘ",
    ("ㅗ", "ㅐ"): "ㅙ",
    ("ㅗ", "ㅣ"): "ㅚ",
    ("ㅜ", "ㅓ"): "ㅝ",
    ("ㅜ", "ㅔ"): "ㅞ",
    ("ㅜ", "ㅣ"): "ㅟ",
    ("ㅡ", "ㅣ"): "ㅢ",
    ("ㄱ", "ㅅ"): "ㄳ",
    ("ㄴ", "ㅈ"): "ㄵ",
    ("ㄴ", "ㅎ"): "ㄶ",
    ("ㄹ", "ㄱ"): "ㄺ",
    ("ㄹ", "ㅁ"): "ㄻ",
    ("ㄹ", "ㅂ"): "ㄼ",
    ("ㄹ", "ㅅ"): "ㄽ",
    ("ㄹ", "ㅌ"): "ㄾ",
    ("ㄹ", "ㅍ"): "ㄿ",
    ("ㄹ", "ㅎ"): "ㅀ",
    ("ㅂ", "ㅅ"): "ㅄ",
}
_PARTED = {letter: pair for pair, letter in _JOINED.items()}


def to_hangul(text: str) -> str:
    """What the keys write with the Korean layout; signs, digits and Hangul stay."""
    letters = [_KEYS.get(char) or _KEYS.get(char.lower()) or char for char in text]
    out: list[str] = []
    at = 0
    while at < len(letters):
        taken, written = _syllable(letters, at)
        out.append(written)
        at += taken
    return "".join(out)


def to_latin(text: str) -> str:
    """The keys that were struck for a Korean text."""
    return "".join(_strokes(char) for char in text)


def is_whole(text: str) -> bool:
    """Whether only whole syllables stand in it, and at least two: then the other layout was probably meant."""
    letters = [char for char in text if not char.isspace()]
    return len(letters) >= 2 and all(is_syllable(char) or char.isdigit() for char in letters)


def _syllable(letters: list[str], at: int) -> tuple[int, str]:
    """How many letters make the next syllable, and it; a letter that begins none stands alone."""
    first = letters[at]
    if first not in INITIALS or _at(letters, at + 1) not in VOWELS:
        pair = _JOINED.get((first, _at(letters, at + 1))) if first in VOWELS else None
        return (2, pair) if pair else (1, first)
    taken, vowel = 2, letters[at + 1]
    joined = _JOINED.get((vowel, _at(letters, at + 2)))
    if joined:
        taken, vowel = 3, joined
    final = _at(letters, at + taken)
    if final not in FINALS[1:] or _at(letters, at + taken + 1) in VOWELS:
        return taken, join(first, vowel)
    double = _JOINED.get((final, _at(letters, at + taken + 1)))
    if double in FINALS and _at(letters, at + taken + 2) not in VOWELS:
        return taken + 2, join(first, vowel, str(double))
    return taken + 1, join(first, vowel, final)


def _at(letters: list[str], place: int) -> str:
    """The letter at a place; beyond the end a sign that is no letter."""
    return letters[place] if place < len(letters) else "."


def _strokes(char: str) -> str:
    letters = split(char) if is_syllable(char) else (char,)
    return "".join(
        "".join(_LETTERS.get(one, one) for one in _PARTED.get(letter, (letter,))) for letter in letters
    )
