"""A paper of a supplement in which the virus check found something: both sides learn of it, its place is free again."""

from django.utils.translation import gettext_lazy

from innomarket.audit.services import changed
from innomarket.common.locks import lock
from innomarket.documents.models import Document

from ..models import SupplementPaper, SupplementRequest
from ..words import titled
from .supplement import EMPTY, locked, tell_applicant, tell_staff


def take_out_paper(*, document: Document) -> None:
    """Subscribed to ``document_refused``: out of its place while nothing was sent; the applicant and staff are told.

    What was sent keeps its row and hash: the receipt stands, and no such paper is accepted (``judge_paper``). The
    messages name the paper that was asked for and the hash, never the file.
    """
    found = SupplementPaper.objects.filter(document=document).first()
    if found is None:
        return
    request = locked(SupplementRequest(pk=found.request_id))
    paper = lock(SupplementPaper, found.pk)
    if paper.document_id != document.pk:  # replaced or taken out meanwhile
        return
    sent = request.sent_at is not None
    if not sent:
        changed(paper, actor=None, verb="submissions.paper_refused", **EMPTY)
    values = {
        "slot": titled(paper, "name"),
        "sha256": document.sha256,
        "what": gettext_lazy("It had been sent: the receipt stands, and the paper cannot be accepted.")
        if sent
        else gettext_lazy("It had not been sent: another file can be uploaded in its place until then."),
    }
    version = f"{document.pk}"
    tell_applicant(request, "supplement_file_refused", version=version, **values)
    tell_staff(request, "supplement_file_refused_staff", version=version, **values)
