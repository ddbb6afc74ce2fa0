"""What a product can be found by: lexemes with the weight of their field, its folded texts, its known words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import korean, normalise
from .normalise import HAN, HANGUL, JAMO, LATIN, Run
from .pieces import EVERY, Pieces

FIELDS = ("name", "kind", "summary", "supplier", "body")
"""The parts of a document: both names; category, class, models and papers; the sentence; the company; the rest."""
WEIGHTS = {"name": "A", "kind": "B", "summary": "C", "supplier": "C", "body": "D"}
INITIALS_OF = ("name", "supplier")
MOST_LEXEMES = 4_000
"""Of one document; what comes later in a very long description is not searched."""


@dataclass(frozen=True)
class Document:
    """``vector`` is tsvector text, ``head`` the part of it that ranks; ``texts`` are folded, in the order of FIELDS;

    ``words`` help with spelling.
    """

    vector: str
    head: str
    texts: list[str]
    words: list[str]


def document(fields: Mapping[str, Iterable[str]], pieces: Pieces = EVERY) -> Document:
    """The document of these texts, by the names of FIELDS; each text stands for itself, so none runs into the next."""
    weights: dict[str, set[str]] = {}
    texts, words = [], dict[str, None]()
    for field in FIELDS:
        given = [text for text in fields.get(field, ()) if text]
        texts.append(" | ".join(normalise.fold(text) for text in given))
        for text in given:
            for lexeme in _lexemes(text, pieces, with_initials=field in INITIALS_OF):
                if lexeme in weights or len(weights) < MOST_LEXEMES:
                    weights.setdefault(lexeme, set()).add(WEIGHTS[field])
            if field != "body":
                words.update(dict.fromkeys(known_words(text)))
    head = {lexeme: told for lexeme, given in weights.items() if (told := given - {WEIGHTS["body"]})}
    return Document(_vector(weights), _vector(head), texts, list(words))


def _vector(weights: Mapping[str, set[str]]) -> str:
    return " ".join(
        f"'{lexeme}':" + ",".join(f"{place}{weight}" for place, weight in enumerate(sorted(given), start=1))
        for lexeme, given in weights.items()
    )


def known_words(text: str) -> list[str]:
    """The words that a mistyped one may have meant."""
    found = []
    for run in normalise.runs(text):
        if run.script == HANGUL and len(run.text) >= 2:
            found += korean.stems(run.text)
        elif run.script == LATIN and len(run.text) >= 4:
            found.append(run.text)
    return found


def _lexemes(text: str, pieces: Pieces, *, with_initials: bool) -> Iterable[str]:
    before: Run | None = None
    for run in normalise.runs(text):
        if run.script == HANGUL:
            noun = korean.without_verbal(run.text) if pieces.particles else run.text
            yield from korean.bigrams(noun)
            if pieces.spacing and before is not None and run.place - before.place <= 1:
                yield from (stem[-1] + noun[0] for stem in korean.stems(before.text))
            before = run
            continue
        before = None
        if run.script in (HAN, JAMO):
            yield from korean.bigrams(run.text)
        elif run.script == LATIN:
            yield from {run.text, normalise.stem(run.text)}
        else:
            yield run.text
    yield from normalise.codes(text)
    if with_initials and pieces.initials:
        letters = "".join(run.text for run in normalise.runs(text) if run.script == HANGUL)
        yield from (pair for pair in korean.bigrams(korean.initials(letters)) if len(pair) == 2)
