"""Real connections at once: the last free place, one piece twice, a file replaced while submitting, the closing."""

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction

from innomarket.common.clock import moved_to
from innomarket.common.refusals import Refused
from innomarket.documents.models import Document, Piece
from innomarket.submissions.models import Attachment, AttachmentUpload, Revision
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.services import upload as uploads
from tests.documents.factories import pdf as pdf_of
from tests.support.races import at_once

from . import factories

pytestmark = pytest.mark.usefixtures("fresh_database")

PDF = pdf_of("x" * 5000)


def begun(draft, *, slot="paper", ready=True):
    """An upload of PDF; ``ready``: all but its last piece is there."""
    coming = uploads.begin_upload(
        submission=draft, by=draft.created_by, slot=slot, name="a.pdf", size=len(PDF)
    )
    if ready:
        uploads.add_piece(coming=coming, by=draft.created_by, offset=0, content=PDF[:3000])
    return AttachmentUpload.objects.select_related("upload", "submission").get(pk=coming.pk)


def last(coming, draft):
    return lambda: uploads.add_piece(coming=coming, by=draft.created_by, offset=3000, content=PDF[3000:])


def test_two_tabs_complete_into_the_last_free_place():
    draft = factories.submission(files=False)
    ours = [begun(draft), begun(draft)]
    outcomes = at_once(*(last(coming, draft) for coming in ours))
    refused = [outcome.error for outcome in outcomes if outcome.error]
    assert [type(error) for error in refused] == [Refused] and refused[0].code == "slot_is_full"
    assert draft.attachments.kept().count() == 1 and not Piece.objects.exists()


def test_one_piece_sent_twice_is_stored_once(store):
    draft = factories.submission(files=False)
    coming = begun(draft, ready=False)

    def send():
        return uploads.add_piece(coming=coming, by=draft.created_by, offset=0, content=PDF[:3000])

    outcomes = at_once(send, send)
    assert sorted(type(outcome.error).__name__ for outcome in outcomes) == ["NoneType", "Refused"]
    assert Piece.objects.count() == 1
    assert len(list((store / "uploads").iterdir())) == 1


def test_completion_asked_twice_makes_one_file():
    draft = factories.submission(files=False)
    coming = begun(draft)
    outcomes = at_once(last(coming, draft), last(coming, draft))
    codes = {outcome.error.code for outcome in outcomes if outcome.error}
    assert codes <= {"wrong_offset", "upload_over"}
    assert Attachment.objects.count() == Document.objects.count() == 1


def test_file_replaced_while_submitting_freezes_the_old_or_the_new_one_whole():
    for _round in range(3):
        draft = factories.submission()
        by, old = draft.created_by, draft.attachments.kept().get()
        new = hashlib.sha256(PDF).hexdigest()

        def replace(draft=draft, old=old):
            with transaction.atomic():
                submissions.remove_file(attachment=old, by=draft.created_by)
                last(begun(draft), draft)()

        submitted, replaced = at_once(
            lambda draft=draft, by=by: submissions.submit(submission=draft, by=by), replace
        )
        assert submitted.error is None and replaced.error is None
        file = Revision.objects.get(submission=draft).files.get()
        assert file.sha256 in (old.document.sha256, new) and file.sha256 == file.document.sha256


def test_file_removed_while_submitting_is_in_the_revision_or_missing():
    draft = factories.submission()
    file = draft.attachments.kept().get()
    submitted, removed = at_once(
        lambda: submissions.submit(submission=draft, by=draft.created_by),
        lambda: submissions.remove_file(attachment=file, by=draft.created_by),
    )
    assert removed.error is None
    if submitted.error is None:
        assert submitted.value.files.get().sha256 == file.document.sha256
    else:
        assert submitted.error.code == "incomplete" and not Revision.objects.exists()


def test_completion_and_closing_at_once_leave_one_truth():
    draft = factories.submission(files=False)
    call = draft.lot.call
    before = call.closes_at - timedelta(seconds=1)
    with transaction.atomic(), moved_to(before):
        coming = begun(draft)

    def finish():
        with transaction.atomic(), moved_to(before):
            return last(coming, draft)()

    def close():
        with transaction.atomic(), moved_to(call.closes_at):
            calls.close_call(call=call)

    finished, closed = at_once(finish, close)
    assert closed.error is None
    assert draft.attachments.kept().count() == (0 if finished.error else 1)
    if finished.error:
        assert isinstance(finished.error, Refused) and finished.error.code == "call_closed"
