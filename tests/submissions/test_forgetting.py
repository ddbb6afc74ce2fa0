"""What submissions keep about people: drafts never submitted and what a search found go; what was submitted stays."""

from datetime import timedelta

import pytest

from innomarket.accounts.services.membership import remove_member
from innomarket.common import personal
from innomarket.common.clock import moved_to, now
from innomarket.documents.models import Document
from innomarket.privacy.services import retention
from innomarket.submissions.models import DraftEdit, IdentitySearch, Submission
from innomarket.submissions.services.identity import key_of, search_due, searches_of
from innomarket.submissions.services.submission import save_step, submit, withdraw
from innomarket.submissions.specs import StageSpec
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
