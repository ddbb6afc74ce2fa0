"""Documents that nothing owns any more: row, pages and bytes go together."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from . import pages
from .models import Document


def drop(documents: Iterable[Document]) -> int:
    """Delete these; how many. Their bytes go with the commit. The caller has deleted what owned them."""
    n = 0
    for document in documents:
        pages.forget(document)
        path, storage = str(document.file.name or ""), document.file.storage
        document.delete()
        if path:
            transaction.on_commit(partial(storage.delete, path), robust=True)
        n += 1
    return n
