"""Pages on the screen of what was submitted: asked for after the recorded opening, never before."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from innomarket.common.refusals import Refused
from innomarket.documents import pages

from .. import anonymous
from ..models import Call, Revision, RevisionFile


def want_copies(*, revisions: Iterable[Revision]) -> int:
    """Have the anonymous copies of these drawn, and nothing else of them. Raises Refused as ``want_pages``."""
    rows = list(revisions)
    _ask_opened(rows)
    return pages.want(anonymous.copies_of(rows).values())


def want_pages(*, revisions: Iterable[Revision]) -> int:
    """Have the PDF files of these revisions drawn; how many were not wanted yet. Safe to call again.

    Raises Refused while the submissions of a call among them are sealed: nothing is drawn before the opening.
    """
    keys = _ask_opened(revisions)
    files: Any = RevisionFile.objects.filter(revision__in=keys).select_related("document").order_by("pk")
    return pages.want(file.document for file in files)


def _ask_opened(revisions: Iterable[Revision]) -> list[int]:
    keys = [revision.pk for revision in revisions]
    if Call.objects.filter(lots__submissions__revisions__in=keys, opened_at=None).exists():
        raise Refused(
            "not_opened", _("Pages are shown on the screen after the submissions of the call were opened.")
        )
    return keys
