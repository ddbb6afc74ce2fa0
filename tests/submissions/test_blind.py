"""A call with a blind stage: the anonymous copy in the form, its search, and looking at what was found."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.documents import rendering
from innomarket.notifications.models import Message
from innomarket.submissions import kinds
from innomarket.submissions.anonymous import unreadable
from innomarket.submissions.models import Call, CallStage, IdentitySearch
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import filling
from innomarket.submissions.services.identity import key_of, search_due, searches_of, try_again
from innomarket.submissions.services.submission import attach_file, remove_file, submit
from innomarket.submissions.specs import StageSpec
from tests.accounts import factories as accounts
from tests.documents.papers import paper

from . import factories

pytestmark = pytest.mark.django_db

BLIND = [StageSpec(kind="scored", blind=True)]
SLOT = kinds.ANONYMOUS_COPY.code


def blind_call(**fields):
    return factories.open_call(stages=BLIND, **fields)


def drafted(*pages: str, name: str = "copy.pdf", **fields):
    """A complete draft of a blind call by Hanul Robotics, with a copy of these pages."""
    company = accounts.company(name_ko="(주)한울로보틱스", name_en="Hanul Robotics Inc.", **fields)
    draft = factories.submission(call=blind_call(), organisation=company)
    return with_copy(draft, *pages, name=name)


def with_copy(draft, *pages: str, name: str = "copy.pdf"):
    file = SimpleUploadedFile(name, paper(*(pages or ("Plain words",))), content_type="application/pdf")
    attach_file(submission=draft, by=draft.created_by, slot=SLOT, upload=file)
    return draft


# ── the stage ──


def test_only_a_scored_stage_is_blind():
    with pytest.raises(Refused) as refused:
        factories.call(stages=[StageSpec(kind="document_check", blind=True), StageSpec(kind="scored")])
    assert (refused.value.code, refused.value.field) == ("only_a_scored_stage_is_blind", "stages")


def test_a_call_says_that_it_is_blind_and_that_freezes():
    call = blind_call()
    assert call.blind
    for attack in (
        lambda: CallStage.objects.filter(call=call).update(blind=False),
        lambda: Call.objects.filter(pk=call.pk).update(blind=False),
        lambda: Call.objects.filter(pk=factories.open_call().pk).update(blind=True),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attack()


def test_a_call_follows_its_stages_when_it_is_edited():
    staff = accounts.staff("run_rounds")
    call = factories.call(by=staff, stages=BLIND)
    assert call.blind
    call = calls.edit_call(
        call=call, by=staff, groups=factories.test_kind.groups(), stages=[StageSpec(kind="scored")]
    )
    call.refresh_from_db()
    assert not call.blind


def test_the_call_page_says_it(client):
    page = client.get(reverse("submissions:call", args=[blind_call().number])).content.decode()
    assert "익명 제출본" in page


# ── the place for the copy ──


def test_the_copy_is_asked_for_in_a_blind_call_alone():
    open_, blind = factories.submission(), factories.submission(call=blind_call())
    assert SLOT not in [line.step for line in filling.missing(open_)]
    assert SLOT in [line.step for line in filling.missing(blind)]
    with pytest.raises(Refused) as refused:
        with_copy(open_)
    assert refused.value.code == "unknown_slot"


def test_the_copy_is_a_pdf():
    draft = factories.submission(call=blind_call())
    with pytest.raises(Refused) as refused:
        attach_file(
            submission=draft, by=draft.created_by, slot=SLOT, upload=SimpleUploadedFile("a.png", b"\x89PNG")
        )
    assert refused.value.field == "file"


# ── the search ──


def test_what_is_found_is_kept_sealed_and_the_audit_has_counts_alone():
    draft = drafted("First", "by Hanul Robotics, tel. 02-123-4567")
    assert search_due() == 1
    search = IdentitySearch.objects.get()
    assert (search.state, search.found, search.pages) == ("done", 2, 2)
    assert {(one["what"], one["page"]) for one in search.findings} == {("name", 2), ("phone", 2)}
    entry = AuditEntry.objects.get(verb="submissions.search_copy")
    assert entry.changes == {"state": "done", "found": 2, "unread_pages": 0}
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT findings::text FROM submissions_identitysearch")
        assert "Hanul" not in cursor.fetchone()[0]
    assert searches_of(draft) == [search]


def test_members_who_left_are_searched_too():
    draft = factories.submission(call=blind_call())
    left = accounts.person(name="Quentin Zweig")
    accounts.member(left, draft.applicant_organisation, joined_at=draft.created_at, left_at=now())
    with_copy(draft, "designed by Quentin Zweig")
    search_due()
    assert [one["what"] for one in IdentitySearch.objects.get().findings] == ["person"]


def test_another_file_is_searched_anew():
    draft = drafted("by Hanul Robotics")
    search_due()
    remove_file(attachment=draft.attachments.kept().get(slot=SLOT), by=draft.created_by)
    with_copy(draft, "Plain")
    assert [search.state for search in searches_of(draft)] == ["waiting"]
    search_due()
    assert [search.is_clear for search in searches_of(draft)] == [True]


def test_a_file_that_cannot_be_read_fails_in_words():
    draft = factories.submission(call=blind_call())
    attach_file(submission=draft, by=draft.created_by, slot=SLOT, upload=factories.pdf("broken.pdf"))
    search_due()
    assert IdentitySearch.objects.values_list("state", "problem").get() == ("failed", "damaged")


def failed(problem):
    draft = drafted("Plain words")
    IdentitySearch.objects.update(state="failed", problem=problem, searched_at=now(), tries=3)
    return draft


@pytest.mark.parametrize(("problem", "passing"), [("gave_up", True), ("unlocked", True), ("damaged", False)])
def test_what_this_server_could_not_search_is_no_fault_of_the_file_and_is_tried_again(problem, passing):
    draft = failed(problem)
    (search,) = searches_of(draft)
    assert (search.document_id in unreadable([search.document])) is not passing
    submit(submission=draft, by=draft.created_by, looked=key_of([search]))
    assert try_again() == passing
    assert search_due() == passing
    search.refresh_from_db()
    assert (search.state, search.looked_at is None) == (("done", True) if passing else ("failed", False))


def test_a_server_that_cannot_lock_the_child_leaves_the_search_waiting(monkeypatch):
    drafted("Plain words")

    def locked_out(pieces):
        raise rendering.Unshowable("unlocked")

    monkeypatch.setattr(rendering, "words", locked_out)
    assert search_due() == 0
    assert IdentitySearch.objects.values_list("state", "problem").get() == ("waiting", "")


def test_the_command_searches_what_waits_and_again_what_gave_up(capsys):
    failed("gave_up")
    call_command("search_copies")
    call_command("search_copies", "--again")
    assert capsys.readouterr().out.split("\n")[:3] == [
        "0 copies searched",
        "1 copies wait again",
        "1 copies searched",
    ]


# ── looking before submitting ──


def test_a_clear_copy_is_submitted_without_a_question():
    draft = drafted("Plain words")
    search_due()
    assert submit(submission=draft, by=draft.created_by).files.filter(slot=SLOT).exists()


@pytest.mark.parametrize("searched", [True, False])
def test_findings_and_an_unfinished_search_take_a_confirmation(searched):
    draft = drafted("by Hanul Robotics")
    if searched:
        search_due()
    with pytest.raises(Refused) as refused:
        submit(submission=draft, by=draft.created_by)
    assert (refused.value.code, refused.value.field) == ("look_first", "looked")
    submit(submission=draft, by=draft.created_by, looked=key_of(searches_of(draft)))
    search = IdentitySearch.objects.get()
    assert (search.looked_by == draft.created_by) is searched  # what comes later is looked at later
    assert AuditEntry.objects.filter(
        verb="submissions.look_at_findings" if searched else "submissions.answer_for_copy"
    ).exists()


def test_the_check_page_shows_where_and_asks(client):
    draft = drafted("First", "by Hanul Robotics")
    client.force_login(draft.created_by)
    address = reverse("submissions:check", args=[draft.number])
    page = client.get(address).content.decode()
    assert "신청자 정보를 찾고 있습니다" in page
    search_due()
    page = client.get(address).content.decode()
    assert "2쪽" in page
    assert "Hanul Robotics" in page
    assert 'name="looked"' in page
    refused = client.post(address)
    assert refused.status_code == 422
    assert "id_looked" in refused.content.decode()
    shown = shown_by(refused)
    assert client.post(address, {"looked": "on"}).status_code == 422  # of nothing
    assert client.post(address, {"looked": "on", "shown": shown}).status_code == 302


def shown_by(response) -> str:
    """What the page says that it shows."""
    return re.search(r'name="shown" value="([0-9a-f]{64})"', response.content.decode()).group(1)


def test_what_was_found_after_the_page_was_shown_is_not_confirmed_with_it(client):
    draft = drafted("by Hanul Robotics")
    client.force_login(draft.created_by)
    address = f"/en{reverse('submissions:check', args=[draft.number]).removeprefix('/en')}"
    before = shown_by(client.get(address))  # still being searched
    search_due()
    refused = client.post(address, {"looked": "on", "shown": before})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "has gone on since this page was shown" in page and "Hanul Robotics" in page
    assert 'name="looked" checked' not in page and shown_by(refused) != before
    assert IdentitySearch.objects.get().looked_at is None
    assert client.post(address, {"looked": "on", "shown": shown_by(refused)}).status_code == 302
    assert IdentitySearch.objects.get().looked_by == draft.created_by


def test_the_upload_page_says_what_the_copy_is_for(client):
    draft = drafted("by Hanul Robotics")
    search_due()
    client.force_login(draft.created_by)
    page = client.get(reverse("submissions:files", args=[draft.number, SLOT])).content.decode()
    assert "Hanul Robotics" in page
    assert "1쪽" in page


def test_what_is_found_after_submitting_is_told_while_it_can_be_replaced():
    draft = drafted("by Hanul Robotics")
    submit(submission=draft, by=draft.created_by, looked=key_of(searches_of(draft)))
    search_due()
    message = Message.objects.get(kind="submissions.copy_found")
    assert message.recipient == draft.created_by
    assert "Hanul" not in str(vars(message))
    clear = drafted("Plain", business_number=accounts.business_number(4242))
    submit(submission=clear, by=clear.created_by, looked=key_of(searches_of(clear)))
    search_due()
    assert Message.objects.filter(kind="submissions.copy_found").count() == 1
