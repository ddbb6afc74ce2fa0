"""The pages: one clear way from the call to the receipt, nothing typed or uploaded is lost, nothing sealed leaks."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import activate

from innomarket.common.clock import moved_to, now
from innomarket.submissions import freezing
from innomarket.submissions.models import Submission
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import submission as submissions
from innomarket.submissions.specs import LotSpec
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    activate("en")


def url(name, *args) -> str:
    return reverse(f"submissions:{name}", args=args)


def text(response) -> str:
    return response.content.decode()


def test_list_shows_open_coming_and_closed_calls(client):
    open_one = factories.open_call()
    coming = factories.open_call(opens_at=now() + timedelta(days=1))
    closed = factories.close(factories.open_call())
    draft = factories.call()
    page = client.get(url("call_list"))
    assert [item["call"] for item in page.context["open_calls"]] == [open_one]
    assert [item["call"] for item in page.context["coming"]] == [coming]
    assert [item["call"] for item in page.context["past"]] == [closed]
    assert draft.number not in text(page)
    assert client.get(url("call", draft.number)).status_code == 404


def test_list_shows_nothing_open_when_the_worker_sleeps(client):
    call = factories.open_call()
    with moved_to(call.closes_at):
        page = client.get(url("call_list"))
        assert page.context["open_calls"] == []
        assert "closed, not opened yet" in text(page)
        assert url("begin", call.number) not in text(client.get(url("call", call.number)))


@pytest.mark.parametrize("rows", [1, 3])
def test_list_and_call_ask_the_same_number_of_queries(client, rows, django_assert_max_num_queries):
    for _row in range(rows):
        factories.open_call()
        factories.close(factories.open_call())
    call = factories.open_call(lots=[LotSpec(f"가{n}", owner=accounts.institution()) for n in range(rows)])
    with django_assert_max_num_queries(8):
        client.get(url("call_list"))
    with django_assert_max_num_queries(12):
        client.get(url("call", call.number))


def test_call_names_criteria_with_weights_and_counts_without_names(client):
    done = factories.submitted()
    page = text(client.get(url("call", done.lot.call.number)))
    assert "Publicness" in page and "60 points" in page
    assert done.applicant_organisation.name_ko not in page
    assert done.title not in page


def test_begin_asks_to_sign_in_and_comes_back(client):
    call = factories.open_call()
    page = client.get(url("begin", call.number))
    assert page.status_code == 302
    assert "next=" in page["Location"] and call.number in page["Location"]


def test_begin_shows_a_newcomer_the_way(client):
    sign_in(client, accounts.person())
    page = client.get(url("begin", factories.open_call().number))
    assert reverse("accounts:apply") in text(page)
    assert client.post(url("begin", factories.open_call().number)).status_code in (403, 422)
    assert not Submission.objects.exists()


def test_begin_with_one_organisation_is_one_click(client):
    user, company = factories.applicant()
    sign_in(client, user)
    page = client.post(url("begin", factories.open_call().number))
    draft = Submission.objects.get()
    assert (page.status_code, page["Location"]) == (302, url("edit", draft.number, "problem"))
    assert draft.applicant_organisation == company


def test_begin_asks_for_lot_and_organisation_where_there_are_several(client):
    user, _first = factories.applicant()
    second = accounts.company()
    accounts.member(user, second)
    accounts.member(user, accounts.company(), "viewer")
    call = factories.open_call(lots=[LotSpec("가"), LotSpec("나")])
    sign_in(client, user)
    page = client.get(f"{url('begin', call.number)}?lot=2")
    form = page.context["form"]
    assert len(form.fields["organisation"].queryset) == 2
    lot = call.lots.get(order=2)
    assert form.initial["lot"] == lot
    assert client.post(url("begin", call.number), {}).status_code == 422
    foreign = accounts.company()
    bad = client.post(url("begin", call.number), {"lot": lot.pk, "organisation": foreign.pk})
    assert bad.status_code == 422
    client.post(url("begin", call.number), {"lot": lot.pk, "organisation": second.pk})
    assert Submission.objects.get().lot == lot


def test_begin_in_a_closed_call_says_when_it_closed(client):
    call = factories.open_call()
    user, _company = factories.applicant()
    sign_in(client, user)
    with moved_to(call.closes_at):
        page = client.post(url("begin", call.number))
    assert page.status_code == 409
    assert "closed on" in text(page)


def test_step_saves_goes_on_and_can_be_left(client):
    draft = factories.submission(complete=False)
    sign_in(client, draft.created_by)
    page = url("edit", draft.number, "problem")
    on = client.post(page, {"title": "제목", "problem": "글", "sdgs": ["6"]})
    assert (on.status_code, on["Location"]) == (302, url("edit", draft.number, "plan"))
    left = client.post(page, {"title": "제목 2", "later": "1"})
    assert (left.status_code, left["Location"]) == (302, url("check", draft.number))
    draft.challenge.refresh_from_db()
    assert draft.challenge.title == "제목 2"
    assert "Saved" in text(client.get(page))


def test_step_keeps_what_was_typed_beside_its_error(client):
    draft = factories.submission(complete=False)
    sign_in(client, draft.created_by)
    page = client.post(
        url("edit", draft.number, "plan"), {"budget_won": "about five", "wanted_from": "2027-04-01"}
    )
    assert page.status_code == 422
    assert "about five" in text(page) and "error-summary" in text(page)
    draft.challenge.refresh_from_db()
    assert str(draft.challenge.wanted_from) == "2027-04-01"


def test_step_in_a_second_window_shows_both_texts(client):
    draft = factories.submission(complete=False)
    sign_in(client, draft.created_by)
    page = url("edit", draft.number, "problem")
    seen = client.get(page).context["version"]
    client.post(page, {"title": "첫째 창", "version": seen})
    second = client.post(page, {"title": "둘째 창", "version": seen})
    assert second.status_code == 409
    assert "첫째 창" in text(second) and "둘째 창" in text(second)
    assert "Saved by you in another window" in text(second)
    draft.challenge.refresh_from_db()
    assert draft.challenge.title == "첫째 창"
    sent = {"title": "둘째 창", "version": second.context["version"], "asked": "title", "keep:title": "mine"}
    again = client.post(page, sent)
    assert again.status_code == 302
    draft.challenge.refresh_from_db()
    assert draft.challenge.title == "둘째 창"


def test_step_after_closing_keeps_the_text_and_says_it_was_not_submitted(client):
    draft = factories.submission(complete=False)
    sign_in(client, draft.created_by)
    with moved_to(draft.lot.call.closes_at):
        page = client.post(url("edit", draft.number, "problem"), {"title": "늦은 글"}, follow=True)
    assert "It was not submitted" in text(page)
    draft.challenge.refresh_from_db()
    assert draft.challenge.title == "늦은 글"


def test_step_of_a_submitted_one_after_closing_shows_the_typed_text(client):
    done = factories.submitted()
    sign_in(client, done.created_by)
    with moved_to(done.lot.call.closes_at):
        page = client.post(url("edit", done.number, "problem"), {"title": "늦은 글"})
    assert page.status_code == 409
    assert "늦은 글" in text(page) and "stands unchanged" in text(page)


def test_files_keeps_the_good_ones_of_one_upload(client):
    from django.core.files.uploadedfile import SimpleUploadedFile

    draft = factories.submission(complete=False)
    sign_in(client, draft.created_by)
    page = url("files", draft.number, "more")
    bad = SimpleUploadedFile("run.exe", b"MZ" + b"\0" * 60)
    answer = client.post(page, {"file": [factories.pdf("good.pdf"), bad]})
    assert answer.status_code == 422
    assert "run.exe" in text(answer) and "good.pdf" in text(answer)
    assert [a.document.name for a in draft.attachments.kept()] == ["good.pdf"]
    assert "50MB" in text(client.get(page))


def test_files_can_be_removed_and_downloaded_by_their_own_side_only(client):
    draft = factories.submission()
    attachment = draft.attachments.get()
    sign_in(client, draft.created_by)
    sent = client.get(url("file", draft.number, attachment.pk))
    assert b"".join(sent.streaming_content) == factories.PDF
    assert sent["Content-Disposition"].startswith("attachment")
    page = url("files", draft.number, "paper")
    assert client.post(page, {"remove": attachment.pk}).status_code == 302
    assert client.get(url("file", draft.number, attachment.pk)).status_code == 404
    assert client.post(page, {"remove": "x"}).status_code == 404


def test_check_lists_what_is_missing_with_links_and_refuses(client):
    draft = factories.submission(complete=False)
    sign_in(client, draft.created_by)
    page = client.get(url("check", draft.number))
    assert "Not opened unless it is submitted" in text(page), "a draft is not opened with the others"
    assert f"{url('edit', draft.number, 'problem')}#id_title" in text(page)
    assert url("files", draft.number, "paper") in text(page)
    refused = client.post(url("check", draft.number))
    assert refused.status_code == 422
    assert "not submitted" in text(refused)


def test_submit_gives_a_receipt_with_every_hash_and_a_second_click_gives_the_same(client):
    draft = factories.submission()
    sign_in(client, draft.created_by)
    done = client.post(url("check", draft.number))
    assert (done.status_code, done["Location"]) == (302, url("receipt", draft.number))
    receipt = text(client.get(url("receipt", draft.number)))
    assert "Until the opening on" in receipt
    draft.refresh_from_db()
    revision = draft.current
    assert f"{draft.number}-00" in receipt
    assert revision.sha256 in receipt and revision.files.get().sha256 in receipt
    again = client.post(url("check", draft.number), follow=True)
    assert again.redirect_chain == [(url("receipt", draft.number), 302)]
    assert "already submitted" in text(again)
    assert draft.revisions.count() == 1


@pytest.mark.parametrize("again", [False, True])
def test_submit_says_what_changed_after_the_page_was_shown_and_by_whom(client, again):
    draft = factories.submission()
    colleague, _company = factories.applicant(draft.applicant_organisation)
    sign_in(client, draft.created_by)
    if again:
        submissions.submit(submission=draft, by=draft.created_by)
        save = {"submission": draft, "step": "problem", "data": {"title": "다시"}}
        submissions.save_step(by=draft.created_by, **save)
    check = url("check", draft.number)
    stamp = client.get(check).context["stamp"]
    assert f'name="saved_at" value="{stamp}"' in client.get(check).content.decode()
    save = {"submission": draft, "step": "problem", "data": {"title": "못 본 제목"}, "by_itself": True}
    submissions.save_step(by=colleague, **save)
    page = client.post(check, {"saved_at": stamp}, follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.current.title == "못 본 제목", "submitted whatever changed"
    assert f"({colleague}, " in page
    compare = url("compare", draft.number)
    assert (f'{compare}?from=0&amp;to=1"' in page) is again


@pytest.mark.parametrize("stamp", ["", "x", "2026-13-45T00:00:00", "2026-01-01T00:00:00"])
def test_submit_from_a_page_that_says_nothing_of_its_age_says_nothing(client, stamp):
    draft = factories.submission()
    sign_in(client, draft.created_by)
    check = url("check", draft.number)
    page = client.post(check, {"saved_at": stamp}, follow=True)
    assert len(list(page.context["messages"])) == 1


def test_submit_of_what_the_page_showed_says_nothing_more(client):
    draft = factories.submission()
    sign_in(client, draft.created_by)
    check = url("check", draft.number)
    stamp = client.get(check).context["stamp"]
    page = client.post(check, {"saved_at": stamp}, follow=True)
    assert len(list(page.context["messages"])) == 1


def test_submit_a_second_late_keeps_the_draft_and_says_so(client):
    draft = factories.submission()
    sign_in(client, draft.created_by)
    with moved_to(draft.lot.call.closes_at):
        page = client.post(url("check", draft.number))
    assert page.status_code == 409
    assert "It was not submitted. What you wrote is kept" in text(page)
    draft.refresh_from_db()
    assert (draft.state, draft.challenge.title) == ("draft", "관로 점검")


def test_receipt_offers_the_bytes_that_were_hashed(client):
    import hashlib

    done = factories.submitted()
    sign_in(client, done.created_by)
    sent = client.get(url("frozen", done.number, 0))
    assert hashlib.sha256(sent.content).hexdigest() == done.current.sha256
    assert json.loads(sent.content)["format"] == freezing.FORMAT


def test_withdraw_asks_first_and_says_what_stays(client):
    done = factories.submitted()
    sign_in(client, done.created_by)
    asked = client.get(url("withdraw", done.number))
    assert "kept" in text(asked)
    assert client.post(url("withdraw", done.number), {"reason": ""}).status_code == 302
    done.refresh_from_db()
    assert done.state == "withdrawn"
    assert "taken back" in text(client.get(url("receipt", done.number)))


def test_pending_organisation_sees_that_it_is_pending(client):
    draft = factories.submission(organisation=accounts.company(state="pending"))
    sign_in(client, draft.created_by)
    for page in ("check", "receipt"):
        assert "verification pending" in text(client.get(url(page, draft.number))).lower()


OWN_PAGES = [
    ("edit", "problem"),
    ("files", "paper"),
    ("check",),
    ("receipt",),
    ("withdraw",),
]


@pytest.mark.parametrize("page", OWN_PAGES, ids=[page[0] for page in OWN_PAGES])
@pytest.mark.parametrize("who", ["anonymous", "competitor", "staff", "owner"])
def test_pages_of_another_do_not_exist(client, page, who):
    owner, institution = factories.applicant(accounts.institution())
    call = factories.open_call(lots=[LotSpec("가", owner=institution)])
    done = factories.submitted(call=call)
    people = {"competitor": factories.applicant()[0], "staff": accounts.staff("run_rounds"), "owner": owner}
    if who != "anonymous":
        sign_in(client, people[who])
    address = url(page[0], done.number, *page[1:])
    for opened in (False, True):
        if opened:
            factories.open_up(call)
        for method in (client.get, client.post):
            answer = method(address)
            assert answer.status_code == (302 if who == "anonymous" else 404)
            if who == "anonymous":
                assert "login" in answer["Location"]


def test_submitted_files_are_sealed_until_the_opening(client):
    owner, institution = factories.applicant(accounts.institution())
    call = factories.open_call(lots=[LotSpec("가", owner=institution)])
    done = factories.submitted(call=call)
    file = url("submitted_file", done.number, 0, done.current.files.get().pk)
    frozen = url("frozen", done.number, 0)
    readers = {"staff": accounts.staff("run_rounds"), "owner": owner}
    outsiders = {"competitor": factories.applicant()[0], "budget": accounts.staff("keep_budget")}
    for opened in (False, True):
        if opened:
            factories.open_up(call)
        for user in (readers | outsiders).values():
            sign_in(client, user)
            expected = 200 if opened and user in readers.values() else 404
            assert (client.get(file).status_code, client.get(frozen).status_code) == (expected, expected)
        client.logout()
        assert client.get(file).status_code == 404


def test_private_pages_are_kept_by_no_cache(client):
    done = factories.submitted()
    sign_in(client, done.created_by)
    for page in OWN_PAGES:
        assert client.get(url(page[0], done.number, *page[1:]))["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_stands_in_both_languages(client, language):
    activate(language)
    done = factories.submitted()
    sign_in(client, done.created_by)
    call = done.lot.call
    addresses = [url("call_list"), url("call", call.number), url("begin", call.number)]
    addresses += [url(page[0], done.number, *page[1:]) for page in OWN_PAGES]
    for address in addresses:
        page = client.get(address)
        assert page.status_code == 200, address
        assert f'<html lang="{language}"' in text(page)
        assert text(page).count("<h1") == 1, address
        assert "style=" not in text(page)


@pytest.mark.parametrize("files", [1, 3])
def test_own_pages_ask_the_same_number_of_queries(client, files, django_assert_max_num_queries):
    draft = factories.submission()
    for n in range(files - 1):
        submissions.attach_file(
            submission=draft, by=draft.created_by, slot="more", upload=factories.pdf(f"{n}.pdf", b"x" * n)
        )
    submissions.submit(submission=draft, by=draft.created_by)
    sign_in(client, draft.created_by)
    for page in OWN_PAGES:
        with django_assert_max_num_queries(40):
            client.get(url(page[0], draft.number, *page[1:]))


MARK = "카나리아<b>x</b>"


def test_sealed_text_stands_in_no_page_that_others_see(client):
    """A marker in title, answer, file name and applicant: before the opening only one's own side meets it."""
    company = accounts.company(name_ko=MARK, name_en=MARK)
    draft = factories.submission(
        organisation=company, answers={"problem": {"title": MARK, "problem": MARK}}, files=False
    )
    submissions.attach_file(
        submission=draft, by=draft.created_by, slot="paper", upload=factories.pdf("카나리아.pdf")
    )
    submissions.submit(submission=draft, by=draft.created_by)
    call = draft.lot.call
    pages = [
        url("call_list"),
        url("call", call.number),
        url("begin", call.number),
        reverse("admin:submissions_call_changelist"),
        reverse("admin:submissions_call_change", args=[call.pk]),
        reverse("admin:submissions_call_history", args=[call.pk]),
        *(reverse(f"admin:submissions_call_{step}", args=[call.pk]) for step in ("extend", "cancel", "open")),
        reverse("admin:submissions_submission_changelist"),
        reverse("admin:submissions_submission_changelist") + "?q=" + draft.number,
        reverse("admin:submissions_submission_change", args=[draft.pk]),
        reverse("admin:submissions_submission_history", args=[draft.pk]),
    ]
    for user in (None, factories.applicant()[0], accounts.staff("run_rounds")):
        client.logout()
        if user:
            sign_in(client, user)
        for page in pages:
            answer = client.get(page)
            if user is not None and user.is_staff:
                assert answer.status_code == 200, page
            assert "카나리아" not in text(answer), (user, page)
            assert MARK not in str(answer.headers)
    sign_in(client, draft.created_by)
    mine = text(client.get(url("receipt", draft.number)))
    assert "카나리아" in mine and "&lt;b&gt;x" in mine and "<b>x" not in mine


def test_calls_of_the_sweep_are_closed_by_the_task():
    from innomarket.celery import app
    from innomarket.submissions import tasks

    call = factories.open_call()
    tasks.close_call(call.pk)
    call.refresh_from_db()
    assert call.state == "announced"
    with moved_to(call.closes_at):
        tasks.close_due_calls()
    call.refresh_from_db()
    assert call.state == "closed"
    tasks.close_call(call.pk)
    assert "submissions.close_due_calls" in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_extended_call_is_named_in_the_page(client):
    call = factories.open_call()
    later = call.closes_at + timedelta(days=2)
    calls.extend_call(
        call=call, by=accounts.staff("run_rounds"), closes_at=later, opening_at=later, reason="Outage."
    )
    page = client.get(url("call", call.number))
    assert page.context["call"].closes_at == later
