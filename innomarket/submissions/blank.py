"""Whether pages of a PDF look blank, counted in the locked-in child of documents. A hint, not a verdict."""

from collections.abc import Iterator

import structlog

from innomarket.documents import rendering
from innomarket.documents.models import Document
from innomarket.documents.pages import PDF

log = structlog.get_logger(__name__)

CHUNK = 1 << 16


def count(document: Document) -> tuple[int, int] | None:
    """(pages, pages that look blank) of a received PDF; None where it cannot be said: people look at it then.

    It may take ``rendering.SECONDS_OF_A_COUNT``: nobody calls it with a row locked.
    """
    if document.content_type != PDF:
        return None
    try:
        return rendering.blank_pages(_pieces(document))
    except rendering.Unshowable as failure:
        log.info("blank pages not counted", document=document.pk, problem=failure.code)
    except OSError:  # a hint never fails an upload
        log.exception("blank pages not counted", document=document.pk)
    return None


def _pieces(document: Document) -> Iterator[bytes]:
    with document.file.storage.open(str(document.file.name)) as stored:
        while piece := stored.read(CHUNK):
            yield piece
