"""Files of a draft: limits, wrong files, removal, and that one refused never drops another."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from innomarket.common.clock import moved_to
from innomarket.common.refusals import Refused
from innomarket.documents.models import Document
from innomarket.submissions.models import SubmissionRule
from innomarket.submissions.services.submission import (
    attach_file,
    begin_submission,
    remove_file,
    submit,
    withdraw,
)
from tests.accounts import factories as accounts

from . import factories

pytestmark = pytest.mark.django_db


def refused(submission, upload, slot="paper", by=None) -> Refused:
    with pytest.raises(Refused) as found:
        attach_file(submission=submission, by=by or submission.created_by, slot=slot, upload=upload)
    assert str(found.value)
    return found.value


def test_attach_keeps_the_name_and_marks_the_draft_as_saved():
    draft = factories.submission(complete=False)
    attachment = attach_file(
        submission=draft, by=draft.created_by, slot="paper", upload=factories.pdf("규격서 1.pdf")
    )
    assert attachment.document.name == "규격서 1.pdf"
    before = draft.saved_at
    draft.refresh_from_db()
    assert draft.saved_at > before
    assert draft.version == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("paper.exe", b"MZ" + b"\0" * 100),
        ("paper.pdf", b"<html><script>alert(1)</script></html>"),
        ("paper.pdf", b""),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
    ],
)
def test_attach_of_a_wrong_file_is_refused_at_the_field_and_keeps_the_others(name, content):
    draft = factories.submission()
    assert refused(
        draft, SimpleUploadedFile(name, content), slot="more" if name != "picture.png" else "paper"
    )
    assert [attachment.slot for attachment in draft.attachments.kept()] == ["paper"]
    assert Document.objects.count() == 1


def test_attach_of_a_file_over_the_limit_names_both_sizes():
    SubmissionRule.objects.update(max_file_bytes=2048)
    draft = factories.submission(complete=False)
    found = refused(draft, factories.pdf(extra=b"%" * 3000))
    assert (found.code, found.field) == ("file_too_big", "file")
    assert "2KB" in str(found)


def test_attach_more_than_the_slot_or_the_submission_takes():
    draft = factories.submission()
    assert refused(draft, factories.pdf()).code == "slot_is_full"
    SubmissionRule.objects.update(max_files=2)
    attach_file(submission=draft, by=draft.created_by, slot="more", upload=factories.pdf(extra=b"2"))
    assert refused(draft, factories.pdf(extra=b"3"), slot="more").code == "too_many_files"


def test_attach_after_closing_to_an_unknown_slot_or_by_a_stranger():
    draft = factories.submission()
    assert refused(draft, factories.pdf(), slot="nowhere").status == 404
    assert refused(draft, factories.pdf(), slot="more", by=accounts.person()).status == 403
    with moved_to(draft.lot.call.closes_at):
        assert refused(draft, factories.pdf(), slot="more").code == "call_closed"


def test_remove_leaves_the_submitted_revision_its_file():
    done = factories.submitted()
    remove_file(attachment=done.attachments.get(), by=done.created_by)
    assert not done.attachments.kept().exists()
    assert done.current.files.count() == 1
    with pytest.raises(Refused) as found:
        submit(submission=done, by=done.created_by)
    assert found.value.code == "incomplete"


def test_remove_from_what_was_withdrawn_is_refused_where_another_one_stands():
    first = factories.submitted(call=factories.open_call(one_per_applicant=True))
    withdraw(submission=first, by=first.created_by)
    begin_submission(by=first.created_by, lot=first.lot, organisation=first.applicant_organisation)
    with pytest.raises(Refused) as found:
        remove_file(attachment=first.attachments.get(), by=first.created_by)
    assert found.value.code == "one_per_applicant"
    assert first.attachments.kept().exists()


def test_remove_by_a_stranger_or_after_closing_is_refused():
    done = factories.submitted()
    attachment = done.attachments.get()
    with pytest.raises(Refused):
        remove_file(attachment=attachment, by=accounts.person())
    with moved_to(done.lot.call.closes_at), pytest.raises(Refused):
        remove_file(attachment=attachment, by=done.created_by)
    assert done.attachments.kept().exists()
