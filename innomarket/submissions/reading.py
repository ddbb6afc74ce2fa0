"""A submitted file in the reader of ``documents``: which ones can be read on the screen, and at which addresses."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from innomarket.documents import pages
from innomarket.documents.models import Document
from innomarket.documents.reader import Reader, reader

from .models import Revision, RevisionFile


def is_readable(file: RevisionFile, revision: Revision) -> bool:
    """A PDF of an opened call that the virus check did not refuse."""
    document = file.document
    opened = revision.submission.lot.call.opened_at is not None
    return opened and document.content_type == pages.PDF and document.state != Document.State.REFUSED


def read_url(file: RevisionFile, revision: Revision) -> str:
    """The page on which a file is read, or "" where it cannot be."""
    return _url("read", file, revision) if is_readable(file, revision) else ""


def reader_of(
    file: RevisionFile, revision: Revision, params: Mapping[str, Any], keep: Mapping[str, Any] | None = None
) -> Reader:
    """The reader of one submitted file; the caller has asked who may read the revision."""
    return reader(
        file.document,
        name=file.name,
        params=params,
        download_url=_url("submitted_file", file, revision),
        urls=lambda page: (
            _url("page_image", file, revision, page),
            _url("page_text", file, revision, page),
        ),
        keep=keep,
    )


def reader_of_revision(revision: Revision, params: Mapping[str, Any]) -> Reader | None:
    """The reader of the PDF that ``?file=`` names, or of the first; None where nothing can be read on the screen."""
    rows = revision.files.select_related("document").order_by("slot", "pk")
    files = [file for file in rows if is_readable(file, revision)]
    if not files:
        return None
    chosen = next((file for file in files if str(file.pk) == params.get("file")), files[0])
    shown = reader_of(chosen, revision, params, keep={"file": chosen.pk})
    if not shown.wanted:  # a round from before this: the page of the file asks for its pages
        shown.again_url = _url("read", chosen, revision)
    if len(files) > 1:
        shown.others = [(file.name, f"?file={file.pk}", file == chosen) for file in files]
    return shown


def _url(name: str, file: RevisionFile, revision: Revision, *more: int) -> str:
    return reverse(f"submissions:{name}", args=[revision.submission.number, revision.ordinal, file.pk, *more])
