"""Supplements: staff ask for papers, the applicant gives and sends them. The frozen revision is never touched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.functional import lazy
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created
from innomarket.common.clock import KST, now
from innomarket.common.constraints import in_words
from innomarket.common.locks import lock
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number
from innomarket.common.reasons import reason_given
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.documents import pages
from innomarket.documents.dropping import drop
from innomarket.documents.models import Document
from innomarket.documents.services import receive
from innomarket.notifications.services import tell

from .. import blank, deadlines, freezing, permissions, reads
from ..anonymous import copies_of
from ..kinds import ANONYMOUS_COPY
from ..models import Call, Submission, SubmissionRule, SupplementPaper, SupplementRequest
from ..states import SUPPLEMENT_MOVES, PaperVerdict, SubmissionState
from ..words import moment, supplement_path, titled
from .identity import want_search

NUMBER = "SR"
MOST_PAPERS = 20
EXTENSIONS = ("pdf", "hwp", "hwpx", "docx", "xlsx", "jpg", "png")
EMPTY: dict[str, Any] = dict.fromkeys(
    ("document", "stated_on", "pages", "blank_pages", "given_at", "given_by")
)
"""The place of a paper without a file."""


@dataclass(frozen=True)
class PaperSpec:
    """A paper as staff name it; one name is enough."""

    name_ko: str = ""
    name_en: str = ""
    why: str = ""


def ask_for_papers(
    *,
    submission: Submission,
    by: Any,
    papers: Iterable[PaperSpec],
    due_at: datetime,
    reason: str,
    purpose: str = SupplementRequest.Purpose.FORMAL,
) -> SupplementRequest:
    """Ask the applicant of an opened submission for named formal papers before ``due_at``.

    ``purpose``: ``services.returning.return_copy`` asks for a better anonymous copy by the same rule.

    Raises Refused: sealed or not submitted, due in the past, no paper or reason, another request under way.
    """
    papers = list(papers)
    with transaction.atomic():
        lock(Call, submission.lot.call_id)  # a round of it starts before this, or after
        submission = lock(Submission.objects.select_related("lot__call"), submission.pk)
        ask(permissions.may_ask_for_papers(by))
        call, at = submission.lot.call, now()
        if submission.state != SubmissionState.SUBMITTED or call.opened_at is None:
            raise Refused(
                "not_opened", _("Papers can be asked for after the recorded opening, of what was submitted.")
            )
        _ask_due(due_at, at)
        if not 1 <= len(papers) <= MOST_PAPERS or not all(p.name_ko or p.name_en for p in papers):
            raise Refused(
                "papers_needed",
                _("Name at least one paper and at most %(most)s.") % {"most": MOST_PAPERS},
                field="name_ko_1",
            )
        closes_at = deadlines.closing_of(submission)
        request = SupplementRequest(
            number=next_number(NUMBER),
            submission=submission,
            revision=submission.current,
            purpose=purpose,
            reason=reason_given(reason),
            asked_by=by,
            asked_at=at,
            due_at=due_at,
            closing_on=closes_at.astimezone(KST).date(),
        )
        with in_words(SupplementRequest):
            created(request, actor=by, verb="submissions.ask_for_papers", due_at=due_at.isoformat())
        SupplementPaper.objects.bulk_create(
            SupplementPaper(
                request=request,
                order=order,
                name_ko=paper.name_ko,
                name_en=paper.name_en,
                why=paper.why,
                closing_on=request.closing_on,
            )
            for order, paper in enumerate(papers, start=1)
        )
        formal = purpose == SupplementRequest.Purpose.FORMAL
        tell_applicant(request, "supplement_asked" if formal else "copy_returned")
    return request


def extend_supplement(
    *, request: SupplementRequest, by: Any, due_at: datetime, reason: str
) -> SupplementRequest:
    """Give more time, also after it lapsed; papers that had counted as not sent are open again."""
    with transaction.atomic():
        request = locked(request)
        ask(permissions.may_ask_for_papers(by))
        state = ask_move(SUPPLEMENT_MOVES, "extend", request)
        _ask_due(due_at, now())
        if due_at <= request.due_at:
            raise Refused("not_later", _("Choose a later time than the one that stands."), field="due_at")
        reason = reason_given(reason)
        request.papers.update(verdict="", judged_at=None, judged_by=None)
        changed(
            request,
            actor=by,
            verb="submissions.extend_supplement",
            reason=reason,
            state=state,
            due_at=due_at,
            reminded_at=None,
        )
        tell_applicant(request, "supplement_extended", version=due_at.isoformat(), reason=reason)
    return request


def give_paper(
    *, paper: SupplementPaper, by: Any, upload: UploadedFile, stated_on: date | None = None
) -> SupplementPaper:
    """Upload a paper and state its issue date; it counts when everything is sent.

    The file comes first and stays whatever is wrong with the date. An anonymous copy has no date of its own: it
    says what was submitted by the closing day. Raises Refused as ``keep_paper`` and ``state_date``.
    """
    paper = keep_paper(paper=paper, by=by, upload=upload)
    if paper.is_copy:
        return paper
    return state_date(paper=paper, by=by, stated_on=stated_on)


def keep_paper(*, paper: SupplementPaper, by: Any, upload: UploadedFile) -> SupplementPaper:
    """Put a file into the place of a paper, in place of one that is there; its issue date is stated after it.

    An anonymous copy is searched for its applicant like the first one. Raises Refused at "file" (as
    ``documents.services.receive``; every page blank): what was there before stays then.
    """
    with transaction.atomic():
        request = _to_give(SupplementRequest.objects.get(pk=paper.request_id), by)
        is_copy = request.purpose == SupplementRequest.Purpose.ANONYMOUS
        extensions = ANONYMOUS_COPY.extensions if is_copy else EXTENSIONS
        limit = SubmissionRule.objects.at().max_file_bytes
        document = receive(upload=upload, by=by, extensions=extensions, max_bytes=limit)
    looked = blank.count(document)  # in a child that may be slow: no row is locked meanwhile
    try:
        with transaction.atomic():
            request, paper = _with_paper(paper)
            _to_give(request, by)
            _ask_sound(document, looked)
            if is_copy:
                want_search(submission=request.submission, document=document)
            pages, blanks = looked or (None, None)
            replaced = paper.document
            paper = changed(
                paper,
                actor=by,
                verb="submissions.give_paper",
                document=document,
                stated_on=request.closing_on if is_copy else None,
                pages=pages,
                blank_pages=blanks,
                given_at=now(),
                given_by=by,
            )
    except Refused:
        _drop(document)
        raise
    _drop(replaced)
    return paper


def state_date(*, paper: SupplementPaper, by: Any, stated_on: date | None) -> SupplementPaper:
    """State the issue date of an uploaded paper. Raises Refused at "stated_on": missing or in the future.

    A date after the closing day is kept: staff confirm it.
    """
    with transaction.atomic():
        request, paper = _with_paper(paper)
        _to_give(request, by)
        if paper.document_id is None:
            raise Refused("file_first", _("Choose the file of the paper."), field="file", status=422)
        if stated_on is None:
            raise Refused("stated_missing", _("Enter the issue date of the paper."), field="stated_on")
        if stated_on > now().astimezone(KST).date():
            raise Refused("stated_in_future", _("An issue date cannot lie in the future."), field="stated_on")
        return changed(paper, actor=by, verb="submissions.state_paper_date", stated_on=stated_on)


def take_back_paper(*, paper: SupplementPaper, by: Any) -> SupplementPaper:
    """Take an uploaded paper out again, before everything is sent; its file goes. Raises Refused afterwards."""
    with transaction.atomic():
        request, paper = _with_paper(paper)
        _to_give(request, by)
        taken = paper.document
        paper = changed(paper, actor=by, verb="submissions.take_back_paper", **EMPTY)
    _drop(taken)
    return paper


def send_supplement(*, request: SupplementRequest, by: Any) -> SupplementRequest:
    """Send what is uploaded, once, before ``due_at``; the receipt's SHA-256 covers it. What is not there counts
    as not sent. Raises Refused: too late, nothing uploaded, sent already."""
    with transaction.atomic():
        request = locked(request)
        ask(permissions.may_submit(by, request.submission))
        state = ask_move(SUPPLEMENT_MOVES, "send", request)
        at = now()
        ask(over(request, at))
        papers = list(request.papers.select_related("document").order_by("order"))
        if not any(paper.document for paper in papers):
            raise Refused("nothing_to_send", _("Upload at least one paper before you send."), status=422)
        for paper in papers:
            if paper.document and paper.stated_on is None:
                text = _("State the issue date of “%(paper)s” before you send.")
                raise Refused("stated_missing", text % {"paper": titled(paper, "name")}, status=422)
        request.papers.filter(document=None).update(verdict=PaperVerdict.NOT_SENT, judged_at=at)
        if request.purpose == SupplementRequest.Purpose.ANONYMOUS:
            pages.want(
                [*copies_of([request.revision]).values(), *(one.document for one in papers if one.document)]
            )
        changed(
            request,
            actor=by,
            verb="submissions.send_supplement",
            state=state,
            sent_at=at,
            sent_by=by,
            sha256=freezing.digest(sent_text(request, papers)),
        )
        tell_applicant(request, "supplement_sent", at=moment(at), sha256=request.sha256)
        tell_staff(request, "supplement_to_judge", at=moment(at))
    return request


def sent_text(request: SupplementRequest, papers: Iterable[SupplementPaper]) -> dict[str, Any]:
    """What the receipt's SHA-256 is of, before it is spelled as canonical JSON."""
    return {
        "format": "innomarket-supplement-1",
        "number": request.number,
        "submission": request.submission.number,
        "revision_sha256": request.revision.sha256,
        "papers": [
            {
                "order": paper.order,
                "name_ko": paper.name_ko,
                "name_en": paper.name_en,
                "issued_on": paper.stated_on.isoformat(),
                "file": paper.document.name,
                "size": paper.document.size,
                "sha256": paper.document.sha256,
            }
            for paper in papers
            if paper.document is not None and paper.stated_on is not None
        ],
    }


def over(request: SupplementRequest, at: datetime) -> Refusal | None:
    """None before the due instant (half-open, like a closing), whether or not a sweep has been there."""
    if at < request.due_at:
        return None
    return Refusal(
        "supplement_over", _("The time to send papers ended on %(when)s.") % {"when": moment(request.due_at)}
    )


# ── shared with the other half ──


def locked(request: SupplementRequest) -> SupplementRequest:
    """The request FOR UPDATE, with its submission at hand."""
    rows = SupplementRequest.objects.select_related("submission__lot__call", "revision", "asked_by")
    return lock(rows, request.pk)


def _with_paper(paper: SupplementPaper) -> tuple[SupplementRequest, SupplementPaper]:
    request = locked(SupplementRequest(pk=paper.request_id))
    return request, lock(SupplementPaper, paper.pk)


def _to_give(request: SupplementRequest, by: Any) -> SupplementRequest:
    """The request, where this person may give papers to it now. Raises Refused."""
    ask(permissions.may_edit(by, request.submission))
    ask_move(SUPPLEMENT_MOVES, "give", request)
    ask(over(request, now()))
    return request


def _drop(document: Document | None) -> None:
    """Of no paper any more. In a transaction of its own: the virus check may hold it and wait for our request."""
    if document is not None:
        with transaction.atomic():
            drop([document])


def _ask_sound(document: Document, looked: tuple[int, int] | None) -> None:
    """Nothing blank, and nothing that the virus check refused since it was received: its verdict waits for us here."""
    state = (
        Document.objects.select_for_update(no_key=True).values_list("state", flat=True).get(pk=document.pk)
    )
    if state == Document.State.REFUSED:
        raise Refused(
            "virus", _("A virus was found in this file. It was not kept."), field="file", status=422
        )
    if looked is not None and looked[0] == looked[1]:
        raise Refused(
            "all_blank",
            _("Every page of this file is blank, and a blank page counts as missing. Choose another file."),
            field="file",
            status=422,
        )


def _ask_due(due_at: datetime, at: datetime) -> None:
    if due_at <= at:
        raise Refused("due_is_past", _("This time is already past. Choose a later one."), field="due_at")


def tell_applicant(request: SupplementRequest, kind: str, *, version: str = "", **values: Any) -> int:
    """One message to each of the applicant's people, with what every kind names."""
    people = reads.people_behind(Submission.objects.filter(pk=request.submission_id))
    return _tell(request, kind, people, supplement_path(request), version, values)


def tell_staff(request: SupplementRequest, kind: str, *, version: str = "", **values: Any) -> int:
    """Who asked for the papers."""
    path = f"/admin/submissions/supplementrequest/{request.pk}/change/"
    return _tell(request, kind, [request.asked_by], path, version, values)


def _tell(
    request: SupplementRequest, kind: str, people: Any, url: str, version: str, values: dict[str, Any]
) -> int:
    papers = list(request.papers.order_by("order"))
    given = {
        "number": request.number,
        "call": titled(request.submission.lot.call, "title"),
        "due": moment(request.due_at),
        "papers": _names(papers),
        "reason": request.reason,
    }
    return tell(
        kind=f"submissions.{kind}",
        people=people,
        about=request,
        version=version,
        values=given | values,
        url=url,
    )


def _named(papers: list[SupplementPaper]) -> str:
    names = []
    for paper in papers:
        verdict = f" ({paper.get_verdict_display()})" if paper.verdict else ""
        names.append(f"{titled(paper, 'name')}{verdict}")
    return ", ".join(names)


_names = lazy(_named, str)
