"""Reading what was submitted on the screen: the pages of one file, and the image and text of one page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from innomarket.documents import pages
from innomarket.documents.models import Page

from .. import kinds
from ..models import RevisionFile
from ..reading import reader_of
from ..services.reading import want_pages
from .own import localised
from .receipt import RevisionMixin


class FileMixin(RevisionMixin):
    """A file of a revision that the person may read."""

    def file(self) -> RevisionFile:
        self.its_revision = self.revision()
        files = RevisionFile.objects.select_related("document")
        return get_object_or_404(files, revision=self.its_revision, pk=self.kwargs["pk"])

    def page(self) -> Page:
        file = self.file()
        if self.its_revision.submission.lot.call.opened_at is None:
            raise Http404
        found = pages.page_of(file.document, self.kwargs["page"])
        if found is None:
            raise Http404
        return found


class ReadView(FileMixin, TemplateView):
    """All pages of one file."""

    template_name = "submissions/read.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.its_file = self.file()
        if self.its_file.document.content_type != pages.PDF:
            raise Http404
        want_pages(revisions=[self.its_revision])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        submission = self.its_revision.submission
        return super().get_context_data(
            **kwargs,
            submission=submission,
            reader=reader_of(self.its_file, self.its_revision, self.request.GET),
            back_url=localised(kinds.of(submission).url(submission)),
        )


class PageImageView(FileMixin):
    """A page as an image: private, kept by no cache."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return pages.send_image(self.page())


class PageTextView(FileMixin):
    """The text of a page, alone."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return pages.send_text(self.page())
