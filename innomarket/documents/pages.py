"""Pages of a PDF for the screen: wanted by the owner of a document, made by a sweep, sent by the owner's view.

Who owns a document asks for its pages (``want``), and not before its content may be read: what is sealed until an
opening is not rendered before it. The sweep takes what waits with a lease and holds no row while the child works.
A file that failed is not tried again by itself; ``manage.py render_pages --again`` does, for operators.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import structlog
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innomarket.common import waking
from innomarket.common.clock import KST, Now, now
from innomarket.common.locks import lock

from . import rendering
from .models import Document, Page, Reading
from .services import SANDBOX

log = structlog.get_logger(__name__)

TASK = "documents.render_pages"
FOLDER = "pages"
PDF = "application/pdf"
LEASE = timedelta(minutes=20)  # longer than the longest document may take
MOST_TRIES = 3  # a worker that dies over a file takes it up again, three times in all
SECONDS_OF_A_RUN = 5  # then the other tasks have their turn: a heartbeat waits behind no pile of files
WAKE_EXPIRES = 60  # an older wake-up says nothing that the schedule does not
CHUNK = 1 << 16

PROBLEMS: dict[str, str | Promise] = {
    "locked": _("It is protected by a password."),
    "damaged": _("It is damaged, or too heavy to be drawn."),
    "too_many_pages": _("It has more than 300 pages."),
    "too_long": _("Drawing it takes too long."),
    "refused": _("The virus check refused it."),
    "gave_up": _("It was tried several times without success."),
    "unlocked": _("This server cannot draw pages safely."),
}


def want(documents: Iterable[Document]) -> int:
    """Have the pages of these made, those that are PDF; how many were not wanted yet. Safe to call again."""
    wanted = [document.pk for document in documents if document.content_type == PDF]
    known = set(Reading.objects.filter(document__in=wanted).values_list("document", flat=True))
    new = [Reading(document_id=pk) for pk in dict.fromkeys(wanted) if pk not in known]
    if new:
        Reading.objects.bulk_create(new, ignore_conflicts=True)
        wake()
    return len(new)


def send_image(page: Page) -> HttpResponse:
    """The image of a page, kept by no cache. The caller has asked who may read its document."""
    with _storage().open(page.path) as stored:
        response = HttpResponse(stored.read(), content_type="image/webp")
    response["Content-Disposition"] = "inline"
    return _private(response)


def send_text(page: Page) -> HttpResponse:
    """The text of a page, line by line, as plain text. The caller has asked who may read its document."""
    return _private(HttpResponse(text_of(page), content_type="text/plain; charset=utf-8"))


def text_of(page: Page) -> str:
    return "\n".join(line[4] for line in page.lines)


def page_of(document: Document, number: int) -> Page | None:
    """A page that can be shown: its document is checked, and all its pages are made."""
    ready = Page.objects.filter(reading__state=Reading.State.READY, reading__document__state="clean")
    return ready.filter(reading__document=document, number=number).first()


def forget(document: Document) -> None:
    """Delete the pages of a document, rows and images: for who deletes or refuses the document."""
    _delete(Page.objects.filter(reading__document=document))
    Reading.objects.filter(document=document).delete()


def refused(*, document: Document) -> None:
    """The virus check refused it after its pages were wanted or made: they go with its bytes."""
    forget(document)


def wake() -> None:
    """On commit, wake one sweep."""
    waking.wake(TASK, expires=WAKE_EXPIRES)


def render_due() -> int:
    """Make the pages of what waits, for some seconds; how many documents are done (shown or not)."""
    until, done = time.monotonic() + SECONDS_OF_A_RUN, 0
    while time.monotonic() < until:
        reading = _take()
        if reading is None:
            return done
        done += _make(reading)
    wake()
    return done


def try_again() -> int:
    """Let everything that failed wait once more; how many. For operators, after they mended what was wrong."""
    failed = Reading.objects.filter(state=Reading.State.FAILED)
    count = failed.update(state=Reading.State.WAITING, problem="", tries=0, next_try_at=None)
    if count:
        wake()
    return count


def _take() -> Reading | None:
    """The next that is due, with a lease; what was taken too often is given up."""
    with transaction.atomic():
        due = Reading.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=Now()))
        rows = due.filter(state=Reading.State.WAITING).exclude(document__state=Document.State.PENDING)
        rows = rows.select_related("document").order_by("next_try_at", "pk")
        reading = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if reading is not None:
            reading.tries += 1
            reading.next_try_at = now() + LEASE
            reading.save(update_fields=["tries", "next_try_at"])
    return reading


def _make(reading: Reading) -> bool:
    """Whether it came to an end: ready or failed. A store that is away leaves it waiting for its next try."""
    document = reading.document
    if document.state == Document.State.REFUSED:
        return _fail(reading, "refused")
    if reading.tries > MOST_TRIES:
        return _fail(reading, "gave_up")
    pages: list[Page] = []
    try:
        for made in rendering.render(lambda: _pieces(document)):
            pages.append(_stored(reading, made))
        return _keep(reading, pages)
    except rendering.Unshowable as failure:
        _drop([page.path for page in pages])
        return _fail(reading, failure.code)
    except Exception:
        _drop([page.path for page in pages])
        log.exception("pages not made", document=document.pk)
        return False


def _pieces(document: Document) -> Iterator[bytes]:
    with document.file.storage.open(str(document.file.name)) as stored:  # anew for each run
        while piece := stored.read(CHUNK):
            yield piece


def _stored(reading: Reading, made: rendering.Made) -> Page:
    storage = _storage()
    day = now().astimezone(KST)
    path = storage.save(f"{FOLDER}/{day:%Y/%m}/{uuid.uuid4().hex}", ContentFile(made.image))
    return Page(
        reading=reading,
        number=made.number,
        path=path,
        size=len(made.image),
        width=made.width,
        height=made.height,
        lines=made.lines,
    )


def _keep(reading: Reading, pages: list[Page]) -> bool:
    """All pages or none. Another worker may have been faster, or the document may be gone: then ours go."""
    with transaction.atomic():
        found = Reading.objects.select_for_update().filter(pk=reading.pk, state=Reading.State.WAITING).first()
        if found is not None:
            Page.objects.bulk_create(pages)
            found.state, found.page_count, found.next_try_at = Reading.State.READY, len(pages), None
            found.save(update_fields=["state", "page_count", "next_try_at"])
    if found is None:
        _drop([page.path for page in pages])
    return True


def _fail(reading: Reading, code: str) -> bool:
    log.warning("pages cannot be made", document=reading.document_id, problem=code)
    with transaction.atomic():
        found = lock(Reading, reading.pk)
        if found.state == Reading.State.WAITING:
            found.state, found.problem, found.next_try_at = Reading.State.FAILED, code, None
            found.save(update_fields=["state", "problem", "next_try_at"])
    return True


def _storage() -> Any:
    """The store in which the documents lie."""
    return Document._meta.get_field("file").storage  # type: ignore[union-attr]


def _delete(pages: Any) -> None:
    paths = list(pages.values_list("path", flat=True))
    pages.delete()
    transaction.on_commit(lambda: _drop(paths), robust=True)


def _drop(paths: list[str]) -> None:
    storage = _storage()
    for path in paths:
        storage.delete(path)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
