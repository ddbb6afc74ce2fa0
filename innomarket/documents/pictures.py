"""Pictures that are shown: received with smaller copies, which a locked child makes; the original is shown to nobody.

Metadata of the camera (place, device, time) stays in the original, which lies sealed; the copies carry none.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from innomarket.common.clock import KST, now
from innomarket.common.formats import filesize
from innomarket.common.refusals import Refused
from innomarket.common.shared import share

from . import rendering
from .errors import WrongContent
from .models import Document, Rendition
from .naming import safe_name
from .services import SANDBOX, receive
from .types import recognise

EXTENSIONS = ("jpg", "jpeg", "png")
WIDTHS = (320, 640, 1280)
FOLDER = "pictures"
A_DAY = 86_400  # seconds; a picture that is taken away is gone everywhere a day later

PROBLEMS = {
    "too_many_pixels": _(
        "The picture has more than 50 million pixels. Save it smaller and choose the new file."
    ),
    "too_long": _("The picture takes too long to be read. Save it anew and choose the new file."),
    "unlocked": _("This server cannot read pictures safely at the moment. We have to mend that."),
}


@dataclass(frozen=True)
class Prepared:
    """A picture that was looked at, with its copies; nothing is stored yet."""

    upload: File
    max_bytes: int
    copies: list[rendering.Copy]


def prepare(*, upload: File, max_bytes: int) -> Prepared:
    """Look at a picture and make its copies, outside any transaction. Raises Refused at the field "file"."""
    size = upload.size or 0
    if size > max_bytes:
        text = _("The file is larger than %(limit)s. Choose a smaller one.")
        raise _refused("file_too_big", text % {"limit": filesize(max_bytes)})
    if size == 0:
        raise _refused("file_empty", _("The file is empty (0 bytes). Choose another one."))
    try:
        recognise(upload, name=safe_name(upload.name or ""), size=size, extensions=EXTENSIONS)  # type: ignore[arg-type]
    except WrongContent as wrong:
        raise _refused(wrong.code, wrong.reason) from wrong
    upload.seek(0)
    try:
        copies = rendering.shrink(upload.chunks(), WIDTHS)
    except rendering.Unshowable as failure:
        damaged = _("The picture is damaged: it cannot be opened. Save it anew and choose the new file.")
        raise _refused(failure.code, PROBLEMS.get(failure.code, damaged)) from failure
    upload.seek(0)
    return Prepared(upload, max_bytes, copies)


def keep(prepared: Prepared, *, by: Any) -> Document:
    """Receive the picture and store its copies; within the transaction of the object that owns it."""
    document = receive(upload=prepared.upload, by=by, extensions=EXTENSIONS, max_bytes=prepared.max_bytes)
    storage, day = _storage(), now().astimezone(KST)
    Rendition.objects.bulk_create(
        Rendition(
            document=document,
            path=storage.save(f"{FOLDER}/{day:%Y/%m}/{uuid.uuid4().hex}", ContentFile(copy.image)),
            size=len(copy.image),
            sha256=hashlib.sha256(copy.image).hexdigest(),
            width=copy.width,
            height=copy.height,
        )
        for copy in prepared.copies
    )
    return document


def send(rendition: Rendition, *, public: bool) -> HttpResponse:
    """A copy, inline. ``public``: all may keep it for a day, and then ask by its hash whether it still stands.

    The caller has asked who may see it, and that its document is checked.
    """
    with _storage().open(rendition.path) as stored:
        response = HttpResponse(stored.read(), content_type="image/webp")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if public else "same-origin"
    response["Cache-Control"] = f"public, max-age={A_DAY}" if public else "private, no-store"
    if public:
        response["ETag"] = f'"{rendition.sha256}"'
        share(response)
    return response


def refused(*, document: Document) -> None:
    """The virus check refused it after it was received: its copies go with its bytes."""
    rows = Rendition.objects.filter(document=document)
    paths = list(rows.values_list("path", flat=True))
    rows.delete()
    storage = _storage()
    transaction.on_commit(lambda: [storage.delete(path) for path in paths] and None, robust=True)


def _storage() -> Any:
    """The store in which the documents lie."""
    return Document._meta.get_field("file").storage  # type: ignore[union-attr]


def _refused(code: str, reason: Any) -> Refused:
    return Refused(code, reason, field="file", status=422)
