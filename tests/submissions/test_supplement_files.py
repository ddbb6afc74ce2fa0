"""The files of a supplement's papers: none stays that no paper holds any more."""

from pathlib import Path

import pytest

from innomarket.documents.models import Document
from innomarket.submissions.services import supplement as services

from . import factories
from .test_supplement import asked, give, owner

pytestmark = pytest.mark.django_db


def stored(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_paper_that_is_taken_back_takes_its_file_along(store, django_capture_on_commit_callbacks):
    request = asked(1)
    before = stored(store)
    paper = give(request)
    document = paper.document
    assert stored(store) != before
    with django_capture_on_commit_callbacks(execute=True):
        services.take_back_paper(paper=paper, by=owner(request))
    paper.refresh_from_db()
    assert (paper.document, paper.given_at, paper.stated_on) == (None, None, None)
    assert not Document.objects.filter(pk=document.pk).exists()
    assert stored(store) == before
    # A second time there is nothing to take, and nothing else goes.
    services.take_back_paper(paper=paper, by=owner(request))
    assert stored(store) == before


def test_paper_that_is_replaced_takes_its_earlier_file_along(store, django_capture_on_commit_callbacks):
    request = asked(1)
    first = give(request).document
    with django_capture_on_commit_callbacks(execute=True):
        second = give(request, upload=factories.pdf("better.pdf", b"2")).document
    assert list(Document.objects.filter(pk__in=[first.pk, second.pk])) == [second]
    assert not Path(first.file.path).exists() and Path(second.file.path).exists()
