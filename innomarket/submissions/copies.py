"""A replaced anonymous copy beside the one before it: the lines in which their texts differ."""

import difflib
from dataclasses import dataclass

from innomarket.documents.models import Document, Page, Reading
from innomarket.documents.pages import text_of

from . import anonymous
from .comparing import Piece, word_pieces
from .models import Revision, SupplementPaper


@dataclass(frozen=True)
class Change:
    """A run of lines that differ: on which page of the new copy (of the old one where nothing follows it)."""

    page: int
    pieces: list[Piece]


@dataclass(frozen=True)
class Compared:
    """``same`` counts the lines that are alike; ``pages`` of both."""

    changes: list[Change]
    same: int
    pages: tuple[int, int]


def compared(revision: Revision, paper: SupplementPaper) -> Compared | None:
    """The text layers of both, line by line; None while the pages of one of them are not made (or cannot be)."""
    before = anonymous.copies_of([revision]).get(revision.pk)
    if before is None or paper.document is None:
        return None
    ready = Reading.objects.filter(document__in=[before, paper.document], state=Reading.State.READY)
    if ready.count() < len({before.pk, paper.document.pk}):
        return None
    old, new = _lines(before), _lines(paper.document)
    matcher = difflib.SequenceMatcher(
        None, [text for _n, text in old], [text for _n, text in new], autojunk=False
    )
    changes, same = [], 0
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            same += a1 - a0
            continue
        page = (new[b0:b1] or old[a0:a1])[0][0]
        changes.append(Change(page, word_pieces(_text(old[a0:a1]), _text(new[b0:b1]))))
    return Compared(changes, same, (_count(old), _count(new)))


def _lines(document: Document) -> list[tuple[int, str]]:
    rows = Page.objects.filter(reading__document=document).order_by("number")
    return [
        (page.number, line.strip()) for page in rows for line in text_of(page).splitlines() if line.strip()
    ]


def _text(lines: list[tuple[int, str]]) -> str:
    return "\n".join(text for _number, text in lines)


def _count(lines: list[tuple[int, str]]) -> int:
    return len({number for number, _text in lines})
