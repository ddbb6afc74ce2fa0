"""What submissions keep about people: drafts never submitted and what a search found go; what was submitted stays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from innomarket.accounts.services.membership import remove_member
from innomarket.audit.models import Entry
from innomarket.common import personal
from innomarket.common.clock import moved_to, now, today
from innomarket.documents import quarantine
from innomarket.documents.models import Document
from innomarket.privacy.models import RetentionRule
from innomarket.privacy.services import retention
from innomarket.rules.services import enter_rule
from innomarket.submissions import kinds
from innomarket.submissions.freezing import digest, frozen_revision
from innomarket.submissions.models import Call, DraftEdit, IdentitySearch, Submission
from innomarket.submissions.services.attachment import attach_file, remove_file
from innomarket.submissions.services.identity import key_of, search_due, searches_of
from innomarket.submissions.services.submission import save_step, submit, withdraw
from innomarket.submissions.specs import StageSpec
from innomarket.submissions.verification import matches
from tests.accounts import factories as accounts

from . import factories
from .test_blind import drafted, with_copy

pytestmark = pytest.mark.django_db


def test_a_draft_never_submitted_goes_with_its_files_and_searches(store, django_capture_on_commit_callbacks):
    draft = drafted("by Hanul Robotics")
    search_due()
    save_step(submission=draft, by=draft.created_by, step="problem", data={"title": "Another"})
    file = draft.attachments.first().document.file.name
    other = factories.submitted()
    young = now() + timedelta(days=300)
    old = now() + timedelta(days=900)
    with moved_to(young):
        assert line("submissions.drafts")["count"] == 0
    with moved_to(old), django_capture_on_commit_callbacks(execute=True):
        assert line("submissions.drafts")["count"] == 1
        run = retention.apply()
    assert run.counts["submissions.drafts"]["count"] == 1
    assert list(Submission.objects.all()) == [other]
    assert not IdentitySearch.objects.exists() and not DraftEdit.objects.filter(submission=draft.pk).exists()
    assert not (store / file).exists()
    assert set(Document.objects.values_list("pk", flat=True)) == set(
        other.attachments.values_list("document", flat=True)
    )


def line(noun):
    return next(one for one in retention.preview() if one["noun"] == noun)


def test_a_withdrawn_submission_stays():
    submission = factories.submitted()
    withdraw(submission=submission, by=submission.created_by)
    with moved_to(now() + timedelta(days=900)):
        retention.apply()
    assert Submission.objects.filter(pk=submission.pk).exists()


def test_what_a_search_found_goes_after_the_period_and_what_was_submitted_stays():
    draft = drafted("by Hanul Robotics")
    search_due()
    submit(submission=draft, by=draft.created_by, looked=key_of(searches_of(draft)))
    with moved_to(now() + timedelta(days=900)):
        assert line("submissions.identity_searches")["count"] == 1
        retention.apply()
    assert not IdentitySearch.objects.exists()
    assert Submission.objects.get().current.files.filter(slot="anonymous_copy").exists()


def test_findings_are_taken_along_by_one_s_own_side_alone():
    draft = drafted("by Hanul Robotics")
    search_due()
    rows = personal.shares["submissions.identity_searches"].rows
    (row,) = rows(draft.created_by)
    assert row["findings"][0]["text"] == "Hanul Robotics" and row["number"] == draft.number
    assert list(rows(accounts.person())) == []


def test_an_erased_person_is_named_in_no_finding_and_others_stay():
    draft = factories.submission(
        organisation=accounts.company(name_en="Hanul Robotics Inc."),
        call=factories.open_call(stages=[StageSpec(kind="scored", blind=True)]),
    )
    leaver = accounts.person(name="Quentin Zweig", email="quentin@hanul.example")
    membership = accounts.member(leaver, draft.applicant_organisation)
    with_copy(draft, "Quentin Zweig, quentin@hanul.example, Hanul Robotics, other@else.example")
    search_due()
    remove_member(membership=membership, by=draft.created_by)
    personal.erasers["submissions"](leaver, "abc123")
    found = {(one["what"], one["text"]) for one in IdentitySearch.objects.get().findings}
    assert ("person", "abc123") in found and ("mail", "abc123") in found
    assert ("name", "Hanul Robotics") in found and ("mail", "other@else.example") in found
    assert not any("Quentin" in text or "quentin" in text for _what, text in found)


# ── what ended ──


def period(noun, months=12):
    """The agency enters a period from tomorrow on."""
    rule = RetentionRule(noun=noun, months=months, source="Public records schedule")
    enter_rule(
        rule=rule, by=accounts.staff("read_audit"), begins=today() + timedelta(days=1), reason="Schedule"
    )


def withdrawn_with_a_note():
    submission = factories.submitted()
    attach_file(submission=submission, by=submission.created_by, slot="more", upload=factories.pdf("b.pdf"))
    withdraw(submission=submission, by=submission.created_by, reason="우리끼리의 메모")
    submission.refresh_from_db()
    return submission


def test_without_a_period_of_the_agency_nothing_that_was_submitted_goes():
    submission = withdrawn_with_a_note()
    with moved_to(now() + timedelta(days=4000)):
        assert line("submissions.ended")["months"] is None
        retention.apply()
    assert submission.current.sections and Document.objects.filter(emptied_at=None).count() == 2


def test_texts_and_files_of_what_was_withdrawn_go_and_its_receipt_stays(
    client, store, django_capture_on_commit_callbacks
):
    submission, other = withdrawn_with_a_note(), factories.submitted()
    period("submissions.ended")
    held = submission.current.files.get()
    path, name, sha256 = held.document.file.name, held.name, submission.current.sha256
    with moved_to(now() + timedelta(days=900)), django_capture_on_commit_callbacks(execute=True):
        assert line("submissions.ended")["count"] == 1
        assert retention.apply().counts["submissions.ended"]["count"] == 1
        assert line("submissions.ended")["count"] == 0
    submission = Submission.objects.select_related("current").get(pk=submission.pk)
    assert (submission.current.sections, submission.withdrawal_note) == ([], "")
    assert kinds.of(submission).subject(submission).problem == ""
    held = submission.current.files.select_related("document").get()
    assert (held.name, held.sha256, held.document.name, held.document.file.name) == (
        name,
        held.document.sha256,
        "–",
        "",
    )
    assert not (store / path).exists() and submission.attachments.count() == 1
    (match,) = matches(f"{submission.number}-00", sha256)
    assert match.of_whole and match.state == "withdrawn"
    client.force_login(submission.created_by)
    page = client.get(f"/en/submissions/{submission.number}/receipt/").content.decode()
    assert "The time of keeping is over" in page and name in page and sha256 in page
    for name, args in (("frozen", (0,)), ("submitted_pdf", (0,)), ("submitted_file", (0, held.pk))):
        answer = client.get(reverse(f"submissions:{name}", args=[submission.number, *args]))
        assert answer.status_code == 410, name
    assert client.get(reverse("submissions:receipt_pdf", args=[submission.number, 0])).status_code == 200
    other.refresh_from_db()
    assert other.current.sections and other.current.files.get().document.emptied_at is None


def test_what_is_still_in_the_race_does_not_go():
    submission = factories.submitted()
    period("submissions.ended")
    with moved_to(now() + timedelta(days=900)):
        assert line("submissions.ended")["count"] == 0
    Call.objects.filter(pk=submission.lot.call_id).update(state="cancelled")
    with moved_to(now() + timedelta(days=900)):
        assert line("submissions.ended")["count"] == 1


def test_a_file_taken_out_of_a_draft_goes_and_one_that_was_submitted_stays(
    store, django_capture_on_commit_callbacks
):
    submission = factories.submitted()
    by = submission.created_by
    extra = attach_file(submission=submission, by=by, slot="more", upload=factories.pdf("b.pdf"))
    path = extra.document.file.name
    for attachment in submission.attachments.all():
        remove_file(attachment=attachment, by=by)
    with moved_to(now() + timedelta(days=100)):
        assert line("submissions.removed_files")["count"] == 0
    with moved_to(now() + timedelta(days=300)), django_capture_on_commit_callbacks(execute=True):
        assert line("submissions.removed_files")["count"] == 1
        retention.apply()
    assert not (store / path).exists() and not Document.objects.filter(pk=extra.document_id).exists()
    kept = submission.current.files.select_related("document").get().document
    assert kept.emptied_at is None and (store / kept.file.name).exists()


def test_names_of_refused_files_go_after_the_period_and_receipts_keep_theirs(settings):
    submission = factories.submitted()
    document = submission.current.files.get().document
    Document.objects.filter(pk=document.pk).update(state="pending")
    quarantine.refuse_found(pk=document.pk, found="Win.Test")
    with moved_to(now() + timedelta(days=300)):
        assert line("documents.refused")["count"] == 0
    with moved_to(now() + timedelta(days=400)):
        assert line("documents.refused")["count"] == 1
        retention.apply()
        assert line("documents.refused")["count"] == 0
    document.refresh_from_db()
    held = submission.current.files.get()
    assert (document.name, document.state, document.sha256) == ("–", "refused", held.sha256)
    assert held.name != "–" and digest(frozen_revision(submission.current)) == submission.current.sha256


def test_an_applicants_note_on_a_withdrawal_is_shown_to_its_side_and_stands_in_no_history(client):
    submission = withdrawn_with_a_note()
    assert not Entry.objects.exclude(reason="").filter(subject_id=str(submission.pk)).exists()
    client.force_login(submission.created_by)
    assert "우리끼리의 메모" in client.get(f"/submissions/{submission.number}/receipt/").content.decode()
