"""Receive a file piece by piece, so that a broken connection costs one piece: the tus 1.0 protocol's ground.

A piece (at most PIECE_BYTES) stays in memory until it lies in the private store, so nothing of it is ever in a plain
temporary file. The owner of the place (submissions) asks permission and time, and makes of the whole what
``services.receive`` makes of a plain form's file. Uploads are told from another by a random UUID and belong to the
person who began them.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.files.base import File
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from innomarket.audit.services import created
from innomarket.common.clock import Now, now
from innomarket.common.formats import filesize
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused

from . import services
from .models import Piece, Upload
from .naming import extension_of, safe_name
from .types import ALIASES

PIECE_BYTES = 2 << 20
KEPT_FOR = timedelta(hours=24)  # since the last piece
MOST_AT_ONCE = 30  # unfinished uploads of one person
KEPT_BYTES = 16 << 20
"""Of a whole that is read several times (hashed, recognised, stored), so many bytes are unsealed only once."""


def begin(
    *, by: Any, name: str, size: int, extensions: tuple[str, ...], max_bytes: int, most_bytes: int
) -> Upload:
    """A new upload of ``size`` bytes; the limits are asked now and not after the last megabyte.

    ``max_bytes`` is the largest file, ``most_bytes`` what all unfinished uploads of a person may hold together.
    Raises Refused at the field "file": empty, too big, of a wrong kind, too many begun.
    """
    name = safe_name(name)
    if size <= 0:
        raise _refused("file_empty", _("The file is empty (0 bytes). Choose another one."))
    if size > max_bytes:
        raise _refused(
            "file_too_big",
            _("The file is larger than %(limit)s. Choose a smaller one.") % {"limit": filesize(max_bytes)},
        )
    extension = extension_of(name)
    if ALIASES.get(extension, extension) not in {ALIASES.get(each, each) for each in extensions}:
        raise _refused(
            "wrong_extension",
            _("Files of the kind “%(kind)s” are not taken here. Choose one of: %(kinds)s.")
            % {"kind": extension or "–", "kinds": ", ".join(extensions)},
        )
    with transaction.atomic():
        # Two tabs at once must not both fit; whoever only refers to the person does not wait.
        get_user_model()._default_manager.select_for_update(no_key=True).get(pk=by.pk)
        begun = Upload.objects.filter(by=by, state=Upload.State.RECEIVING, expires_at__gt=Now())
        together = begun.aggregate(bytes=Sum("size"))["bytes"] or 0
        if begun.count() >= MOST_AT_ONCE or together + size > most_bytes:
            raise _refused(
                "too_many_uploads",
                _(
                    "You have begun too many uploads that are not finished. Finish or cancel some of them first."
                ),
            )
        upload = Upload(by=by, name=name, size=size, expires_at=now() + KEPT_FOR)
        return created(upload, actor=by, verb="documents.begin_upload", size=size)


def append(*, upload: Upload, offset: int, content: bytes) -> Upload:
    """Store the next piece. Raises Refused (409 "wrong_offset") where it does not follow what is there.

    Of two tabs that send the same piece one stores it, the other is told where to go on.
    """
    path = ""
    try:
        with transaction.atomic():
            upload = lock(Upload, upload.pk)
            ask_alive(upload)
            if offset != upload.received:
                raise Refused("wrong_offset", _("This piece does not follow what has been received."))
            if offset + len(content) > upload.size:
                raise Refused("too_long", _("More was sent than announced. Begin again."), status=422)
            if content:
                path = services.private_storage().save(
                    f"uploads/{uuid.uuid4().hex}", File(io.BytesIO(content), name="piece")
                )
                Piece.objects.create(upload=upload, offset=offset, size=len(content), path=path)
            upload.received = offset + len(content)
            upload.expires_at = now() + KEPT_FOR
            upload.save(update_fields=["received", "expires_at"])
    except BaseException:
        if path:
            services.private_storage().delete(path)
        raise
    return upload


def ask_alive(upload: Upload) -> None:
    """Raises Refused (410) for an upload that is over: expired, complete or refused."""
    if upload.state != Upload.State.RECEIVING or upload.expires_at <= now():
        raise Refused("upload_over", _("This upload is over. Choose the file again."), status=410)


def whole(upload: Upload, last: bytes = b"") -> File:
    """The file as ``services.receive`` takes it; at most KEPT_BYTES and one piece of it are in memory.

    ``last`` is the piece that has just been stored: it need not be unsealed again.
    """
    joined: Any = _Joined(upload, last)
    return File(joined, name=upload.name)


def complete(upload: Upload) -> None:
    """Mark it complete and let the pieces go, in the transaction that made the document of them."""
    upload.state = Upload.State.COMPLETE
    upload.save(update_fields=["state"])
    _drop_pieces(upload)


def refuse(*, upload: Upload, reason: str) -> None:
    """What it held was not taken: the pieces go, the reason stays until it expires."""
    with transaction.atomic():
        upload = lock(Upload, upload.pk)
        if upload.state == Upload.State.RECEIVING:
            upload.state, upload.refused_reason = Upload.State.REFUSED, reason
            upload.save(update_fields=["state", "refused_reason"])
            _drop_pieces(upload)


def cancel(*, upload: Upload) -> None:
    """Given up by the person: pieces and row go."""
    with transaction.atomic():
        _drop(lock(Upload, upload.pk))


def sweep_expired() -> int:
    """Delete what has expired, one transaction each; how many. Whoever is just sending a piece is left alone."""
    swept = 0
    for pk in list(Upload.objects.filter(expires_at__lte=Now()).values_list("pk", flat=True)):
        with transaction.atomic():
            due = Upload.objects.filter(pk=pk, expires_at__lte=Now())
            upload = due.select_for_update(skip_locked=True, of=("self",)).first()
            if upload is not None:
                _drop(upload)
                swept += 1
    return swept


def _drop(upload: Upload) -> None:
    _drop_pieces(upload)
    upload.delete()


def _drop_pieces(upload: Upload) -> None:
    paths = list(upload.pieces.values_list("path", flat=True))
    upload.pieces.all().delete()
    transaction.on_commit(lambda: _delete(paths), robust=True)


def _delete(paths: Iterable[str]) -> None:
    storage = services.private_storage()
    for path in paths:
        storage.delete(path)


def _refused(code: str, reason: Any) -> Refused:
    return Refused(code, reason, field="file", status=422)


class _Joined(io.RawIOBase):
    """The pieces as one file that can be read anywhere."""

    def __init__(self, upload: Upload, last: bytes) -> None:
        super().__init__()
        self.size = upload.size
        self._pieces = list(upload.pieces.order_by("offset"))
        self._at = 0
        self._loaded: tuple[int, bytes] = (-1, b"")
        self._kept: dict[int, bytes] = {}
        self._room = KEPT_BYTES
        if last and self._pieces and self._pieces[-1].size == len(last):
            self._keep(len(self._pieces) - 1, last)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        until = self.size if size is None or size < 0 else min(self.size, self._at + size)
        parts: list[bytes] = []
        while self._at < until:
            place = self._place()
            start = self._at - self._pieces[place].offset
            part = self._content(place)[start : start + until - self._at]
            if not part:
                raise OSError("A piece of the upload is missing.")
            parts.append(part)
            self._at += len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _place(self) -> int:
        for place, piece in enumerate(self._pieces):
            if piece.offset <= self._at < piece.offset + piece.size:
                return place
        raise OSError("A piece of the upload is missing.")

    def _content(self, place: int) -> bytes:
        if place in self._kept:
            return self._kept[place]
        if self._loaded[0] != place:
            self._loaded = (place, _plain(self._pieces[place]))
            self._keep(*self._loaded)
        return self._loaded[1]

    def _keep(self, place: int, content: bytes) -> None:
        if len(content) <= self._room:
            self._kept[place] = content
            self._room -= len(content)


def _plain(piece: Piece) -> bytes:
    # Asked for all at once: a read to the end would come in thousands of small blocks.
    with services.private_storage().open(piece.path, "rb") as stored:
        return b"".join(iter(lambda: stored.read(piece.size), b""))
