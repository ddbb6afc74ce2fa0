"""The quarantine: what is received waits as PENDING until ClamAV has seen it, and is sent to nobody until then.

Where no scanner is set (``CLAMAV_ADDRESS``) the checks of the content at the reception suffice. A sweep takes what
is due, with ``skip_locked``, and holds no row while the scanner reads: it takes a lease instead, so a killed worker
only delays. What cannot be asked stays pending and is asked again; it is never sent unasked.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from innomarket.audit.services import changed
from innomarket.common import waking
from innomarket.common.clock import Now, now
from innomarket.common.health import Unready

from . import clamav, hooks
from .models import Document

log = structlog.get_logger(__name__)

TASK = "documents.check_pending"
LEASE = timedelta(minutes=5)  # longer than one scan may take
BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15)]  # the last one again and again
DEAD_SCANNER = 2  # failures in a row end a run: a scanner that is away is no file's fault
SECONDS_OF_A_RUN = 5  # then the other tasks have their turn: a closing waits behind no pile of files
CHUNK = 1 << 16


def state_at_reception() -> str:
    """PENDING where a scanner is set, else CLEAN."""
    return Document.State.PENDING if settings.CLAMAV_ADDRESS else Document.State.CLEAN


def wake() -> None:
    """On commit, wake one sweep."""
    waking.wake(TASK)


def check_pending() -> int:
    """Ask the scanner about every file that is due; how many got a verdict.

    Where no scanner is set any more, what waited is let go: its content was checked when it was received.
    """
    until, done, failed = time.monotonic() + SECONDS_OF_A_RUN, 0, 0
    while failed < DEAD_SCANNER:
        if time.monotonic() > until:
            if not failed:
                wake()
            break
        document = _take()
        if document is None:
            break
        if not settings.CLAMAV_ADDRESS:
            _pass(document.pk)
            done += 1
            continue
        try:
            found = clamav.scan(settings.CLAMAV_ADDRESS, _pieces(document))
        except clamav.ScannerAway as away:
            log.warning("not checked for viruses", document=document.pk, scanner=str(away))
            failed += 1
            continue
        except Exception:  # missing or unreadable in the store: the lease stands, and the others are checked
            log.exception("waiting file cannot be read", document=document.pk)
            continue
        failed, done = 0, done + 1
        if found is None:
            _pass(document.pk)
        else:
            refuse_found(pk=document.pk, found=found)
    return done


def refuse_found(*, pk: int, found: str) -> None:
    """The scanner found something: refused for good, those who hold it are told, the bytes are deleted.

    The row stays with name, size and hash: a receipt names them, and the record must say what became of it.
    """
    with transaction.atomic():
        document = _still_pending(pk)
        if document is None:
            return
        changed(
            document,
            actor=None,
            verb="documents.refuse",
            state=Document.State.REFUSED,
            refused_reason=found[:300],
            next_check_at=None,
        )
        hooks.document_refused.announce(document=document)
        storage: Any = document.file.storage
        path = document.file.name
        transaction.on_commit(lambda: storage.delete(path), robust=True)
    log.warning("virus found", document=pk, found=found)


def check_health() -> None:
    """For /readyz: raises Unready with the scanner's failure and how many files wait for it."""
    try:
        clamav.ping(settings.CLAMAV_ADDRESS)
    except clamav.ScannerAway as away:
        waiting = Document.objects.filter(state=Document.State.PENDING).count()
        raise Unready(f"{away}; files waiting to be checked: {waiting}") from away


def _pass(pk: int) -> None:
    with transaction.atomic():
        document = _still_pending(pk)
        if document is not None:
            changed(
                document,
                actor=None,
                verb="documents.pass",
                state=Document.State.CLEAN,
                next_check_at=None,
            )


def _still_pending(pk: int) -> Document | None:
    """Locked without its key: a submit that stores a reference to it meanwhile does not wait for us."""
    rows = Document.objects.select_for_update(no_key=True, of=("self",))
    return rows.filter(pk=pk, state=Document.State.PENDING).first()


def _take() -> Document | None:
    """The next due file, with a lease on it: whoever takes it first has it."""
    with transaction.atomic():
        due = Document.objects.filter(Q(next_check_at=None) | Q(next_check_at__lte=Now()))
        rows = due.filter(state=Document.State.PENDING, emptied_at=None).order_by("next_check_at", "pk")
        document = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if document is None:
            return None
        pause = BACK_OFF[min(document.checks, len(BACK_OFF) - 1)]
        document.checks += 1
        document.next_check_at = now() + max(pause, LEASE if settings.CLAMAV_ADDRESS else pause)
        document.save(update_fields=["checks", "next_check_at"])
    return document


def _pieces(document: Document) -> Iterator[bytes]:
    length = 0
    with document.file.open("rb") as stored:
        while piece := stored.read(CHUNK):
            length += len(piece)
            yield piece
    if length != document.size:
        raise OSError("The stored file is shorter or longer than what was received.")
