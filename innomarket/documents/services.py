"""Receive a file, and send it. There is no address at which a file can be fetched by itself.

The view of the object that owns the file finds it through ``readable_by`` and calls ``send``.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import Any

import structlog
from django.core.files.base import File
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import KST, now
from innomarket.common.formats import filesize
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused

from . import quarantine
from .errors import WrongContent
from .models import Document, Page, Piece, Rendition, private_storage
from .naming import safe_name
from .types import EICAR, is_test_virus, recognise

log = structlog.get_logger(__name__)

# A page of ours that opens such a file by mistake can run nothing of it.
SANDBOX = "default-src 'none'; sandbox"
ORPHAN_AGE = timedelta(days=1)


def receive(*, upload: File, by: Any, extensions: tuple[str, ...], max_bytes: int) -> Document:
    """Check, hash and keep one uploaded file; the caller's object then owns it.

    ``extensions``: what the place takes, lower case without the dot; ``max_bytes``: its limit in bytes.
    Raises Refused at the field "file" (empty, too big, wrong kind, false extension, something hidden, test virus);
    nothing is kept then.
    """
    name = safe_name(upload.name or "")
    size, sha256 = _measure(upload, max_bytes)
    try:
        content_type = recognise(upload, name=name, size=size, extensions=extensions)
    except WrongContent as wrong:
        raise Refused(wrong.code, wrong.reason, field="file", status=422) from wrong
    document = Document(
        name=name,
        size=size,
        sha256=sha256,
        content_type=content_type,
        state=quarantine.state_at_reception(),
        uploaded_by=by,
    )
    document = _keep(document, upload)
    if document.state == Document.State.PENDING:
        quarantine.wake()
    return document


def send(document: Document, *, name: str | None = None) -> FileResponse:
    """The file as a download that no cache keeps and no page can run. The caller has asked who may read it.

    ``name`` replaces the stored name (a blind round shows none of the company's). Raises Refused for a file that
    is not checked, was deleted after its time of keeping, or is missing in the store.
    """
    if document.emptied_at is not None:
        raise Refused(
            "file_deleted",
            _("The time of keeping of this file is over. It was deleted; its size and SHA-256 stay."),
            status=410,
        )
    if document.state == Document.State.REFUSED:
        raise Refused("file_refused", _("The virus check refused this file. It is sent to nobody."))
    if document.state != Document.State.CLEAN:
        raise Refused("file_not_checked", _("This file is being checked for viruses. Try again in a minute."))
    try:
        stored = document.file.storage.open(str(document.file.name))
    except FileNotFoundError as error:
        log.error("document missing in the store", document=document.pk)
        raise Refused(
            "file_missing", _("This file cannot be found at the moment. We have been told."), status=503
        ) from error
    response = FileResponse(
        stored,
        as_attachment=True,
        filename=safe_name(name) if name else document.name,
        content_type=document.content_type,
    )
    response["Content-Length"] = document.size  # of what is sent: the stored file is longer by its seal
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def seal_stored() -> int:
    """Encrypt files that were stored before the sealing, one transaction each; how many. Safe to run again.

    Raises Refused where a stored file is not what was received: it is left as it is, for people to look at.
    """
    storage: Any = private_storage()
    sealed = 0
    for document in Document.objects.order_by("pk").iterator():
        if document.file.name and storage.exists(document.file.name):
            sealed += not storage.is_sealed(document.file.name) and _seal(storage, document.pk)
    return sealed


def _seal(storage: Any, pk: int) -> bool:
    with transaction.atomic():
        document = lock(Document, pk)
        plain = str(document.file.name)
        with storage.open(plain) as stored:
            if hashlib.file_digest(stored, "sha256").hexdigest() != document.sha256:
                raise Refused("not_as_received", _("A stored file is not the one that was received."))
        with storage.open(plain) as stored:
            path = storage.save(f"{plain.rpartition('/')[0]}/{uuid.uuid4().hex}", stored)
        changed(document, actor=None, verb="documents.seal", file=path)
        transaction.on_commit(lambda: storage.delete(plain))
    return True


def sweep_orphans() -> int:
    """Delete stored files without a row that are older than a day; how many.

    A transaction that was undone after its file was stored leaves one behind.
    """
    storage, swept = private_storage(), 0
    before = now() - ORPHAN_AGE
    owned: list[tuple[str, Any, str]] = [
        ("documents", Document, "file"),
        ("uploads", Piece, "path"),
        ("pages", Page, "path"),
        ("pictures", Rendition, "path"),
    ]
    for folder, model, field in owned:
        for path in _files_below(storage, folder):
            if (
                storage.get_modified_time(path) < before
                and not model.objects.filter(**{field: path}).exists()
            ):
                storage.delete(path)
                swept += 1
    return swept


def _measure(upload: File, max_bytes: int) -> tuple[int, str]:
    """Size and SHA-256, counted from the bytes themselves. Raises Refused: empty, too big, test virus."""
    digest, size, rest = hashlib.sha256(), 0, b""
    for chunk in upload.chunks():
        size += len(chunk)
        if size > max_bytes:
            raise Refused(
                "file_too_big",
                _("The file is larger than %(limit)s. Choose a smaller one.")
                % {"limit": filesize(max_bytes)},
                field="file",
                status=422,
            )
        digest.update(chunk)
        if is_test_virus(rest + chunk):
            raise Refused(
                "virus", _("A virus was found in this file. It was not kept."), field="file", status=422
            )
        rest = chunk[-len(EICAR) :]
    if size == 0:
        raise Refused(
            "file_empty", _("The file is empty (0 bytes). Choose another one."), field="file", status=422
        )
    return size, digest.hexdigest()


def _keep(document: Document, upload: File) -> Document:
    """Store the bytes under a name that says nothing, then the row; without the row no file stays."""
    day = now().astimezone(KST)
    storage: Any = private_storage()
    upload.seek(0)
    path = storage.save(f"documents/{day:%Y/%m}/{uuid.uuid4().hex}", upload)
    document.file.name = path
    try:
        with transaction.atomic():
            return created(
                document,
                actor=document.uploaded_by,
                verb="documents.receive",
                sha256=document.sha256,
                size=document.size,
            )
    except BaseException:
        storage.delete(path)
        raise


def _files_below(storage: Any, folder: str) -> list[str]:
    if not storage.exists(folder):
        return []
    folders, files = storage.listdir(folder)
    found = [f"{folder}/{name}" for name in files]
    for name in folders:
        found += _files_below(storage, f"{folder}/{name}")
    return found
