"""Documents that are to go: as a whole where nothing owns them any more, else what is in them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.common.clock import now
from innomarket.common.personal import Kept

from . import pages, pictures
from .models import Document

GONE = "–"
"""What stands where the name was: the column may not be empty."""


def drop(documents: Iterable[Document]) -> int:
    """Delete these; how many. Their bytes go with the commit. The caller has deleted what owned them."""
    n = 0
    for document in documents:
        _forget(document)
        document.delete()
        n += 1
    return n


def empty(documents: Iterable[Document]) -> int:
    """Delete name, pages and bytes of these; how many. The rows stay with size and hash: what was frozen names them."""
    n = 0
    for document in documents:
        _forget(document)
        document.name, document.file, document.emptied_at = GONE, "", now()
        document.next_check_at = None
        document.save(update_fields=["name", "file", "emptied_at", "next_check_at"])
        n += 1
    return n


def periods() -> list[Kept]:
    """What of files is deleted after a time, whoever owns them."""
    return [
        Kept(
            "documents.refused",
            _("Names of files that the virus check refused"),
            _refused,
            "uploaded_at",
            12,
            gettext_noop("innomarket: no source states a period"),
            _empty,
        )
    ]


def _forget(document: Document) -> None:
    """Pages and smaller copies at once, the bytes with the commit."""
    pages.forget(document)
    pictures.refused(document=document)
    path, storage = str(document.file.name or ""), document.file.storage
    if path:
        transaction.on_commit(lambda: storage.delete(path), robust=True)


def _refused(before: datetime) -> QuerySet[Any]:
    """Their bytes went with the verdict; receipts keep the names that they were submitted under."""
    return Document.objects.filter(state=Document.State.REFUSED, uploaded_at__lt=before, emptied_at=None)


def _empty(rows: list[Document]) -> None:
    empty(rows)
