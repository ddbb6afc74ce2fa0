"""What an evaluator of a blind stage reads: the pages of an entry's anonymous copy, found by one's own seat.

The address names the round and the entry's place in it, never the submission. The file itself is sent to no evaluator:
it may carry what no page shows (properties, notes, attachments).
"""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from innomarket.common.views import PrivateMixin, RefusalMixin
from innomarket.documents import pages
from innomarket.documents.models import Page
from innomarket.documents.reader import Reader, reader
from innomarket.submissions import anonymous, kinds

from ..models import Assignment, Entry, Round
from .sheet_base import AssignmentMixin


def name_of(entry: Entry) -> str:
    """The code of an entry: its place in the round, which is a random one."""
    return _("Entry %(order)s") % {"order": entry.order}


def reader_of(round: Round, entry: Entry, params: Mapping[str, Any]) -> Reader | None:
    """The copy's pages; the caller has asked who may read the entry."""
    copy = anonymous.copy_of(entry.revision)
    if copy is None:
        return None
    return reader(
        copy,
        name=_("Entry %(order)s: anonymous copy") % {"order": entry.order},
        params=params,
        download_url="",
        urls=lambda page: (
            reverse("evaluation:copy_image", args=[round.number, entry.order, page]),
            reverse("evaluation:copy_text", args=[round.number, entry.order, page]),
        ),
    )


def figures_of(entry: Entry) -> list[dict[str, Any]]:
    """The frozen sections of which the kind says that they name nobody."""
    kind = kinds.of(entry.submission)
    return [section for section in entry.revision.sections if section["key"] in kind.anonymous]


class CopyMixin(AssignmentMixin, PrivateMixin, RefusalMixin, View):
    """A page of the copy: for who is seated, has declared and is not recused, until the results are published."""

    assignment: Assignment

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.round.stage.blind:
            raise Http404
        return self.seated(request) or self.sent(self.page())

    def page(self) -> Page:
        readable = Entry.objects.assigned_to(self.request.user).filter(pk=self.assignment.entry_id)
        copy = anonymous.copy_of(self.assignment.entry.revision) if readable.exists() else None
        found = pages.page_of(copy, self.kwargs["page"]) if copy else None
        if found is None:
            raise Http404
        return found

    def sent(self, page: Page) -> HttpResponse:
        raise NotImplementedError


class CopyImageView(CopyMixin):
    """A page of the copy as an image: private, kept by no cache."""

    def sent(self, page: Page) -> HttpResponse:
        return pages.send_image(page)


class CopyTextView(CopyMixin):
    """The text of a page, alone."""

    def sent(self, page: Page) -> HttpResponse:
        return pages.send_text(page)
