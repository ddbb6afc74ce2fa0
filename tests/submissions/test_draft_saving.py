"""A draft that saves itself, a session that ends while somebody writes, and two people at one step."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
AUTOSAVE_QUERIES = 19
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


@pytest.fixture
def written(draft):
    """What the form of this person carries."""
    return {"writer": kept.writer(draft.created_by)}


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
    chosen = {
        "asked": ["title", "problem"],
        "keep:title": "mine",
        "keep:problem": "theirs",
        "version": both.context["version"],
    }
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


# ── two people, two windows ──


@pytest.fixture
def colleague(draft):
    person = accounts.person()
    accounts.member(person, draft.applicant_organisation, "editor")
    return person


def test_two_people_at_two_steps_do_not_collide(draft, colleague):
    seen = draft.version
    save_step = submissions.save_step
    save_step(
        submission=draft, by=colleague, step="plan", data={"budget_won": "5000"}, version=seen, window="b"
    )
    save_step(
        submission=draft, by=draft.created_by, step="problem", data={"title": "가"}, version=seen, window="a"
    )
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.challenge.budget_won) == ("가", 5000)


def test_two_people_at_one_step_are_asked_about_the_same_answer_alone(client, draft, colleague, address):
    sign_in(client, draft.created_by)
    submissions.save_step(
        submission=draft, by=colleague, step="problem", data={"title": "", "problem": "먼저 쓴 글"}
    )
    version = client.get(address).context["version"]
    submissions.save_step(
        submission=draft, by=colleague, step="problem", data={"title": "동료의 제목"}, version=version
    )
    mine = {"title": "", "problem": "나의 글", "version": version, "window": "mine"}
    page = client.post(address, mine)
    assert page.status_code == 409
    (row,) = page.context["both"]
    assert (row["field"], row["by"]) == ("title", colleague)
    assert row["chosen"] == "", "neither side is chosen beforehand"
    again = client.post(address, mine | {"asked": "title", "version": page.context["version"]})
    assert again.status_code == 422 and "Choose for each answer" in again.content.decode()
    (row,) = again.context["both"]
    assert row["field"] == "title", "what the colleague wrote before this page was opened is no question"
    assert title_of(draft) == "동료의 제목"
    last = mine | {"asked": "title", "keep-all": "theirs", "version": again.context["version"]}
    assert client.post(address, last).status_code == 302
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.challenge.problem) == ("동료의 제목", "나의 글")


def test_mine_for_all_stores_mine(client, draft, colleague, address):
    sign_in(client, draft.created_by)
    version = client.get(address).context["version"]
    submissions.save_step(
        submission=draft, by=colleague, step="problem", data={"title": "동료", "problem": "글"}
    )
    mine = {"title": "나", "problem": "내 글", "version": version, "asked": ["title", "problem"]}
    page = client.post(address, {name: mine[name] for name in ("title", "problem", "version")})
    sent = mine | {"keep-all": "mine", "version": page.context["version"]}
    assert client.post(address, sent).status_code == 302
    draft.challenge.refresh_from_db()
    assert (draft.challenge.title, draft.challenge.problem) == ("나", "내 글")


def test_what_was_saved_while_both_were_looked_at_is_asked_about_again(client, draft, colleague, address):
    sign_in(client, draft.created_by)
    version = client.get(address).context["version"]
    submissions.save_step(submission=draft, by=colleague, step="problem", data={"title": "하나"})
    page = client.post(address, {"title": "나", "version": version})
    submissions.save_step(submission=draft, by=colleague, step="problem", data={"title": "둘"})
    sent = {"title": "나", "version": page.context["version"], "asked": "title", "keep:title": "mine"}
    again = client.post(address, sent)
    assert again.status_code == 409 and "둘" in again.content.decode()
    assert title_of(draft) == "둘"


def test_lost_answer_to_a_save_does_not_make_the_window_its_own_rival(client, draft, address):
    sign_in(client, draft.created_by)
    page = client.get(address).context
    known = {"version": page["version"], "window": page["window"]}
    save(client, address, title="하나", **known)  # its answer never arrives: the version stays
    assert save(client, address, title="하나 둘", **known).status_code == 200
    other = save(client, address, title="셋", version=page["version"], window="another")
    assert other.status_code == 409 and str(draft.created_by) in other.json()["message"]


def test_same_text_from_two_windows_is_no_conflict(client, draft, address):
    sign_in(client, draft.created_by)
    for window in ("one", "two"):
        answer = save(client, address, title="같은 글", version=draft.version, window=window)
        assert answer.status_code == 200


def test_history_names_the_answers_and_never_their_text(draft):
    data = {"title": "까막눈", "problem": "까막눈이 볼 글"}
    submissions.save_step(submission=draft, by=draft.created_by, step="problem", data=data, window="w")
    edit = DraftEdit.objects.get()
    assert edit.fields == {"title": draft.version + 1, "problem": draft.version + 1}
    assert "까막눈" not in str(DraftEdit.objects.values())


def test_audit_gains_an_entry_when_another_answer_is_touched(draft):
    for data in ({"title": "가"}, {"title": "나"}, {"problem": "다"}, {"problem": "라"}):
        submissions.save_step(
            submission=draft, by=draft.created_by, step="problem", data=data, by_itself=True
        )
    said = [entry.changes["fields"] for entry in Entry.objects.filter(verb="submissions.save").order_by("pk")]
    assert said == [["title"], ["problem"]]


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE submissions_draftedit SET by_id = (SELECT max(id) FROM accounts_user)",
        "UPDATE submissions_draftedit SET step = 'plan'",
        "UPDATE submissions_draftedit SET last_at = began_at - interval '1 second'",
        "DELETE FROM submissions_draftedit",
    ],
)
def test_history_cannot_be_rewritten_by_plain_sql(draft, colleague, attack):
    submissions.save_step(submission=draft, by=draft.created_by, step="problem", data={"title": "가"})
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    edit = DraftEdit.objects.get()
    assert (edit.by, edit.step) == (draft.created_by, "problem")


@pytest.mark.parametrize("rows", [1, 3])
def test_save_by_itself_asks_as_much_as_ever_and_less_than_the_button(
    client, draft, colleague, address, rows
):
    sign_in(client, draft.created_by)
    for n in range(rows):
        for by in (colleague, draft.created_by):
            submissions.save_step(submission=draft, by=by, step="plan", data={"budget_won": n + 1 + by.pk})
    page = client.get(address).context
    known = {"window": page["window"], "version": page["version"]}
    known["version"] = save(client, address, title="가", **known).json()["version"]
    with CaptureQueriesContext(connection) as by_itself:
        version = save(client, address, title="가나", **known).json()["version"]
    with CaptureQueriesContext(connection) as by_hand:
        client.post(address, {"title": "가나다", "stay": "1", "window": "w", "version": version}, follow=True)
    assert len(by_itself) == AUTOSAVE_QUERIES
    assert len(by_itself) < len(by_hand)
    print("QUERIES", len(by_itself), len(by_hand))


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


def test_form_sent_without_a_session_comes_back_after_signing_in(client, draft, address, written):
    typed = written | {"title": "쓰던 제목", "problem": "쓰던 글", "version": "1"}
    gone = client.post(address, typed, headers=HERE)
    assert gone.status_code == 302 and "next=" in gone["Location"]
    assert "What you wrote is kept" in client.get(gone["Location"]).content.decode()
    sign_in(client, draft.created_by)
    page = client.get(address)
    assert page.context["kept"] and page.context["version"] == 1
    assert "쓰던 제목" in page.content.decode() and "You were signed out" in page.content.decode()
    assert title_of(draft) != "쓰던 제목"  # shown, not stored
    assert client.post(address, typed).status_code == 302
    assert title_of(draft) == "쓰던 제목"
    assert "kept" not in client.get(address).context


def test_kept_text_can_be_dropped(client, draft, address, written):
    client.post(address, written | {"title": "쓰던 제목"}, headers=HERE)
    sign_in(client, draft.created_by)
    assert client.post(address, {"forget": "1"}).status_code == 302
    assert "쓰던 제목" not in client.get(address).content.decode()


def test_kept_text_is_given_to_the_same_browser_alone(client, draft, address, written):
    client.post(address, written | {"title": "쓰던 제목"}, headers=HERE)
    elsewhere = Client()
    sign_in(elsewhere, draft.created_by)
    assert "쓰던 제목" not in elsewhere.get(address).content.decode()


def test_kept_text_is_given_to_nobody_who_may_not_open_the_draft(client, draft, address, written):
    client.post(address, written | {"title": "쓰던 제목"}, headers=HERE)
    sign_in(client, accounts.person())
    answer = client.get(address)
    assert answer.status_code == 404 and "쓰던 제목" not in answer.content.decode()


def test_kept_text_is_not_given_to_a_colleague_at_the_same_browser(client, draft, address, written):
    colleague = accounts.person()
    accounts.member(colleague, draft.applicant_organisation, "editor")
    client.post(address, written | {"title": "쓰던 제목"}, headers=HERE)
    sign_in(client, colleague)
    page = client.get(address)
    assert page.status_code == 200 and "쓰던 제목" not in page.content.decode()
    sign_in(client, draft.created_by)
    assert "쓰던 제목" in client.get(address).content.decode()


@pytest.mark.parametrize("writer", ["", "1", "1:forged:signature"])
def test_nothing_is_kept_of_a_form_that_names_no_writer(client, address, writer):
    client.post(address, {"title": "x", "writer": writer}, headers=HERE)
    assert kept.COOKIE not in client.cookies


def test_kept_text_is_gone_when_it_saved_itself(client, draft, address, written):
    client.post(address, written | {"title": "쓰던 제목"}, headers=HERE)
    sign_in(client, draft.created_by)
    assert client.get(address).context["kept"]
    assert save(client, address, title="쓰던 제목과 더", version="1").json()["state"] == "saved"
    assert "kept" not in client.get(address).context


def test_kept_text_lies_sealed(client, address, written):
    client.post(address, written | {"title": "PLANTED-MARK"}, headers=HERE)
    key = client.cookies[kept.COOKIE].value
    stored = cache.get(f"kept:{key}")
    assert stored and b"PLANTED-MARK" not in stored and b"title" not in stored


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://evil.example"}, {"referer": "http://evil.example/x"}]
)
def test_nothing_is_kept_of_what_another_site_sends(client, address, written, headers):
    client.post(address, written | {"title": "x"}, headers=headers)
    assert kept.COOKIE not in client.cookies


def test_nothing_is_kept_of_more_than_a_long_form(client, address, written):
    client.post(address, written | {"title": "x" * (kept.MOST_BYTES + 1)}, headers=HERE)
    assert kept.COOKIE not in client.cookies


def test_kept_text_without_the_cache_still_leads_to_the_sign_in(client, address, written, redis_away):
    answer = client.post(address, written | {"title": "x"}, headers=HERE)
    assert answer.status_code == 302 and kept.COOKIE not in client.cookies


def test_form_older_than_the_sign_in_comes_back_with_what_was_typed(draft, address, written):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, draft.created_by)
    typed = written | {"title": "쓰던 제목", "csrfmiddlewaretoken": "a" * 64}
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
