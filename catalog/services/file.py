"""Files of a listing: received for a draft, shown only to its writers until the listing that holds them is live."""

from functools import partial
from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.accounts.reads import people_of
from innomarket.audit.services import record
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, allowed, ask
from innomarket.common.shown import name_of
from innomarket.common.texts import tidied
from innomarket.documents import pictures
from innomarket.documents.models import Document
from innomarket.documents.services import receive
from innomarket.notifications.services import tell

from .. import permissions
from ..models import ListingChange, ListingFile, ListingRule
from ..states import CHANGE_MOVES

EXTENSIONS = ("pdf", "hwp", "hwpx", "docx", "xlsx", "pptx")
PICTURES = "images"
DOCUMENTS = "documents"


def add_file(
    *, change: ListingChange, by: Any, part: str, upload: File, words: dict[str, Any]
) -> dict[str, Any]:
    """Receive a file and put it at the end of the draft's ``images`` or ``documents``; its row of the content.

    ``words`` are the row's other columns as they were typed; ``propose_change`` asks whether they can stand. Raises
    Refused at the field "file": a wrong kind, too big, damaged, no room left.
    """
    rule = ListingRule.objects.at()
    ask(permissions.may_write(by, change.product, by_staff=change.by_staff))
    _ask_room(change, part, rule)
    # The child that reads a picture holds no lock of ours.
    prepared = pictures.prepare(upload=upload, max_bytes=rule.max_image_bytes) if part == PICTURES else None
    with transaction.atomic():
        change = lock(ListingChange.objects.select_related("product"), change.pk)
        ask(permissions.may_write(by, change.product, by_staff=change.by_staff))
        ask_move(CHANGE_MOVES, "save", change)
        _ask_room(change, part, rule)
        document = (
            pictures.keep(prepared, by=by)
            if prepared
            else receive(upload=upload, by=by, extensions=EXTENSIONS, max_bytes=rule.max_document_bytes)
        )
        ListingFile.objects.create(product=change.product, document=document, is_picture=part == PICTURES)
        row = {"document": document.pk, **tidied(words)}
        change.content = change.content | {part: [*change.content[part], row]}
        change.version, change.saved_at = change.version + 1, now()
        change.save(update_fields=["content", "version", "saved_at"])
        record(
            actor=by,
            verb="catalog.add_file",
            subject=change,
            changes={"parts": [part], "version": change.version, "sha256": document.sha256},
        )
    return row


def on_document_refused(*, document: Document) -> None:
    """Subscribed to ``documents.hooks.document_refused``: the supplier's people learn of it, without a file name;
    of a file that staff uploaded for a correction they themselves."""
    file = ListingFile.objects.filter(document=document).select_related("product__supplier").first()
    if file is not None:
        product, uploader = file.product, document.uploaded_by
        tell(
            kind="catalog.file_refused",
            people=[uploader] if allowed(permissions.may_edit(uploader)) else people_of(product.supplier),
            about=product,
            version=document.pk,
            values={"number": product.number, "name": partial(name_of, product)},
            url=f"/catalog/{product.number}/change/",
        )


def _ask_room(change: ListingChange, part: str, rule: ListingRule) -> None:
    most = rule.most_images if part == PICTURES else rule.most_documents
    if len(change.content[part]) >= most:
        text = _("At most %(n)s files here. Take one away before adding another.")
        raise Refused("no_room", text % {"n": most}, field="file", status=422)
