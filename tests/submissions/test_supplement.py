"""Supplements: asked, given, sent, judged, concluded; the due instant; and the revision that nothing touches."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from pypdf import PdfWriter

from innomarket.common.clock import KST, moved_to, now
from innomarket.common.formats import kst_date
from innomarket.common.refusals import Refused
from innomarket.documents import quarantine, rendering
from innomarket.documents.models import Document
from innomarket.documents.types import EICAR
from innomarket.evaluation.services import round as rounds
from innomarket.notifications.models import Message
from innomarket.submissions import blank, freezing
from innomarket.submissions.models import Revision, Submission, SupplementPaper, SupplementRequest
from innomarket.submissions.services import supplement as services
from innomarket.submissions.services import supplement_check as checks
from innomarket.submissions.services import supplement_due as sweeps
from tests.accounts import factories as accounts
from tests.documents.clamd import clamd
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db


def at(instant, function, **arguments):
    with transaction.atomic(), moved_to(instant):
        return function(**arguments)


def asked(n=2, submission=None, **changes):
    """Papers asked of an opened submission, due in twenty days (its call closes in seven)."""
    done = submission or factories.submitted()
    if done.lot.call.opened_at is None:
        factories.open_up(done.lot.call)
    values = {
        "submission": done,
        "by": accounts.staff("run_rounds"),
        "papers": [services.PaperSpec(f"서류 {i}", f"Paper {i}") for i in range(n)],
        "due_at": now() + timedelta(days=20),
        "reason": "빠졌습니다.",
    }
    return services.ask_for_papers(**(values | changes))


def owner(request):
    return request.submission.created_by


def today():
    return now().astimezone(KST).date()


def give(request, order=1, **changes):
    values = {"by": owner(request), "upload": factories.pdf(), "stated_on": today()} | changes
    return services.give_paper(paper=request.papers.get(order=order), **values)


def sent(n=1, **fields):
    request = asked(n, **fields)
    for order in range(1, n + 1):
        give(request, order)
    return services.send_supplement(request=request, by=owner(request))


def code(function, **arguments):
    with pytest.raises(Refused) as refused:
        function(**arguments)
    return refused.value.code


def pages(*contents):
    """A PDF with a page for each content stream."""
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = PdfWriter()
    for content in contents:
        page = writer.add_blank_page(200, 200)
        stream = DecodedStreamObject()
        stream.set_data(content)
        page[NameObject("/Contents")] = writer._add_object(stream)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_papers_are_asked_of_opened_submissions_by_staff_alone():
    done = factories.submitted()
    values = {
        "submission": done,
        "papers": [services.PaperSpec("가")],
        "due_at": now() + timedelta(days=9),
        "reason": "x",
    }
    staff = accounts.staff("run_rounds")
    assert code(services.ask_for_papers, by=staff, **values) == "not_opened"
    factories.open_up(done.lot.call)
    assert code(services.ask_for_papers, by=done.created_by, **values)
    assert code(services.ask_for_papers, by=staff, **values | {"papers": []}) == "papers_needed"
    assert code(services.ask_for_papers, by=staff, **values | {"due_at": now()}) == "due_is_past"
    assert code(services.ask_for_papers, by=staff, **values | {"reason": " "}) == "reason_needed"
    request = services.ask_for_papers(by=staff, **values)
    assert (request.revision, request.state) == (done.current, "asked")
    assert request.closing_on == done.lot.call.closes_at.astimezone(KST).date()
    assert code(services.ask_for_papers, by=staff, **values) == "one_supplement_under_way"
    assert Message.objects.filter(kind="submissions.supplement_asked", recipient=done.created_by).count() == 1


@pytest.mark.parametrize(("seconds", "taken"), [(-1, True), (0, False), (1, False)])
def test_sending_is_half_open_at_the_due_instant(seconds, taken):
    request = asked(1)
    give(request)
    values = {"request": request, "by": owner(request)}
    instant = request.due_at + timedelta(seconds=seconds)
    if taken:
        assert at(instant, services.send_supplement, **values).state == "sent"
    else:
        with transaction.atomic(), moved_to(instant):
            assert code(services.send_supplement, **values) == "supplement_over"
        assert SupplementRequest.objects.get().sent_at is None


def test_what_is_sent_has_a_receipt_and_the_rest_counts_as_not_sent():
    request = asked(2)
    assert code(services.send_supplement, request=request, by=owner(request)) == "nothing_to_send"
    give(request)
    request = services.send_supplement(request=request, by=owner(request))
    papers = list(request.papers.select_related("document"))
    assert [paper.verdict for paper in papers] == ["", "not_sent"]
    assert request.sha256 == freezing.digest(services.sent_text(request, papers))
    assert papers[0].document.sha256 in str(services.sent_text(request, papers))
    kinds = set(
        Message.objects.filter(object_label__endswith=f":{request.pk}").values_list("kind", flat=True)
    )
    assert {"submissions.supplement_sent", "submissions.supplement_to_judge"} <= kinds
    assert code(services.send_supplement, request=request, by=owner(request)) == "send_not_now"
    assert code(services.take_back_paper, paper=papers[0], by=owner(request)) == "give_not_now"


def test_stranger_neither_gives_nor_sends():
    request = asked(1)
    stranger = factories.applicant()[0]
    assert code(give, request=request, by=stranger)
    give(request)
    assert code(services.send_supplement, request=request, by=stranger)
    assert code(services.take_back_paper, paper=request.papers.get(), by=stranger)
    assert not SupplementRequest.objects.readable_by(stranger).exists()


def test_stated_date_in_the_future_is_refused_and_one_after_the_closing_is_marked():
    request = asked(1)
    assert code(give, request=request, stated_on=today() + timedelta(days=1)) == "stated_in_future"
    paper = give(request)
    assert not paper.stated_too_late
    later = request.submission.lot.call.closes_at + timedelta(days=2)
    with transaction.atomic(), moved_to(later):
        assert give(request, stated_on=later.astimezone(KST).date()).stated_too_late


def test_date_and_verdict_must_agree():
    request = sent()
    paper, staff = request.papers.get(), accounts.staff("run_rounds")
    after = request.closing_on + timedelta(days=1)
    with transaction.atomic(), moved_to(request.due_at):
        judge = {"paper": paper, "by": staff}
        assert code(checks.judge_paper, verdict="accepted", **judge) == "date_needed"
        assert code(checks.judge_paper, verdict="accepted", confirmed_on=after, **judge) == "date_and_verdict"
        early = {"confirmed_on": request.closing_on, "reason": "x"}
        assert code(checks.judge_paper, verdict="too_late", **early, **judge) == "date_and_verdict"
        assert code(checks.judge_paper, verdict="blank", **judge) == "reason_needed"
        assert code(checks.judge_paper, paper=paper, by=owner(request), verdict="accepted")
        judged = checks.judge_paper(verdict="too_late", confirmed_on=after, reason="늦음", **judge)
        assert judged.verdict == "too_late"
        judged = checks.judge_paper(verdict="accepted", confirmed_on=request.closing_on, **judge)
        assert judged.verdict == "accepted"
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplementPaper.objects.update(confirmed_on=after)


def test_nothing_sent_lapses_once_and_may_be_given_more_time():
    request = asked(1)
    give(request)
    day_before = request.due_at - timedelta(hours=23)
    with transaction.atomic(), moved_to(day_before):
        assert (sweeps.remind_due_supplements(), sweeps.remind_due_supplements()) == (1, 0)
        assert sweeps.close_due_supplements() == 0
    with transaction.atomic(), moved_to(request.due_at):
        assert (sweeps.close_due_supplements(), sweeps.close_due_supplements()) == (1, 0)
        request.refresh_from_db()
        assert (request.state, request.papers.get().verdict) == ("lapsed", "not_sent")
        extend = {"request": request, "by": request.asked_by, "reason": "사정"}
        assert code(services.extend_supplement, due_at=request.due_at, **extend) == "due_is_past"
        request = services.extend_supplement(due_at=request.due_at + timedelta(days=1), **extend)
        assert services.send_supplement(request=request, by=owner(request)).state == "sent"


def test_excluded_is_no_longer_countable_and_keeps_its_reason():
    request = asked(1)
    at(request.due_at, sweeps.close_due_supplements)
    counted = Submission.objects.countable().filter(pk=request.submission_id)
    assert counted.exists()
    values = {"request": request, "by": request.asked_by, "outcome": "excluded"}
    assert code(checks.conclude_supplement, reason="", **values) == "reason_needed"
    checks.conclude_supplement(reason="자격을 알 수 없습니다.", **values)
    assert not counted.exists()
    message = Message.objects.get(kind="submissions.supplement_concluded", recipient=owner(request))
    assert "자격을 알 수 없습니다." in message.body


def test_judged_on_what_there_is_stays_countable():
    request = asked(1)
    at(request.due_at, sweeps.close_due_supplements)
    checks.conclude_supplement(request=request, by=request.asked_by, outcome="judged", reason="충분합니다.")
    assert Submission.objects.countable().filter(pk=request.submission_id).exists()


def test_conclusion_waits_for_each_verdict_and_does_not_exclude_what_is_complete():
    request = sent()
    values = {"request": request, "by": request.asked_by, "reason": "x"}
    assert code(checks.conclude_supplement, outcome="judged", **values) == "papers_to_judge"
    checks.judge_paper(
        paper=request.papers.get(), by=request.asked_by, verdict="accepted", confirmed_on=today()
    )
    assert code(checks.conclude_supplement, outcome="excluded", **values) == "nothing_unclear"
    assert checks.conclude_supplement(outcome="judged", **values).state == "concluded"


def test_round_waits_for_supplements_and_keeps_what_it_judges():
    done = factories.submitted()
    factories.open_up(done.lot.call)
    staff = accounts.staff("run_rounds")
    round_ = rounds.create_round(lot=done.lot, by=staff)
    for _seat in range(3):
        rounds.seat_panelist(
            round=round_, by=staff, user=accounts.person(), reason="Nobody in the pool fits."
        )
    request = asked(1, submission=Submission.objects.select_related("lot__call").get(pk=done.pk))
    assert code(rounds.start_round, round=round_, by=staff) == "supplements_under_way"
    at(request.due_at, sweeps.close_due_supplements)
    values = {"by": staff, "reason": "x"}
    checks.conclude_supplement(request=request, outcome="judged", **values)
    rounds.start_round(round=round_, by=staff)
    again = asked(1, submission=request.submission)
    at(again.due_at, sweeps.close_due_supplements)
    assert code(checks.conclude_supplement, request=again, outcome="excluded", **values) == "in_a_round"
    assert SupplementRequest.objects.get(pk=again.pk).outcome == ""


def test_frozen_revision_is_untouched_whatever_the_supplement_does():
    done = factories.submitted()

    def picture():
        revision = Revision.objects.get(submission=done)
        row = Submission.objects.filter(pk=done.pk).values("version", "current", "saved_at", "title", "state")
        files = list(revision.files.values_list("name", "sha256", "document__file"))
        return revision.sha256, freezing.digest(freezing.frozen_revision(revision)), files, row.get()

    before = picture()
    request = asked(2, submission=done)
    services.take_back_paper(paper=give(request), by=owner(request))
    give(request)
    services.send_supplement(request=request, by=owner(request))
    checks.judge_paper(
        paper=request.papers.get(order=1), by=request.asked_by, verdict="blank", reason="비었음"
    )
    checks.conclude_supplement(request=request, by=request.asked_by, outcome="excluded", reason="x")
    assert picture() == before


def test_blank_pages_are_hinted_and_a_blank_file_is_refused(client):
    text = b"BT /F1 12 Tf (hello) Tj ET"
    assert rendering.blank_pages([pages(text, b"", b"q 1 0 0 1 0 0 cm Q")]) == (3, 2)
    assert rendering.blank_pages([pages(b"10 10 m 90 90 l S")]) == (1, 0)
    with pytest.raises(rendering.Unshowable):
        rendering.blank_pages([b"%PDF-1.4 broken"])
    request = asked(1)
    empty = SimpleUploadedFile("empty.pdf", pages(b"", b""), content_type="application/pdf")
    assert code(give, request=request, upload=empty) == "all_blank"
    part = SimpleUploadedFile("part.pdf", pages(text, b""), content_type="application/pdf")
    paper = give(request, upload=part)
    assert (paper.pages, paper.blank_pages) == (2, 1)
    client.force_login(owner(request))
    page = client.get(reverse("submissions:supplement_send", args=[request.number])).content.decode()
    assert "2쪽 가운데 1쪽이 비어" in page, "said once more before it is sent"
    assert code(give, request=request, upload=SimpleUploadedFile("e.pdf", pages(b""))) == "all_blank"
    assert request.papers.get().document == paper.document, "what was there before stays"
    assert Document.objects.latest("pk") == paper.document, "the blank one is gone"


def test_pages_are_counted_in_the_child_after_the_checks_and_without_a_lock(monkeypatch):
    request = asked(1)
    seen = []

    def count(document):
        seen.append(document.sha256)
        assert not request.papers.get().document
        raise rendering.Unshowable("too_long")

    monkeypatch.setattr(rendering, "blank_pages", lambda pieces: count(Document.objects.latest("pk")))
    eicar = factories.PDF.replace(b"\nxref", b"\n%" + EICAR + b"\nxref", 1)
    assert code(give, request=request, upload=SimpleUploadedFile("a.pdf", eicar)) == "virus"
    assert code(give, request=request, upload=SimpleUploadedFile("a.pdf", b"<svg/>")) == "false_extension"
    assert seen == []
    paper = give(request)
    assert seen == [paper.document.sha256] and paper.blank_pages is None


@pytest.mark.parametrize("stated", ["", "2026-13-45", "tomorrow"])
def test_file_is_kept_when_its_date_is_wrong_and_the_date_is_stated_after_it(client, stated):
    request = asked(1)
    client.force_login(owner(request))
    address = reverse("submissions:supplement_paper", args=[request.number, 1])
    if stated == "tomorrow":
        stated = (today() + timedelta(days=1)).isoformat()
    answer = client.post(address, {"stated_on": stated, "file": factories.pdf("증명.pdf")})
    assert answer.status_code in (409, 422)
    assert list(answer.context["form"].errors) == ["stated_on"]
    text = answer.content.decode()
    assert ("증명.pdf" in text and f'value="{stated}"' in text) or not stated
    paper = request.papers.get()
    assert paper.document.name == "증명.pdf" and paper.stated_on is None
    assert code(services.send_supplement, request=request, by=owner(request)) == "stated_missing"
    page = client.get(reverse("submissions:supplement", args=[request.number])).content.decode()
    assert "발급일이 없습니다" in page
    assert client.post(address, {"stated_on": today().isoformat()}).status_code == 302
    again = request.papers.get()
    assert (again.document, again.stated_on) == (paper.document, today())
    check = client.get(reverse("submissions:supplement_send", args=[request.number])).content.decode()
    assert kst_date(today(), "ko") in check, "a day is written as everywhere else"
    assert services.send_supplement(request=request, by=owner(request)).state == "sent"


def test_date_without_a_file_is_refused_and_kept(client):
    request = asked(1)
    client.force_login(owner(request))
    address = reverse("submissions:supplement_paper", args=[request.number, 1])
    answer = client.post(address, {"stated_on": today().isoformat()})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == ["file"]
    assert today().isoformat() in answer.content.decode()
    paper = request.papers.get()
    assert code(services.state_date, paper=paper, by=owner(request), stated_on=today()) == "file_first"


@pytest.fixture
def scanner(settings, store):
    with clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        yield server


def infected_paper(request):
    return give(request, upload=factories.pdf("비밀.pdf", b"EVIL"))


def test_infected_paper_leaves_its_place_both_sides_are_told_and_it_is_replaced(scanner):
    request = asked(1)
    sha256 = infected_paper(request).document.sha256
    assert quarantine.check_pending()
    paper = request.papers.get()
    assert (paper.document, paper.given_at) == (None, None)
    for kind, person in (("", owner(request)), ("_staff", request.asked_by)):
        told = Message.objects.get(kind=f"submissions.supplement_file_refused{kind}")
        assert told.recipient == person and sha256 in told.body and "비밀" not in told.subject + told.body
    give(request)
    assert quarantine.check_pending() == 1
    assert services.send_supplement(request=request, by=owner(request)).state == "sent"


def test_paper_is_accepted_only_when_the_virus_check_passed_it(scanner):
    request = asked(1)
    infected_paper(request)
    services.send_supplement(request=request, by=owner(request))
    judge = {"paper": request.papers.get(), "by": request.asked_by}
    accepted = {"verdict": "accepted", "confirmed_on": today()}
    assert code(checks.judge_paper, **judge, **accepted) == "file_not_checked"
    assert quarantine.check_pending()
    assert request.papers.get().document.state == "refused"
    assert code(checks.judge_paper, **judge, **accepted) == "file_refused"
    assert Message.objects.filter(kind="submissions.supplement_file_refused").count() == 1
    assert checks.judge_paper(**judge, verdict="blank", reason="바이러스").verdict == "blank"


def test_file_that_was_refused_before_it_had_its_place_is_not_kept(monkeypatch, store):
    request = asked(1)

    def count(document):
        Document.objects.filter(pk=document.pk).update(state="refused", refused_reason="x")

    monkeypatch.setattr(blank, "count", count)
    assert code(give, request=request) == "virus"
    assert request.papers.get().document is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html><script>1</script>"),
        ("a.pdf", b"<svg onload='1'/>"),
        ("a.pdf", factories.PDF + b"<html><script>1</script></html>"),
        ("a.pdf", b"PK\x03\x04"),
        ("a.exe", factories.PDF),
        ("a\u202efdp.exe", factories.PDF),
        ("a.pdf", factories.PDF.replace(b"\nxref", b"\n%" + EICAR + b"\nxref", 1)),
        ("a.pdf", b""),
    ],
)
def test_bad_file_is_refused_at_its_field_and_the_date_is_kept(client, store, name, content):
    request = asked(1)
    client.force_login(owner(request))
    before = sorted(path for path in store.rglob("*") if path.is_file())
    data = {"stated_on": today().isoformat(), "file": SimpleUploadedFile(name, content)}
    answer = client.post(reverse("submissions:supplement_paper", args=[request.number, 1]), data)
    assert answer.status_code in (409, 422)
    assert answer.context["form"].errors["file"] and today().isoformat() in answer.content.decode()
    assert request.papers.get().document is None
    assert sorted(path for path in store.rglob("*") if path.is_file()) == before


def test_pages_of_the_applicant_from_the_upload_to_the_receipt(client):
    request = asked(1)
    client.force_login(owner(request))
    page = reverse("submissions:supplement", args=[request.number])
    paper = reverse("submissions:supplement_paper", args=[request.number, 1])
    assert client.get(page).status_code == 200
    tomorrow = {"stated_on": (today() + timedelta(days=1)).isoformat(), "file": factories.pdf()}
    wrong = client.post(paper, tomorrow)
    assert wrong.status_code == 409
    assert "stated_on" in wrong.context["form"].errors
    assert client.post(paper, {"stated_on": today().isoformat(), "file": factories.pdf()}).status_code == 302
    file = reverse("submissions:supplement_file", args=[request.number, 1])
    assert client.get(file).status_code == 200
    sending = reverse("submissions:supplement_send", args=[request.number])
    assert client.get(sending).status_code == 200
    assert client.post(sending, follow=True).status_code == 200
    request.refresh_from_db()
    assert request.sha256[:8] in client.get(page).content.decode().replace(" ", "")


def test_staff_read_a_paper_only_after_it_was_sent_and_judge_it_in_the_console(client):
    request = asked(1)
    give(request)
    sign_in(client, request.asked_by)
    file = reverse("submissions:supplement_file", args=[request.number, 1])
    assert client.get(file).status_code == 404
    services.send_supplement(request=request, by=owner(request))
    assert client.get(file).status_code == 200
    judge = reverse("admin:submissions_supplementrequest_judge", args=[request.pk])
    data = {"paper": request.papers.get().pk, "verdict": "accepted", "confirmed_on": today().isoformat()}
    assert client.post(judge, data).status_code == 302
    conclude = reverse("admin:submissions_supplementrequest_conclude", args=[request.pk])
    assert client.post(conclude, {"outcome": "judged", "reason": "ok"}).status_code == 302
    request.refresh_from_db()
    assert request.state == "concluded"


def test_staff_ask_from_the_console_of_a_submission(client):
    done = factories.submitted()
    factories.open_up(done.lot.call)
    sign_in(client, accounts.staff("run_rounds"))
    url = reverse("admin:submissions_submission_ask-papers", args=[done.pk])
    due = (now() + timedelta(days=20)).astimezone(KST).strftime("%Y-%m-%dT%H:%M")
    data = {"reason": "빠짐", "due_at": due, "name_ko_1": "납세증명서"}
    assert client.post(url, data).status_code == 302
    assert SupplementRequest.objects.get().papers.get().name_ko == "납세증명서"
