"""The anonymous copy that evaluators of a blind stage read: the one that was submitted, or the one that replaced it."""

from collections.abc import Iterable

from innomarket.documents.models import Document

from .kinds import ANONYMOUS_COPY
from .models import IdentitySearch, Revision, RevisionFile, Submission, SupplementPaper, SupplementRequest
from .models.identity import PASSING
from .states import PaperVerdict, SupplementOutcome


def copies_of(revisions: Iterable[Revision]) -> dict[int, Document]:
    """By the revision's key: the copy that counts. A replaced one stays beside it (``replaced_copies``)."""
    keys = [revision.pk for revision in revisions]
    files = RevisionFile.objects.filter(revision__in=keys, slot=ANONYMOUS_COPY.code).select_related(
        "document"
    )
    found = {file.revision_id: file.document for file in files.order_by("pk")}
    accepted = SupplementPaper.objects.filter(
        request__revision__in=keys,
        request__purpose=SupplementRequest.Purpose.ANONYMOUS,
        request__outcome=SupplementOutcome.JUDGED,
        verdict=PaperVerdict.ACCEPTED,
    )
    for paper in accepted.select_related("document", "request").order_by("pk"):
        if paper.document is not None:
            found[paper.request.revision_id] = paper.document
    return found


def copy_of(revision: Revision) -> Document | None:
    """The copy of one revision that counts."""
    return copies_of([revision]).get(revision.pk)


def copies_of_submission(submission: Submission) -> list[int]:
    """Keys of every document that is or was its copy: submitted, replaced, refused."""
    files = RevisionFile.objects.filter(revision=submission.current, slot=ANONYMOUS_COPY.code)
    papers = SupplementPaper.objects.filter(
        request__submission=submission,
        request__purpose=SupplementRequest.Purpose.ANONYMOUS,
        request__sent_at__isnull=False,
        document__isnull=False,
    )
    return [*files.values_list("document", flat=True), *papers.values_list("document", flat=True)]


def unreadable(documents: Iterable[Document]) -> set[int]:
    """Keys of those that no evaluator could read on the screen: refused by the virus check, or not to be drawn.

    A search that this server could not make says nothing about the file.
    """
    rows = list(documents)
    refused = {row.pk for row in rows if row.state == Document.State.REFUSED}
    failed = IdentitySearch.objects.filter(document__in=rows, state=IdentitySearch.State.FAILED).exclude(
        problem__in=PASSING
    )
    return refused | set(failed.values_list("document", flat=True))
