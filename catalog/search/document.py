"""What a product can be found by: lexemes with the weight of their field, its folded texts, its known words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import concepts, korean, normalise
from .normalise import HAN, HANGUL, JAMO, LATIN, Run
from .pieces import EVERY, Pieces

FIELDS = ("name", "kind", "summary", "supplier", "body")
"""The parts of a document: both names; category, class, models and papers; the sentence; the company; the rest."""
BODY = FIELDS.index("body")
"""The place of the one field that is long: it is kept apart and read only where no other has a word."""
WEIGHTS = {"name": "A", "kind": "B", "summary": "C", "supplier": "C", "body": "D"}
INITIALS_OF = ("name", "supplier")
MOST_LEXEMES = 4_000
"""Of one document; what comes later in a very long description is not searched."""
VERSION = 5
"""Goes up whenever other lexemes or texts are made of the same product: `reindex_search --missing`, which every start
runs, writes what an earlier version made anew."""


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
    words = dict[str, None]()
    for field in FIELDS:
        for text in filter(None, fields.get(field, ())):
            for lexeme in _lexemes(text, pieces, with_initials=field in INITIALS_OF):
                if lexeme in weights or len(weights) < MOST_LEXEMES:
                    weights.setdefault(lexeme, set()).add(WEIGHTS[field])
            if field != "body":
                words.update(dict.fromkeys(known_words(text)))
    if pieces.thesaurus:
        _add_concepts(weights)
    head = {lexeme: told for lexeme, given in weights.items() if (told := given - {WEIGHTS["body"]})}
    return Document(_vector(weights), _vector(head), texts_of(fields), list(words))


def texts_of(fields: Mapping[str, Iterable[str]]) -> list[str]:
    """The folded texts that ranking compares, in the order of FIELDS."""
    return [" | ".join(map(normalise.fold, filter(None, fields.get(field, ())))) for field in FIELDS]


def _add_concepts(weights: dict[str, set[str]]) -> None:
    """With the weights of the fields that say them; what only several fields say together weighs as the body."""
    found: dict[str, set[str]] = {concept: set() for concept in concepts.of(weights.keys())}
    for weight in set(WEIGHTS.values()):
        for concept in concepts.of({lexeme for lexeme, given in weights.items() if weight in given}):
            found[concept].add(weight)
    weights.update({concept: given or {WEIGHTS["body"]} for concept, given in found.items()})


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
        if run.script == JAMO and korean.is_initials(run.text):
            yield from korean.runs_of_initials(run.text)
        elif run.script in (HAN, JAMO):
            yield from korean.bigrams(run.text)
        elif run.script == LATIN:
            yield from {run.text, normalise.stem(run.text)}
        else:
            yield run.text
    yield from normalise.codes(text)
    if with_initials and pieces.initials:
        letters = "".join(run.text for run in normalise.runs(text) if run.script == HANGUL)
        yield from korean.runs_of_initials(korean.initials(letters))
