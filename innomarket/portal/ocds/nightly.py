"""The whole history as a file of each night, beside those of the catalogue: the same store, sums and time to live."""

from collections.abc import Iterable, Iterator

from catalog.bulk import Ending
from catalog.models import Snapshot
from catalog.services.snapshot import Kind, register

from . import package
from .releases import Release
from .since import Span

WHAT, KOREAN = Snapshot.What.OCDS, Snapshot.Language.KOREAN
ADDRESS = "/ocds/history.json"
"""What the package calls itself: it is the history, as it stood that night."""


def whole(ending: Ending) -> Iterator[bytes]:
    """One release package."""
    yield from package.written("releases", _counted(package.releases_in(Span()), ending), ADDRESS)


def lines(ending: Ending) -> Iterator[bytes]:
    """A release a line."""
    for line in package.lines(Span()):
        yield ending.pass_on(line, 1)


def register_all() -> None:
    """Once, when the portal is ready."""
    for format_, make in ((Snapshot.Format.JSON, whole), (Snapshot.Format.JSONL, lines)):
        register(Kind(WHAT, format_, KOREAN, make, needs_rows=True))


def _counted(releases: Iterable[Release], ending: Ending) -> Iterator[Release]:
    for release in releases:
        ending.rows += 1
        yield release
