"""Run the sandboxed child (``page_child.py``) on one document, and ask again whatever it answers.

A document whose child fails, dies or takes too long is not tried again: what a hostile file did once, it does again.
"""

from __future__ import annotations

import contextlib
import json
import math
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from . import page_child

CHILD = Path(page_child.__file__)
PAGES_OF_A_RUN = 10
SECONDS_OF_A_RUN = 120  # by the wall's clock; processor time is limited in the child itself
SECONDS_OF_A_FILE = 400  # all its runs together: less than a task of the worker may take
MAX_HEAD = 4 << 20  # bytes of one page's text with its boxes
MAX_IMAGE = 12 << 20  # bytes of one image
SECONDS_OF_A_PICTURE = 20
SECONDS_OF_A_COUNT = 15  # somebody waits for it
PLACES = ("properties", "author", "annotation", "attachment", "data")
ERRORS = ("locked", "damaged", "too_many_pages", "too_many_pixels", "unlocked")


class Unshowable(Exception):
    """These pages cannot be made; ``code`` is one of ``pages.PROBLEMS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Made:
    """One page as the child made it: number from 1, size in pixels, lines, image (WebP)."""

    number: int
    width: int
    height: int
    lines: list[list[Any]]
    image: bytes


@dataclass(frozen=True)
class Copy:
    """A smaller copy of a picture as the child made it (WebP)."""

    width: int
    height: int
    image: bytes


def shrink(content: Iterable[bytes], widths: tuple[int, ...]) -> list[Copy]:
    """Copies of a JPEG or PNG in these widths, none larger than it is. Raises Unshowable."""
    return list(_child(content, ["picture", *map(str, widths)], SECONDS_OF_A_PICTURE, _copies))


def _copies(stream: IO[bytes]) -> Iterator[Copy]:
    head, _ = _frame(stream)
    for _place in range(_number(head.get("copies"), 10)):
        head, image = _frame(stream)
        yield Copy(*_webp(head, image), image)


@dataclass(frozen=True)
class Words:
    """The words of each page, and every text beside the pages: (where, page or 0, text); None: they cannot be read.

    ``where``: properties, author, annotation, attachment (its name), data (anything else).
    """

    pages: list[str]
    data: list[tuple[str, int, str]] | None


def words(pieces: Iterable[bytes], *, seconds: float = SECONDS_OF_A_RUN) -> Words:
    """What a PDF says, without an image of it. Nothing is kept. Raises Unshowable."""
    pages: list[str] = []
    for found in _child(pieces, ["words"], seconds, _said):
        if isinstance(found, Words):
            return Words(pages, found.data)
        pages.append(found)
    raise Unshowable("damaged")


def blank_pages(pieces: Iterable[bytes], *, seconds: float = SECONDS_OF_A_COUNT) -> tuple[int, int]:
    """(pages of a PDF, pages that look blank). Raises Unshowable."""
    [counted] = _child(pieces, ["blanks"], seconds, _counted)
    return counted


def _counted(stream: IO[bytes]) -> Iterator[tuple[int, int]]:
    head, _ = _frame(stream)
    pages, blank = _number(head.get("pages"), page_child.MAX_PAGES), head.get("blank")
    yield pages, 0 if blank == 0 else _number(blank, pages)


def render(open_bytes: Any, *, seconds: float = SECONDS_OF_A_RUN) -> Iterator[Made]:
    """Every page in order. ``open_bytes()`` gives the file's bytes in pieces, anew for each run of ten pages.

    Raises Unshowable at the first page that cannot be made.
    """
    first, pages, until = 1, 1, time.monotonic() + SECONDS_OF_A_FILE
    while first <= pages:
        left = max(0.1, until - time.monotonic())
        for found in _run(open_bytes(), first, min(seconds, left)):
            if isinstance(found, Made):
                yield found
            else:
                pages = found
        first += PAGES_OF_A_RUN


def _run(pieces: Iterable[bytes], first: int, seconds: float) -> Iterator[int | Made]:
    """How many pages the file has, then up to ten of them."""
    return _child(pieces, [str(first), str(PAGES_OF_A_RUN)], seconds, partial(_answers, first=first))


def _child(
    pieces: Iterable[bytes], arguments: list[str], seconds: float, read: Callable[[IO[bytes]], Iterator[Any]]
) -> Iterator[Any]:
    """What the child answers, as ``read`` understands it."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", str(CHILD), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        child.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        assert child.stdin and child.stdout
        with contextlib.suppress(BrokenPipeError), child.stdin as sink:
            for piece in pieces:
                sink.write(piece)
        yield from read(child.stdout)
    except Unshowable as failure:
        raise Unshowable("too_long" if late.is_set() else failure.code) from failure
    finally:
        timer.cancel()
        child.kill()
        if child.stdout:
            child.stdout.close()
        child.wait()


def _answers(stream: IO[bytes], first: int) -> Iterator[int | Made]:
    head, _ = _frame(stream)
    pages = _number(head.get("pages"), page_child.MAX_PAGES)
    yield pages
    for number in range(first, min(first + PAGES_OF_A_RUN, pages + 1)):
        head, image = _frame(stream)
        if head.get("page") != number:
            raise Unshowable("damaged")
        width, height = _webp(head, image)
        yield Made(number, width, height, [_line(one) for one in _lines(head)], image)


def _webp(head: dict[str, Any], image: bytes) -> tuple[int, int]:
    """Width and height of an image that is what it should be."""
    if image[:4] != b"RIFF" or image[8:12] != b"WEBP":
        raise Unshowable("damaged")
    return _number(head.get("width"), 16_383), _number(head.get("height"), 16_383)


def _said(stream: IO[bytes]) -> Iterator[str | Words]:
    head, _ = _frame(stream)
    for number in range(1, _number(head.get("pages"), page_child.MAX_PAGES) + 1):
        head, _ = _frame(stream)
        if head.get("page") != number or not isinstance(head.get("words"), str):
            raise Unshowable("damaged")
        yield _text(head["words"])
    head, _ = _frame(stream)
    rows = head.get("data")
    yield Words([], None if rows is None else [_beside(row) for row in rows])


def _beside(row: Any) -> tuple[str, int, str]:
    if not isinstance(row, list) or len(row) != 3 or row[0] not in PLACES or not isinstance(row[2], str):
        raise Unshowable("damaged")
    page = row[1] if isinstance(row[1], int) and 0 <= row[1] <= page_child.MAX_PAGES else 0
    return row[0], page, _text(row[2])


def _text(text: str) -> str:
    """A text of which the database takes every character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _frame(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    lengths = stream.read(8)
    if len(lengths) != 8:
        raise Unshowable("damaged")  # died: out of memory or time, or killed
    text_length, image_length = struct.unpack(">II", lengths)
    if text_length > MAX_HEAD or image_length > MAX_IMAGE:
        raise Unshowable("damaged")
    text, image = stream.read(text_length), stream.read(image_length)
    if len(text) != text_length or len(image) != image_length:
        raise Unshowable("damaged")
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unshowable("damaged") from error
    if not isinstance(head, dict):
        raise Unshowable("damaged")
    if "error" in head:
        raise Unshowable(head["error"] if head["error"] in ERRORS else "damaged")
    return head, image


def _number(value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise Unshowable("damaged")
    return value


def _lines(head: dict[str, Any]) -> list[Any]:
    lines = head.get("lines")
    if not isinstance(lines, list) or len(lines) > page_child.MAX_LINES:
        raise Unshowable("damaged")
    return lines


def _line(line: Any) -> list[Any]:
    """[x, y, width, height, text]: whole pixels, and a text of which the database takes every character."""
    if not isinstance(line, list) or len(line) != 5 or not isinstance(line[4], str):
        raise Unshowable("damaged")
    box = line[:4]
    if any(not isinstance(edge, (int, float)) or not math.isfinite(edge) for edge in box):
        raise Unshowable("damaged")
    return [*(max(-32_000, min(32_000, round(edge))) for edge in box), _text(line[4])]
