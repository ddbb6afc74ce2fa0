"""Two contents of one submission side by side: what was added, taken out, or written anew, word by word."""

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

# A Korean syllable, a run of letters or digits, a run of spaces, any other sign: small enough that one changed
# ending does not mark the whole word, large enough to be read.
TOKEN = re.compile(r"[가-힣]|[^\W_가-힣]+|\s+|.", re.DOTALL)
MOST_TOKENS = 12_000


@dataclass(frozen=True)
class Piece:
    """A run of text: ``kind`` is "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass
class Line:
    """One question: ``state`` is "same", "changed", "added" or "removed"; ``pieces`` where both are text."""

    key: str
    label: dict[str, Any]
    state: str
    before: Any = None
    after: Any = None
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class FileLine:
    """One file by its SHA-256: "same", "added", "removed", or "renamed" where only the name differs."""

    slot: str
    state: str
    name: str
    size: int
    sha256: str
    before_name: str = ""


def compare(before: dict[str, Any], after: dict[str, Any]) -> tuple[list[Line], list[FileLine]]:
    """Two contents as ``freezing.content`` gives them; the order is that of the later one."""
    return list(_sections(before["sections"], after["sections"])), list(
        _files(before["files"], after["files"])
    )


def word_pieces(before: str, after: str) -> list[Piece]:
    """The later text with what was taken out and put in. Joined without the added (removed) pieces it is the other."""
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if len(old) + len(new) > MOST_TOKENS:  # a difference that nobody reads, and that would take seconds
        return [Piece("removed", before), Piece("added", after)]
    pieces: list[Piece] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(new[b0:b1])))
            continue
        if a1 > a0:
            pieces.append(Piece("removed", "".join(old[a0:a1])))
        if b1 > b0:
            pieces.append(Piece("added", "".join(new[b0:b1])))
    return pieces


def _sections(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Line]:
    old = {section["key"]: section for section in before}
    new = {section["key"]: section for section in after}
    for section in after:
        yield _line(old.get(section["key"]), section)
    for section in before:
        if section["key"] not in new:
            yield _line(section, None)


def _line(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Line:
    shown = after or before or {}
    old, new = (before or {}).get("value"), (after or {}).get("value")
    line = Line(shown["key"], shown, "same", old, new)
    if old == new:
        return line
    empty: tuple[Any, ...] = (None, "", [])
    line.state = "added" if old in empty else "removed" if new in empty else "changed"
    if line.state == "changed" and isinstance(old, str) and isinstance(new, str):
        line.pieces = word_pieces(old, new)
    return line


def _files(before: Iterable[dict[str, Any]], after: Iterable[dict[str, Any]]) -> Iterator[FileLine]:
    left = list(before)
    for file in after:
        twin = next((one for one in left if _same(one, file)), None)
        if twin is None:
            yield FileLine(file["slot"], "added", file["name"], file["size"], file["sha256"])
            continue
        left.remove(twin)
        state = "same" if twin["name"] == file["name"] else "renamed"
        yield FileLine(file["slot"], state, file["name"], file["size"], file["sha256"], twin["name"])
    for file in left:
        yield FileLine(file["slot"], "removed", file["name"], file["size"], file["sha256"])


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["slot"] == other["slot"] and one["sha256"] == other["sha256"]
