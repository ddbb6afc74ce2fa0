"""Beginning, saving, submitting and withdrawing: what is allowed, what is kept, what is refused."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from innomarket.audit.models import Entry
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import freezing, hooks
from innomarket.submissions.models import Revision, Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts

from . import factories
from .kind import IDEA

pytestmark = pytest.mark.django_db


def code_of(function, **arguments) -> str:
    with pytest.raises(Refused) as refused:
        function(**arguments)
    assert str(refused.value)
    return refused.value.code


@pytest.mark.parametrize(("seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_submit_at_the_closing_second(seconds, taken):
    draft = factories.submission()
    instant = draft.lot.call.closes_at + timedelta(seconds=seconds)
    with moved_to(instant):
        if taken:
            revision = submissions.submit(submission=draft, by=draft.created_by)
            assert revision.submitted_at == instant
        else:
            assert code_of(submissions.submit, submission=draft, by=draft.created_by) == "call_closed"
    draft.refresh_from_db()
    assert draft.state == ("submitted" if taken else "draft")
    assert Revision.objects.filter(submission=draft).exists() is taken


@pytest.mark.parametrize(("seconds", "taken"), [(-1, False), (0, True), (1, True)])
def test_begin_at_the_opening_second(seconds, taken):
    call = factories.open_call()
    user, company = factories.applicant()
    with moved_to(call.opens_at + timedelta(seconds=seconds)):
        arguments = {"by": user, "lot": factories.lot_of(call), "organisation": company}
        if taken:
            assert submissions.begin_submission(**arguments).state == "draft"
        else:
            assert code_of(submissions.begin_submission, **arguments) == "call_not_open_yet"


def test_submit_freezes_content_and_files_under_one_hash():
    draft = factories.submission()
    revision = submissions.submit(submission=draft, by=draft.created_by)
    assert revision.ordinal == 0
    assert revision.title == "관로 점검"
    assert [section["key"] for section in revision.sections] == [
        "problem",
        "sdgs",
        "budget_won",
        "wanted_from",
    ]
    file = revision.files.get()
    document = draft.attachments.get().document
    assert (file.name, file.size, file.sha256) == (document.name, document.size, document.sha256)
    stored = Revision.objects.get(pk=revision.pk)
    assert freezing.digest(freezing.frozen_revision(stored)) == revision.sha256


def test_submit_announces_the_fact_and_sends_one_receipt_to_each_member():
    told = []
    hooks.submitted.subscribe(lambda submission, revision: told.append((submission.pk, revision.ordinal)))
    try:
        draft = factories.submission()
        accounts.member(accounts.person(), draft.applicant_organisation, "viewer")
        revision = submissions.submit(submission=draft, by=draft.created_by)
    finally:
        hooks.submitted._subscribers.pop()
    assert told == [(draft.pk, 0)]
    receipts = Message.objects.filter(kind="submissions.submitted")
    assert receipts.count() == 2
    body = receipts.first().body
    assert draft.number in body and revision.sha256 in body and revision.files.get().sha256 in body


def test_submit_again_unchanged_is_refused_with_the_number_and_writes_nothing():
    done = factories.submitted()
    messages = Message.objects.count()
    with pytest.raises(Refused) as refused:
        submissions.submit(submission=done, by=done.created_by)
    assert refused.value.code == "unchanged"
    assert f"{done.number}-00" in str(refused.value)
    assert done.revisions.count() == 1
    assert Message.objects.count() == messages


def test_submit_again_changed_makes_the_next_ordinal_and_keeps_the_first():
    done = factories.submitted()
    submissions.save_step(submission=done, by=done.created_by, step="problem", data={"title": "다른 제목"})
    done.refresh_from_db()
    assert done.state == "submitted"
    assert done.current.title == "관로 점검"
    again = submissions.submit(submission=done, by=done.created_by)
    assert again.ordinal == 1
    assert list(done.revisions.values_list("ordinal", "title")) == [(0, "관로 점검"), (1, "다른 제목")]


def test_submit_incomplete_names_all_that_is_missing():
    draft = factories.submission(complete=False)
    with pytest.raises(Refused) as refused:
        submissions.submit(submission=draft, by=draft.created_by)
    assert refused.value.code == "incomplete"
    text = str(refused.value)
    assert "Give the title." in text and "Give the budget." in text and "The paper" in text
    assert not draft.revisions.exists()


def test_submit_needs_the_right_that_the_owner_gives():
    draft = factories.submission()
    editor = accounts.person()
    accounts.member(editor, draft.applicant_organisation, "editor", may_submit=False)
    assert code_of(submissions.submit, submission=draft, by=editor) == "may_not_submit"
    stranger, _company = factories.applicant()
    assert code_of(submissions.submit, submission=draft, by=stranger) == "may_not_submit"


def test_submit_of_a_pending_organisation_is_taken():
    company = accounts.company(state="pending")
    done = factories.submitted(organisation=company)
    assert done.state == "submitted"


def test_submit_of_a_refused_organisation_is_not():
    company = accounts.company(state="pending")
    draft = factories.submission(organisation=company)
    company.state, company.decided_at, company.refused_reason = "refused", now(), "Papers do not fit."
    company.save()
    assert code_of(submissions.submit, submission=draft, by=draft.created_by) == "organisation_refused"


def test_withdraw_and_submit_again_until_closing():
    done = factories.submitted()
    taken_back = submissions.withdraw(submission=done, by=done.created_by)
    assert (taken_back.state, taken_back.withdrawn_at is None) == ("withdrawn", False)
    again = submissions.submit(submission=taken_back, by=done.created_by)
    assert again.ordinal == 1
    done.refresh_from_db()
    assert (done.state, done.withdrawn_at) == ("submitted", None)
    assert Message.objects.filter(kind="submissions.withdrawn").count() == 1


def test_withdraw_after_closing_is_refused():
    done = factories.submitted()
    with moved_to(done.lot.call.closes_at):
        assert code_of(submissions.withdraw, submission=done, by=done.created_by) == "call_closed"


def test_withdraw_a_draft_is_refused():
    draft = factories.submission()
    assert code_of(submissions.withdraw, submission=draft, by=draft.created_by) == "withdraw_not_now"


def test_begin_for_another_organisation_is_refused():
    call = factories.open_call()
    user, _own = factories.applicant()
    arguments = {"by": user, "lot": factories.lot_of(call), "organisation": accounts.company()}
    assert code_of(submissions.begin_submission, **arguments) == "may_not_write"
    assert not Submission.objects.exists()


def test_begin_twice_where_one_is_taken():
    call = factories.open_call(one_per_applicant=True)
    first = factories.submission(call=call)
    again = {"by": first.created_by, "lot": first.lot, "organisation": first.applicant_organisation}
    assert code_of(submissions.begin_submission, **again) == "one_per_applicant"
    submissions.submit(submission=first, by=first.created_by)
    submissions.withdraw(submission=first, by=first.created_by)
    second = submissions.begin_submission(**again)
    assert code_of(submissions.submit, submission=first, by=first.created_by) == "one_per_applicant"
    assert (
        code_of(
            submissions.save_step, submission=first, by=first.created_by, step="problem", data={"title": "x"}
        )
        == "one_per_applicant"
    )
    assert second.state == "draft"


def test_begin_twice_by_a_person_where_one_is_taken():
    call = factories.open_call(IDEA, one_per_applicant=True)
    first = factories.submission(call=call)
    assert first.applicant_person == first.created_by
    again = {"by": first.created_by, "lot": first.lot}
    assert code_of(submissions.begin_submission, **again) == "one_per_applicant"


def test_save_keeps_the_valid_answers_beside_an_invalid_one():
    draft = factories.submission(complete=False)
    data = QueryDict("budget_won=about+5&wanted_from=2027-04-01&wanted_until=2027-09-30")
    saved = submissions.save_step(submission=draft, by=draft.created_by, step="plan", data=data)
    assert list(saved.refused_fields) == ["budget_won"]
    task = draft.challenge
    task.refresh_from_db()
    assert (task.budget_won, str(task.wanted_from), str(task.wanted_until)) == (
        None,
        "2027-04-01",
        "2027-09-30",
    )


def test_save_leaves_out_only_what_breaks_a_constraint_together():
    draft = factories.submission(complete=False)
    data = QueryDict("budget_won=500&wanted_from=2027-09-30&wanted_until=2027-04-01")
    saved = submissions.save_step(submission=draft, by=draft.created_by, step="plan", data=data)
    assert list(saved.refused_fields) == [""]
    task = draft.challenge
    task.refresh_from_db()
    assert (task.budget_won, task.wanted_from, task.wanted_until) == (500, None, None)


def test_save_takes_what_a_browser_sends_and_a_plain_dict_alike():
    draft = factories.submission(complete=False)
    by = draft.created_by
    submissions.save_step(
        submission=draft, by=by, step="problem", data=QueryDict("title=a&problem=b&sdgs=6&sdgs=11")
    )
    submissions.save_step(submission=draft, by=by, step="problem", data={"title": "c"})
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.challenge.problem, draft.challenge.sdgs) == ("c", "b", [6, 11])
    submissions.save_step(submission=draft, by=by, step="problem", data=QueryDict("title=d"))
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.challenge.problem, draft.challenge.sdgs) == ("d", "", [])
    with pytest.raises(ValueError, match="no field"):
        submissions.save_step(submission=draft, by=by, step="problem", data={"tilte": "x"})


def test_save_from_a_second_window_overwrites_nothing():
    draft = factories.submission(complete=False)
    by = draft.created_by
    seen = draft.version
    submissions.save_step(submission=draft, by=by, step="problem", data={"title": "one"}, version=seen)
    with pytest.raises(submissions.Stale) as stale:
        submissions.save_step(submission=draft, by=by, step="problem", data={"title": "two"}, version=seen)
    draft.challenge.refresh_from_db()
    assert draft.challenge.title == "one"
    assert stale.value.submission.version == seen + 1


def test_save_of_a_draft_after_closing_keeps_the_text():
    draft = factories.submission(complete=False)
    with moved_to(draft.lot.call.closes_at + timedelta(hours=1)):
        saved = submissions.save_step(
            submission=draft, by=draft.created_by, step="problem", data={"title": "late"}
        )
    draft.challenge.refresh_from_db()
    assert (saved.state, draft.challenge.title) == ("draft", "late")


def test_save_after_closing_cannot_touch_what_was_submitted():
    done = factories.submitted()
    with moved_to(done.lot.call.closes_at):
        arguments = {"submission": done, "by": done.created_by, "step": "problem", "data": {"title": "late"}}
        assert code_of(submissions.save_step, **arguments) == "call_closed"
    done.challenge.refresh_from_db()
    assert done.challenge.title == "관로 점검"


def test_save_by_a_viewer_or_a_stranger_is_refused():
    draft = factories.submission(complete=False)
    viewer = accounts.person()
    accounts.member(viewer, draft.applicant_organisation, "viewer")
    for user in (viewer, accounts.person(), accounts.staff("run_rounds")):
        arguments = {"submission": draft, "by": user, "step": "problem", "data": {"title": "x"}}
        assert code_of(submissions.save_step, **arguments) == "may_not_write"


def test_history_holds_names_of_fields_and_never_the_text():
    canary = "까막눈이 볼 글"
    draft = factories.submission(answers={"problem": {"title": canary, "problem": canary}})
    submissions.submit(submission=draft, by=draft.created_by)
    submissions.withdraw(submission=draft, by=draft.created_by)
    entries = list(Entry.objects.values())
    assert canary not in str(entries)
    verbs = {entry["verb"] for entry in entries}
    assert {"submissions.begin", "submissions.save", "submissions.submit", "submissions.withdraw"} <= verbs


def test_cancelled_call_takes_nothing_more():
    draft = factories.submission()
    calls.cancel_call(call=draft.lot.call, by=accounts.staff("run_rounds"), reason="Not needed.")
    assert code_of(submissions.submit, submission=draft, by=draft.created_by) == "call_cancelled"
