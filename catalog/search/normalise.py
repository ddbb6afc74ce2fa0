"""One spelling for what is compared: width, case and accents do not matter; runs of one script are words."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

HANGUL, JAMO, LATIN, DIGITS, HAN, CODE = "hangul", "jamo", "latin", "digits", "han", "code"
LONGEST = 40
"""Characters of a word that are looked at."""

# Kana without the signs that stand among them: the dot (U+30FB) parts words, as in 전기・가스.
_HAN = r"\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u4e00-\u9fff"
_RUNS = re.compile(
    rf"(?P<hangul>[가-힣]+)|(?P<jamo>[ㄱ-ㅎㅏ-ㅣ]+)|(?P<latin>[a-z]+)|(?P<digits>[0-9]+)|(?P<han>[{_HAN}]+)"
)
_SIGNS = re.compile(rf"[^0-9a-z가-힣ㄱ-ㅎㅏ-ㅣ{_HAN}]+")
# Needs no folding but of case: nearly every text.
_PLAIN = re.compile(r"[\x00-\x7f가-힣ㄱ-ㅎㅏ-ㅣ·–—‘’“”]*")
_CODE = re.compile(r"[a-z0-9]+(?:[-_./][a-z0-9]+)+|[a-z]+[0-9][a-z0-9]*|[0-9]+[a-z][a-z0-9]*")
# Plural and the commonest endings only: a light stem serves recall, a heavy one joins what does not belong.
_ENDINGS = (
    ("ications", "i"),
    ("ication", "i"),
    ("ies", "y"),
    ("sses", "ss"),
    ("ing", ""),
    ("ations", ""),
    ("ation", ""),
    ("ions", ""),
    ("ion", ""),
    ("ers", ""),
    ("er", ""),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
    ("e", ""),
)
_LEAST_STEM = 4


@dataclass(frozen=True)
class Run:
    """A word of one script; ``place`` is its whitespace-separated part of the text, from 0."""

    text: str
    script: str
    place: int


def fold(text: str) -> str:
    """NFKC, lower case, no accents, one space between words. Idempotent."""
    if _PLAIN.fullmatch(text):
        return " ".join(text.lower().split())
    letters = unicodedata.normalize("NFKC", text).casefold()
    # Hangul comes apart and together again here; marks of other scripts stay apart and go.
    plain = "".join(
        char for char in unicodedata.normalize("NFD", letters) if unicodedata.category(char) != "Mn"
    )
    # Half-width jamo become conjoining ones in NFKC: people mean the letters of the keyboard.
    return " ".join(unicodedata.normalize("NFC", plain).translate(_CONJOINING).split())


def squeeze(folded: str) -> str:
    """Folded text without spaces and signs: how a compound is compared with its parts."""
    return _SIGNS.sub("", folded)


def runs(text: str) -> list[Run]:
    """The words of a text, in order."""
    found = []
    for place, part in enumerate(fold(text).split()):
        for match in _RUNS.finditer(part):
            found.append(Run(match.group()[:LONGEST], str(match.lastgroup), place))
    return found


def codes(text: str) -> list[str]:
    """Numbers and type marks such as "AB-100", without their signs; "wi-fi" too."""
    return [_bare(match) for match in _CODE.findall(fold(text))]


def words(text: str) -> list[Run]:
    """As ``runs``, but a number or a type mark with a digit (R26PD00000012, AB-100) is one, as in ``codes``."""
    found = []
    for place, part in enumerate(fold(text).split()):
        at = 0
        for match in _CODE.finditer(part):
            if any(char.isdigit() for char in match.group()):
                found += _placed(part[at : match.start()], place)
                found.append(Run(_bare(match.group()), CODE, place))
                at = match.end()
        found += _placed(part[at:], place)
    return found


def code_parts(code: str) -> tuple[str, ...]:
    """Letters and digits of a code, each for themselves: ab100 → ab, 100."""
    return tuple(match.group() for match in _RUNS.finditer(code))


def _placed(text: str, place: int) -> list[Run]:
    return [Run(run.text, run.script, place) for run in runs(text)]


def _bare(code: str) -> str:
    return re.sub(r"[^a-z0-9]", "", code)[:LONGEST]


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """The beginning that an English word shares with its plural and its nearest kin, at least four letters long."""
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= _LEAST_STEM:
            return word[: len(word) - len(ending)] + instead
    return word


def _conjoining() -> dict[int, str]:
    initials = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
    vowels = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
    finals = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
    return {
        first + at: letter
        for first, letters in ((0x1100, initials), (0x1161, vowels), (0x11A8, finals))
        for at, letter in enumerate(letters)
    }


_CONJOINING = _conjoining()
