"""The papers of one's own submission, as PDF."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.generic import View

from innomarket.common.paper import send_pdf

from .. import papers
from ..models import Revision
from ..services import submission as services
from .own import OwnMixin
from .receipt import next_lines


class DraftPaperView(OwnMixin, View):
    """The draft for internal approval; where exactly this was submitted, the submitted revision."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | FileResponse:
        submission = self.submission
        if self.is_submitted_unchanged():
            current = submission.current
            current.submission = submission
            return _sent(current, request.user, self.at)
        content = papers.draft(submission, by=request.user, at=self.at)
        return send_pdf(content, name=f"{submission.number} {_('not submitted')}.pdf")

    def is_submitted_unchanged(self) -> bool:
        return self.submission.state == "submitted" and services.is_unchanged(self.submission)


class OwnRevisionMixin(OwnMixin):
    def revision(self) -> Revision:
        revisions = self.submission.revisions.select_related("submitted_by").prefetch_related(
            "files__document"
        )
        revision = get_object_or_404(revisions, ordinal=self.kwargs["ordinal"])  # type: ignore[attr-defined]
        revision.submission = self.submission
        return revision


class SubmittedPaperView(OwnRevisionMixin, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        return _sent(self.revision(), request.user, self.at)


class ReceiptPaperView(OwnRevisionMixin, View):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> FileResponse:
        revision = self.revision()
        content = papers.receipt(revision, following=next_lines(self.submission, self.closed))
        return send_pdf(content, name=f"{_('Receipt')} {papers.receipt_number(revision)}.pdf")


def _sent(revision: Revision, user: Any, at: Any) -> FileResponse:
    content = papers.submitted(revision, by=user, at=at)
    return send_pdf(content, name=f"{papers.receipt_number(revision)} {_('submitted')}.pdf")
