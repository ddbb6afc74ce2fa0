"""An anonymous copy that shows who applied is returned within the rule of supplements, and replaced or not."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from innomarket.common.clock import KST, now
from innomarket.common.refusals import Refused
from innomarket.documents.models import Document, Page
from innomarket.documents.pages import render_due
from innomarket.notifications.models import Message
from innomarket.submissions import anonymous
from innomarket.submissions.copies import compared
from innomarket.submissions.models import IdentitySearch, SupplementRequest
from innomarket.submissions.services.identity import search_due
from innomarket.submissions.services.returning import judge_copy, return_copy
from innomarket.submissions.services.supplement import give_paper, send_supplement
from innomarket.submissions.services.supplement_check import conclude_supplement, judge_paper
from tests.accounts import factories as accounts
from tests.documents.papers import paper
from tests.evaluation.blind_world import opened_blind
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db


def draw_all():
    """Every page that somebody waits for, however slow the machine is."""
    while render_due():
        pass


def returned(**fields):
    """A copy that shows who applied, returned for three days."""
    _call, (submission,) = opened_blind(1, **fields)
    staff = accounts.staff("run_rounds")
    request = return_copy(
        submission=submission, by=staff, due_at=now() + timedelta(days=3), reason="p. 1: a logo"
    )
    return submission, request, staff


def pdf(*pages, name="better.pdf"):
    return SimpleUploadedFile(name, paper(*pages), content_type="application/pdf")


def sent(*pages):
    submission, request, staff = returned()
    found = request.papers.get()
    give_paper(paper=found, by=submission.created_by, upload=pdf(*(pages or ("Words without a name",))))
    request = send_supplement(request=request, by=submission.created_by)
    return submission, request, found, staff


def test_only_the_copy_of_a_blind_call_is_returned():
    call = factories.open_call()
    submission = factories.submitted(call=call)
    factories.open_up(call)
    with pytest.raises(Refused) as refused:
        return_copy(
            submission=submission,
            by=accounts.staff("run_rounds"),
            due_at=now() + timedelta(days=1),
            reason="A logo.",
        )
    assert refused.value.code == "not_blind"


def test_returning_takes_who_runs_rounds_and_the_opening():
    _call, (submission,) = opened_blind(1)
    with pytest.raises(Refused):
        return_copy(
            submission=submission,
            by=accounts.staff("keep_budget"),
            due_at=now() + timedelta(days=1),
            reason="x" * 20,
        )


def test_the_applicant_is_told_where_it_shows():
    submission, request, _staff = returned()
    assert (request.purpose, request.state) == ("anonymous", "asked")
    assert [one.name_en for one in request.papers.all()] == ["Anonymous copy"]
    message = Message.objects.get(kind="submissions.copy_returned", recipient=submission.created_by)
    assert message.url.endswith(f"{request.number}/")


def test_another_request_waits_its_turn():
    submission, _request, staff = returned()
    with pytest.raises(Refused) as refused:
        return_copy(submission=submission, by=staff, due_at=now() + timedelta(days=1), reason="Again a logo.")
    assert refused.value.code == "one_supplement_under_way"


def test_the_new_copy_is_a_pdf_without_a_date_and_is_searched():
    submission, request, _staff = returned()
    found = request.papers.get()
    with pytest.raises(Refused) as refused:
        give_paper(
            paper=found,
            by=submission.created_by,
            upload=SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40),
        )
    assert refused.value.field == "file"
    given = give_paper(paper=found, by=submission.created_by, upload=pdf("by Canarycorp 1"))
    assert given.stated_on == request.closing_on
    search_due()
    assert [one["what"] for one in IdentitySearch.objects.get(document=given.document).findings] == ["name"]


def test_accepted_it_is_what_evaluators_read_and_the_old_one_is_kept():
    submission, request, found, staff = sent()
    old = anonymous.copy_of(submission.current)
    with pytest.raises(Refused) as refused:
        judge_copy(paper=found, by=staff, verdict="accepted", same=True)
    assert refused.value.code == "not_compared"
    draw_all()
    with pytest.raises(Refused) as refused:
        judge_copy(paper=found, by=staff, verdict="accepted")
    assert (refused.value.code, refused.value.field) == ("same_needed", "same")
    judge_copy(paper=found, by=staff, verdict="accepted", same=True)
    assert anonymous.copy_of(submission.current) == old  # not before the conclusion
    conclude_supplement(request=request, by=staff, outcome="judged", reason="The names are gone.")
    new = anonymous.copy_of(submission.current)
    assert new != old
    assert new.sha256 == found.__class__.objects.get(pk=found.pk).document.sha256
    assert submission.current.files.filter(document=old).exists()
    assert Document.objects.filter(pk=old.pk).exists()


def test_a_copy_with_other_content_is_refused_and_the_old_one_stands():
    submission, request, found, staff = sent("Other content")
    old = anonymous.copy_of(submission.current)
    judge_copy(paper=found, by=staff, verdict="differs", reason="Page 1 promises more than before.")
    conclude_supplement(request=request, by=staff, outcome="judged", reason="Judged on the first copy.")
    assert anonymous.copy_of(submission.current) == old


def test_not_sent_in_time_it_is_judged_or_excluded_by_the_rule():
    from innomarket.common.clock import moved_to
    from innomarket.submissions.services.supplement_due import close_due_supplements

    submission, request, staff = returned()
    with moved_to(request.due_at):
        close_due_supplements()
        request.refresh_from_db()
        assert request.state == "lapsed"
        conclude_supplement(request=request, by=staff, outcome="excluded", reason="It shows who applied.")
    assert not type(submission).objects.countable().filter(pk=submission.pk).exists()


def test_both_texts_are_compared_line_by_line():
    submission, _request, found, _staff = sent("Words of the anonymous copy 1", "A second page")
    assert compared(submission.current, found) is None
    draw_all()
    found.refresh_from_db()
    result = compared(submission.current, found)
    assert result is not None
    assert result.same == 1
    assert [(change.page, [(p.kind, p.text) for p in change.pieces]) for change in result.changes] == [
        (2, [("added", "A second page")])
    ]
    assert Page.objects.count() == 3


def test_papers_and_copies_are_judged_each_in_their_way():
    _submission, _request, found, staff = sent()
    with pytest.raises(Refused) as refused:
        judge_paper(paper=found, by=staff, verdict="accepted", confirmed_on=found.closing_on)
    assert refused.value.code == "is_a_copy"


def test_the_applicants_pages_ask_for_no_date(client):
    submission, request, _staff = returned()
    client.force_login(submission.created_by)
    page = client.get(reverse("submissions:supplement_paper", args=[request.number, 1])).content.decode()
    assert 'name="file"' in page
    assert 'name="stated_on"' not in page
    address = reverse("submissions:supplement_paper", args=[request.number, 1])
    assert client.post(address, {"file": pdf("by Canarycorp 1")}).status_code == 302
    search_due()
    page = client.get(reverse("submissions:supplement", args=[request.number])).content.decode()
    assert "Canarycorp 1" in page
    sending = client.get(reverse("submissions:supplement_send", args=[request.number])).content.decode()
    assert "익명 제출본" in sending


def test_staff_return_compare_and_conclude_in_the_console(client):
    _call, (submission,) = opened_blind(1)
    IdentitySearch.objects.filter(submission=submission).update(
        findings=[{"what": "name", "where": "page", "page": 1, "text": "Canarycorp"}], found=1
    )
    sign_in(client, accounts.staff("run_rounds"))
    page = client.get(reverse("admin:submissions_submission_change", args=[submission.pk])).content.decode()
    assert "Canarycorp" in page
    address = reverse("admin:submissions_submission_return-copy", args=[submission.pk])
    offered = client.get(address).content.decode()
    assert "1쪽: 기관 이름" in offered  # the places, never the words
    due = (now() + timedelta(days=3)).astimezone(KST).strftime("%Y-%m-%dT%H:%M")
    assert client.post(address, {"reason": "1쪽: 로고", "due_at": due}).status_code == 302
    request = SupplementRequest.objects.get()
    give_paper(
        paper=request.papers.get(), by=submission.created_by, upload=pdf("Words of the anonymous copy")
    )
    send_supplement(request=request, by=submission.created_by)
    judge = reverse("admin:submissions_supplementrequest_judge-copy", args=[request.pk])
    assert client.get(judge).status_code == 200  # its pages are being prepared
    draw_all()
    search_due()
    compared_page = client.get(judge).content.decode()
    assert "<del>" in compared_page
    assert client.post(judge, {"verdict": "accepted"}).status_code == 422
    assert client.post(judge, {"verdict": "accepted", "same": "on"}).status_code == 302
    conclude = reverse("admin:submissions_supplementrequest_conclude", args=[request.pk])
    assert client.post(conclude, {"outcome": "judged", "reason": "확인함"}).status_code == 302
    assert anonymous.copy_of(submission.current) == request.papers.get().document
