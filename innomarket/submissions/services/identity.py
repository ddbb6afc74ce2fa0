"""Searching anonymous copies for their applicant: wanted with the file, made by a sweep, looked at before submitting.

What the sweep reads is sealed: it stays in the memory of the worker and its locked-in child (``documents.rendering``);
nothing is drawn, and of the text only the words that name the applicant are kept, sealed. The audit has counts alone.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from innomarket.accounts.models import Membership, User
from innomarket.audit.services import changed, record
from innomarket.common import waking
from innomarket.common.clock import Now, now
from innomarket.common.locks import lock
from innomarket.common.refusals import Refused
from innomarket.documents import rendering
from innomarket.documents.models import Document
from innomarket.notifications.services import tell

from .. import deadlines, identity, reads
from ..kinds import ANONYMOUS_COPY
from ..models import IdentitySearch, Submission
from ..models.identity import PASSING
from ..states import SubmissionState
from ..words import moment, submission_path, titled

log = structlog.get_logger(__name__)

TASK = "submissions.search_identities"
LEASE = timedelta(minutes=10)
MOST_TRIES = 3
SECONDS_OF_A_RUN = 20
CHUNK = 1 << 16


def want_search(*, submission: Submission, document: Document) -> IdentitySearch:
    """Have a document searched for its applicant; once for each document."""
    search, is_new = IdentitySearch.objects.get_or_create(
        document=document, defaults={"submission": submission}
    )
    if is_new:
        wake()
    return search


def searches_of(submission: Submission) -> list[IdentitySearch]:
    """The searches of the draft's anonymous copies, with their documents at hand."""
    kept = submission.attachments.kept().filter(slot=ANONYMOUS_COPY.code).values("document")
    return list(IdentitySearch.objects.filter(document__in=kept).select_related("document").order_by("pk"))


def to_look_at(searches: Iterable[IdentitySearch]) -> list[IdentitySearch]:
    """Those that a submit asks about: not clear, or not searched yet, and not looked at."""
    return [search for search in searches if not search.is_clear and search.looked_at is None]


def key_of(searches: Iterable[IdentitySearch]) -> str:
    """What a page shows of these, in one SHA-256: it confirms exactly that; "" where nothing is asked."""
    rows = to_look_at(searches)
    shown = [[row.pk, row.state, row.problem, row.findings, row.unread_pages] for row in rows]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest() if rows else ""


def ask_looked(*, submission: Submission, by: Any, looked: str) -> None:
    """Before submitting: what was found was looked at, and what is not searched yet is answered for.

    ``looked``: the ``key_of`` what the page showed; "" where nobody confirmed. Raises Refused at the field "looked",
    also where something else is known by now. A search that is slow delays nobody's submission: its applicant says it.
    """
    at = now()
    asked = to_look_at(lock_searches(submission))
    if asked and not looked:
        raise Refused(
            "look_first",
            _("Look at what was found in the anonymous copy, and confirm that you have looked."),
            field="looked",
            status=422,
        )
    if asked and looked != key_of(asked):
        raise Refused(
            "look_again",
            _(
                "The search of the anonymous copy has gone on since this page was shown. Look at it as it stands now."
            ),
            field="looked",
            status=422,
        )
    for search in asked:
        if search.state == IdentitySearch.State.WAITING:
            record(actor=by, verb="submissions.answer_for_copy", subject=search, changes={"searched": False})
            continue  # what is found later is shown, and asked about, before the next submit
        changed(search, actor=by, verb="submissions.look_at_findings", looked_at=at, looked_by=by)


def lock_searches(submission: Submission) -> list[IdentitySearch]:
    keys = [search.pk for search in searches_of(submission)]
    rows = IdentitySearch.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    return list(rows)


def identity_of(submission: Submission) -> identity.Identity:
    """What the applicant is known by: the organisation with everybody who belongs or belonged to it, or the person."""
    organisation = submission.applicant_organisation
    if organisation is None:
        people = User.objects.filter(pk__in=[submission.applicant_person_id])
        found = identity.Identity()
    else:
        members = Membership.objects.filter(organisation=organisation).order_by().values("user")
        people = User.objects.filter(pk__in=members)
        found = identity.Identity(
            names=[name for name in (organisation.name_ko, organisation.name_en) if name],
            numbers=[n for n in (organisation.business_number, organisation.institution_code) if n],
        )
    for name, email in people.filter(erased_at=None).order_by("pk").values_list("name", "email"):
        found.people.append(name)
        found.mails.append(email)
    return found


def try_again() -> int:
    """Let what failed for a passing reason wait once more; how many. For operators, after they mended it."""
    failed = IdentitySearch.objects.filter(state=IdentitySearch.State.FAILED, problem__in=PASSING)
    count = failed.update(
        state=IdentitySearch.State.WAITING,
        problem="",
        tries=0,
        next_try_at=None,
        searched_at=None,
        looked_at=None,
        looked_by=None,
    )
    if count:
        wake()
    return count


# ── the sweep ──


def wake() -> None:
    """On commit, wake one sweep."""
    waking.wake(TASK, expires=60)


def search_due() -> int:
    """Search what waits, for some seconds; how many are done. Safe to run twice at once."""
    until, done = time.monotonic() + SECONDS_OF_A_RUN, 0
    while time.monotonic() < until:
        search = _take()
        if search is None:
            return done
        done += _make(search)
    wake()
    return done


def _take() -> IdentitySearch | None:
    """The next that is due, with a lease; not what still waits for its virus check."""
    with transaction.atomic():
        due = IdentitySearch.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=Now()))
        rows = due.filter(state=IdentitySearch.State.WAITING).exclude(document__state=Document.State.PENDING)
        rows = rows.select_related("document").order_by("next_try_at", "pk")
        search = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if search is not None:
            search.tries, search.next_try_at = search.tries + 1, now() + LEASE
            search.save(update_fields=["tries", "next_try_at"])
    return search


def _make(search: IdentitySearch) -> bool:
    if search.document.state == Document.State.REFUSED:
        return _keep(search, problem="refused")
    if search.tries > MOST_TRIES:
        return _keep(search, problem="gave_up")
    try:
        words = rendering.words(_pieces(search.document))
    except rendering.Unshowable as failure:
        if failure.code in PASSING:  # not the file's fault: its next try is due when the lease ends
            log.error("anonymous copy not searched", search=search.pk, problem=failure.code)
            return False
        return _keep(search, problem=failure.code)
    except Exception:
        log.exception("anonymous copy not searched", search=search.pk)
        return False
    submission = Submission.objects.select_related("applicant_organisation").get(pk=search.submission_id)
    found = identity.search(
        identity_of(submission), pages=words.pages, data=words.data, file_name=search.document.name
    )
    unread = [n for n, text in enumerate(words.pages, start=1) if not text.strip()]
    return _keep(search, findings=[asdict(one) for one in found], pages=len(words.pages), unread_pages=unread)


def _keep(search: IdentitySearch, *, problem: str = "", **fields: Any) -> bool:
    with transaction.atomic():
        row = lock(IdentitySearch, search.pk)
        if row.state != IdentitySearch.State.WAITING:
            return True  # another worker was faster
        row.state = IdentitySearch.State.FAILED if problem else IdentitySearch.State.DONE
        row.problem, row.searched_at, row.next_try_at = problem, now(), None
        for name, value in fields.items():
            setattr(row, name, value)
        row.found = len(row.findings)
        row.save()
        record(
            actor=None,
            verb="submissions.search_copy",
            subject=row,
            changes={"state": str(row.state), "found": row.found, "unread_pages": len(row.unread_pages)},
        )
        if not row.is_clear:
            _tell_if_submitted(row)
    return True


def _tell_if_submitted(search: IdentitySearch) -> None:
    """Who submitted before the search was done learns what it found while the copy can still be replaced."""
    rows = Submission.objects.select_related("lot__call").filter(pk=search.submission_id)
    submission = rows.filter(
        state=SubmissionState.SUBMITTED, current__files__document=search.document_id
    ).first()
    if submission is None:
        return
    closes = deadlines.closing_of(submission)
    if closes <= now():
        return
    tell(
        kind="submissions.copy_found",
        people=reads.people_behind(rows),
        about=submission,
        version=str(search.document_id),
        values={
            "number": submission.number,
            "call": titled(submission.lot.call, "title"),
            "closes": moment(closes),
        },
        url=submission_path(submission, "check"),
    )


def _pieces(document: Document) -> Any:
    with document.file.storage.open(str(document.file.name)) as stored:
        while piece := stored.read(CHUNK):
            yield piece
