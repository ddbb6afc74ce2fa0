"""What ``templates/documents/_reader.html`` shows: a document's pages as images with their text, in windows.

The owner's view asks who may read, and says at which addresses it serves image and text (``pages.send_image`` and
``pages.send_text``). Everything works by links: ``?page=21&zoom=1``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from . import pages
from .models import Document, Reading

WINDOW = 20  # pages in one view: find-in-page searches all of them


@dataclass(frozen=True)
class Shown:
    """One page with its addresses; ``lines``: dicts of x, y (baseline), width, size, text, in the image's pixels."""

    number: int
    width: int
    height: int
    image_url: str
    text_url: str
    lines: list[dict[str, Any]]


@dataclass
class Reader:
    """``state``: ready, waiting or failed; ``problem``: why not, in words; ``wanted``: somebody has
    asked for the pages; ``others``: (name, url, is shown)."""

    name: str
    download_url: str
    state: str
    problem: Any = ""
    count: int = 0
    pages: list[Shown] = field(default_factory=list)
    before: str = ""
    after: str = ""
    zoomed: bool = False
    zoom_url: str = ""
    again_url: str = ""
    wanted: bool = True
    others: list[tuple[str, str, bool]] = field(default_factory=list)


def reader(
    document: Document,
    *,
    name: str,
    params: Mapping[str, Any],
    download_url: str,
    urls: Callable[[int], tuple[str, str]],
    keep: Mapping[str, Any] | None = None,
) -> Reader:
    """The reader for one document whose pages are wanted. ``urls(n)``: addresses of image and text of page n.

    ``params``: the page's query, of which ``page`` and ``zoom`` are ours; ``keep`` is repeated in our links.
    """
    found = Reading.objects.filter(document=document).first()
    zoomed, kept = params.get("zoom") == "1", dict(keep or {})
    shown = Reader(name, download_url, found.state if found else Reading.State.WAITING, zoomed=zoomed)
    shown.wanted = found is not None
    if document.state == Document.State.REFUSED:
        shown.state, shown.problem = Reading.State.FAILED, pages.PROBLEMS["refused"]
    elif found is not None and found.state == Reading.State.FAILED:
        shown.problem = pages.PROBLEMS.get(found.problem, _("It is damaged, or too heavy to be drawn."))
    first = _first(params.get("page"), found.page_count if found else 0)
    shown.again_url = _query(kept, first, zoomed)
    if found is None or shown.state != Reading.State.READY or document.state != Document.State.CLEAN:
        return shown
    shown.count = found.page_count
    shown.zoom_url = _query(kept, first, not zoomed)
    shown.before = _query(kept, first - WINDOW, zoomed) if first > 1 else ""
    shown.after = _query(kept, first + WINDOW, zoomed) if first + WINDOW <= shown.count else ""
    rows = found.pages.filter(number__gte=first, number__lt=first + WINDOW).order_by("number")
    shown.pages = [
        Shown(row.number, row.width, row.height, *urls(row.number), [_line(line) for line in row.lines])
        for row in rows
    ]
    return shown


def _first(asked: Any, count: int) -> int:
    """The first page of the window in which the asked one lies."""
    number = int(asked) if str(asked or "").isdecimal() and len(str(asked)) < 6 else 1
    return (max(1, min(number, count or 1)) - 1) // WINDOW * WINDOW + 1


def _query(kept: dict[str, Any], page: int, zoomed: bool) -> str:
    return "?" + urlencode(kept | ({"page": page} if page > 1 else {}) | ({"zoom": 1} if zoomed else {}))


def _line(line: list[Any]) -> dict[str, Any]:
    x, y, width, height, text = line
    return {
        "x": x,
        "y": y + round(height * 0.8),
        "width": max(1, width),
        "size": max(1, height),
        "text": text,
    }
