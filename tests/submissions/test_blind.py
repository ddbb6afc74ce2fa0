"""A call with a blind stage: the anonymous copy in the form, its search, and looking at what was found."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from innomarket.audit.models import Entry as AuditEntry
from innomarket.common.clock import now
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import kinds
from innomarket.submissions.models import Call, CallStage, IdentitySearch
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import filling
from innomarket.submissions.services.identity import search_due, searches_of
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
    submit(submission=draft, by=draft.created_by, looked=True)
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
    assert "신청인 정보를 찾고 있습니다" in page
    search_due()
    page = client.get(address).content.decode()
    assert "2쪽" in page
    assert "Hanul Robotics" in page
    assert 'name="looked"' in page
    refused = client.post(address)
    assert refused.status_code == 422
    assert "id_looked" in refused.content.decode()
    assert client.post(address, {"looked": "on"}).status_code == 302


def test_the_upload_page_says_what_the_copy_is_for(client):
    draft = drafted("by Hanul Robotics")
    search_due()
    client.force_login(draft.created_by)
    page = client.get(reverse("submissions:files", args=[draft.number, SLOT])).content.decode()
    assert "Hanul Robotics" in page
    assert "1쪽" in page


def test_what_is_found_after_submitting_is_told_while_it_can_be_replaced():
    draft = drafted("by Hanul Robotics")
    submit(submission=draft, by=draft.created_by, looked=True)
    search_due()
    message = Message.objects.get(kind="submissions.copy_found")
    assert message.recipient == draft.created_by
    assert "Hanul" not in str(vars(message))
    clear = drafted("Plain", business_number=accounts.business_number(4242))
    submit(submission=clear, by=clear.created_by, looked=True)
    search_due()
    assert Message.objects.filter(kind="submissions.copy_found").count() == 1
