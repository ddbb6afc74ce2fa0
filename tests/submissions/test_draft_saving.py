"""A draft that saves itself, a session that ends while somebody writes, and two people at one step."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils.translation import activate

from innomarket.audit.models import Entry
from innomarket.common import kept
from innomarket.common.clock import moved_to, now
from innomarket.common.refusals import Refused
from innomarket.submissions.models import DraftEdit
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
HERE = {"origin": "http://testserver"}


@pytest.fixture(autouse=True)
def _english():
    activate("en")
    cache.clear()


@pytest.fixture
def draft():
    return factories.submission(complete=False)


@pytest.fixture
def address(draft):
    return reverse("submissions:edit", args=[draft.number, "problem"])


def title_of(draft) -> str:
    draft.challenge.refresh_from_db()
    return draft.challenge.title


def save(client, address, **fields):
    return client.post(address, fields, headers=JSON)


# ── it saves itself ──


def test_step_saves_itself_and_says_when(client, draft, address):
    sign_in(client, draft.created_by)
    version = client.get(address).context["version"]
    answer = save(client, address, title="쓰는 중", problem="글", version=version)
    assert answer.status_code == 200
    body = answer.json()
    assert body["state"] == "saved" and body["version"] == version + 1
    assert body["message"].startswith("Saved ") and "KST" in body["message"]
    assert title_of(draft) == "쓰는 중"


def test_step_that_saves_itself_keeps_the_rest_where_one_answer_is_wrong(client, draft):
    sign_in(client, draft.created_by)
    address = reverse("submissions:edit", args=[draft.number, "plan"])
    body = save(client, address, budget_won="about five", wanted_from="2027-04-01").json()
    assert body["state"] == "saved" and "Not saved:" in body["message"]
    draft.challenge.refresh_from_db()
    assert str(draft.challenge.wanted_from) == "2027-04-01"


def test_nothing_changed_is_no_new_version(client, draft, address):
    sign_in(client, draft.created_by)
    first = save(client, address, title="쓰는 중").json()
    second = save(client, address, title="쓰는 중", version=first["version"]).json()
    assert first["version"] == second["version"] and DraftEdit.objects.count() == 1


def test_step_saved_elsewhere_is_not_overwritten(client, draft, address):
    sign_in(client, draft.created_by)
    version = client.get(address).context["version"]
    save(client, address, title="첫째 창", version=version)
    answer = save(client, address, title="둘째 창", version=version)
    assert answer.status_code == 409 and answer.json()["state"] == "stale"
    assert title_of(draft) == "첫째 창"


def test_both_texts_can_be_chosen_answer_by_answer(client, draft, address):
    sign_in(client, draft.created_by)
    version = client.get(address).context["version"]
    client.post(address, {"title": "그들의 제목", "problem": "그들의 글", "version": version})
    mine = {"title": "나의 제목", "problem": "나의 글", "version": version}
    both = client.post(address, mine)
    assert both.status_code == 409
    assert [row["name"] for row in both.context["both"]] == ["keep:title", "keep:problem"]
    page = both.content.decode()
    assert all(text in page for text in ("그들의 제목", "나의 제목", "그들의 글", "나의 글"))
    chosen = {"keep:title": "mine", "keep:problem": "theirs", "version": both.context["version"]}
    assert client.post(address, mine | chosen).status_code == 302
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.challenge.problem) == ("나의 제목", "그들의 글")


def test_script_of_a_stranger_finds_nothing(client, draft, address):
    sign_in(client, accounts.person())
    assert save(client, address, title="x").status_code == 404


def test_viewer_of_the_organisation_saves_nothing(client, draft, address):
    viewer = accounts.person()
    accounts.member(viewer, draft.applicant_organisation, "viewer")
    sign_in(client, viewer)
    answer = save(client, address, title="x")
    assert answer.status_code == 403 and answer.json()["state"] == "refused"
    assert "data-draft=" not in client.get(reverse("submissions:check", args=[draft.number])).content.decode()


def test_withdrawn_is_not_taken_up_by_itself(client):
    done = factories.submitted()
    submissions.withdraw(submission=done, by=done.created_by)
    sign_in(client, done.created_by)
    address = reverse("submissions:edit", args=[done.number, "problem"])
    assert "data-draft=" not in client.get(address).content.decode()
    answer = save(client, address, title="x")
    assert answer.status_code == 409 and answer.json()["state"] == "refused"
    done.refresh_from_db()
    assert done.state == "withdrawn"


def test_submitted_stays_submitted_while_it_is_written_on(client):
    done = factories.submitted()
    sign_in(client, done.created_by)
    address = reverse("submissions:edit", args=[done.number, "problem"])
    assert save(client, address, title="나중 글", problem="글").json()["state"] == "saved"
    done.refresh_from_db()
    assert done.state == "submitted" and done.current.title != "나중 글"


def test_draft_saves_itself_after_the_closing_too(client, draft, address):
    sign_in(client, draft.created_by)
    with moved_to(draft.lot.call.closes_at):
        assert save(client, address, title="늦은 글").json()["state"] == "saved"
    assert title_of(draft) == "늦은 글"


def test_submitted_is_not_written_on_after_the_closing(client):
    done = factories.submitted()
    sign_in(client, done.created_by)
    with moved_to(done.lot.call.closes_at):
        answer = save(client, reverse("submissions:edit", args=[done.number, "problem"]), title="x")
    assert answer.status_code == 409 and answer.json()["state"] == "refused"


# ── who changed what ──


def test_history_has_a_row_for_each_stretch_of_work_and_the_audit_too(draft):
    first, at = draft.created_by, now()
    second = accounts.person()
    accounts.member(second, draft.applicant_organisation, "editor")

    def write(by, text, minutes, step="problem"):
        with moved_to(at + timedelta(minutes=minutes)):
            data = {"title": text} if step == "problem" else {"budget_won": text}
            submissions.save_step(submission=draft, by=by, step=step, data=data, by_itself=True)

    write(first, "가", 0)
    write(first, "가나", 5)
    write(first, "가나다", 14)  # still the same stretch: the last save is nine minutes old
    write(second, "라", 15)
    write(second, "5000000", 16, step="plan")
    write(second, "6000000", 27, step="plan")  # a pause
    rows = [(edit.by, edit.step, edit.saves) for edit in DraftEdit.objects.order_by("pk")]
    assert rows == [(first, "problem", 3), (second, "problem", 1), (second, "plan", 1), (second, "plan", 1)]
    assert Entry.objects.filter(verb="submissions.save").count() == 4


def test_save_by_hand_is_always_in_the_audit(draft):
    for text in ("가", "나"):
        submissions.save_step(submission=draft, by=draft.created_by, step="problem", data={"title": text})
    assert Entry.objects.filter(verb="submissions.save").count() == 2
    assert DraftEdit.objects.get().saves == 2


def test_history_stands_on_the_page_of_the_draft(client, draft, address):
    sign_in(client, draft.created_by)
    save(client, address, title="쓰는 중")
    submissions.attach_file(submission=draft, by=draft.created_by, slot="paper", upload=factories.pdf())
    page = client.get(reverse("submissions:check", args=[draft.number]))
    assert [row["edit"].step for row in page.context["edits"]] == ["paper", "problem"]
    assert "Who changed what" in page.content.decode()


def test_history_by_a_stranger_is_refused(draft):
    with pytest.raises(Refused):
        submissions.save_step(
            submission=draft, by=accounts.person(), step="problem", data={"title": "x"}, by_itself=True
        )
    assert not DraftEdit.objects.exists()


# ── the session is gone ──


def test_script_is_told_that_the_session_is_gone(client, draft, address):
    answer = save(client, address, title="쓰던 글")
    assert (answer.status_code, answer.json()) == (401, {"state": "signed_out"})


def test_form_sent_without_a_session_comes_back_after_signing_in(client, draft, address):
    typed = {"title": "쓰던 제목", "problem": "쓰던 글", "version": "1"}
    gone = client.post(address, typed, headers=HERE)
    assert gone.status_code == 302 and "next=" in gone["Location"]
    sign_in(client, draft.created_by)
    page = client.get(address)
    assert page.context["kept"] and page.context["version"] == 1
    assert "쓰던 제목" in page.content.decode() and "You were signed out" in page.content.decode()
    assert title_of(draft) != "쓰던 제목"  # shown, not stored
    assert client.post(address, typed).status_code == 302
    assert title_of(draft) == "쓰던 제목"
    assert "kept" not in client.get(address).context


def test_kept_text_can_be_dropped(client, draft, address):
    client.post(address, {"title": "쓰던 제목"}, headers=HERE)
    sign_in(client, draft.created_by)
    assert client.post(address, {"forget": "1"}).status_code == 302
    assert "쓰던 제목" not in client.get(address).content.decode()


def test_kept_text_is_given_to_the_same_browser_alone(client, draft, address):
    client.post(address, {"title": "쓰던 제목"}, headers=HERE)
    elsewhere = Client()
    sign_in(elsewhere, draft.created_by)
    assert "쓰던 제목" not in elsewhere.get(address).content.decode()


def test_kept_text_is_given_to_nobody_who_may_not_open_the_draft(client, draft, address):
    client.post(address, {"title": "쓰던 제목"}, headers=HERE)
    sign_in(client, accounts.person())
    answer = client.get(address)
    assert answer.status_code == 404 and "쓰던 제목" not in answer.content.decode()


def test_kept_text_lies_sealed(client, address):
    client.post(address, {"title": "PLANTED-MARK"}, headers=HERE)
    key = client.cookies[kept.COOKIE].value
    stored = cache.get(f"kept:{key}")
    assert stored and b"PLANTED-MARK" not in stored and b"title" not in stored


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://evil.example"}, {"referer": "http://evil.example/x"}]
)
def test_nothing_is_kept_of_what_another_site_sends(client, address, headers):
    client.post(address, {"title": "x"}, headers=headers)
    assert kept.COOKIE not in client.cookies


def test_nothing_is_kept_of_more_than_a_long_form(client, address):
    client.post(address, {"title": "x" * (kept.MOST_BYTES + 1)}, headers=HERE)
    assert kept.COOKIE not in client.cookies


def test_kept_text_without_the_cache_still_leads_to_the_sign_in(client, address, monkeypatch):
    monkeypatch.setattr(kept.cache, "set", lambda *args: (_ for _ in ()).throw(ConnectionError()))
    answer = client.post(address, {"title": "x"}, headers=HERE)
    assert answer.status_code == 302 and kept.COOKIE not in client.cookies


def test_form_older_than_the_sign_in_comes_back_with_what_was_typed(draft, address):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, draft.created_by)
    typed = {"title": "쓰던 제목", "csrfmiddlewaretoken": "a" * 64}
    answer = client.post(address, typed, headers=HERE)
    assert (answer.status_code, answer["Location"]) == (302, address)
    assert "쓰던 제목" in client.get(address).content.decode()
    assert title_of(draft) != "쓰던 제목"


def test_other_forms_older_than_the_sign_in_say_what_happened(draft):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, draft.created_by)
    answer = client.post(reverse("submissions:withdraw", args=[draft.number]), {"reason": "x"}, headers=HERE)
    assert answer.status_code == 403 and "The form has expired" in answer.content.decode()


def test_writing_keeps_the_person_signed_in(client, draft, address):
    sign_in(client, draft.created_by)
    client.get(address)
    first = client.session["worked_at"]
    session = client.session
    session["worked_at"] = first - 700
    session.save()
    save(client, address, title="쓰는 중")
    assert client.session["worked_at"] >= first


def test_script_is_given_its_sentences_and_nothing_of_the_draft(client, draft, address):
    submissions.save_step(submission=draft, by=draft.created_by, step="problem", data={"title": "비밀 제목"})
    sign_in(client, draft.created_by)
    given = client.get(address).context["draft"]
    assert "비밀" not in given and json.loads(given)["person"] == draft.created_by.pk
    assert 0 < json.loads(given)["left"] <= 8 * 3600
