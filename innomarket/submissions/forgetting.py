"""What an erasure takes from submissions, and what goes after a time.

What was submitted stays, encrypted, until a period that the agency entered is over; its receipt stays for good.
"""

from datetime import datetime
from typing import Any

import pgtrigger
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.accounts.models import Membership
from innomarket.common.clock import now
from innomarket.common.locks import lock_all
from innomarket.common.personal import Kept
from innomarket.documents.dropping import drop
from innomarket.documents.dropping import empty as drop_content
from innomarket.documents.models import Document

from . import identity, kinds
from .models import (
    Attachment,
    IdentitySearch,
    Revision,
    RevisionFile,
    Submission,
    SupplementPaper,
    SupplementRequest,
)
from .states import CallState, SubmissionState, SupplementOutcome

OURS = gettext_noop("innomarket: no source states a period")


def erase(person: Any, code: str) -> dict[str, int]:
    """In what a search found in anonymous copies, the person's name and address become the code."""
    organisations = Membership.objects.filter(user=person).order_by().values("organisation")
    of_theirs = Q(submission__applicant_organisation__in=organisations) | Q(
        submission__applicant_person=person
    )
    patterns = [pattern for _what, pattern in identity.Identity(people=[person.name]).patterns()]
    n = 0
    for search in lock_all(IdentitySearch.objects.filter(of_theirs, found__gt=0)):
        found = [_without(one, patterns, person.email, code) for one in search.findings]
        if found != search.findings:
            search.findings = found
            search.save(update_fields=["findings"])
            n += 1
    return {"identity_searches": n}


def periods() -> list[Kept]:
    """What is deleted after a time, each with its default."""
    return [
        Kept(
            "submissions.drafts",
            _("Drafts that were never submitted"),
            _never_submitted,
            "saved_at",
            24,
            OURS,
            _delete_drafts,
        ),
        Kept(
            "submissions.identity_searches",
            _("What was found of applicants in anonymous copies"),
            lambda before: IdentitySearch.objects.filter(
                searched_at__lt=before, submission__lot__call__closes_at__lt=before
            ),
            "searched_at",
            24,
            OURS,
            _delete_searches,
        ),
        Kept(
            "submissions.removed_files",
            _("Files that were taken out of a draft and never submitted"),
            _removed,
            "removed_at",
            6,
            OURS,
            _delete_files,
        ),
        Kept(
            "submissions.ended",
            _("Texts and files of submissions that were withdrawn or excluded, or whose call was cancelled"),
            _ended,
            "saved_at",
            None,
            OURS,
            empty,
        ),
    ]


def empty(submissions: list[Any]) -> None:
    """What was written and uploaded goes. Number, title, times, hashes and names of files stay: the receipt."""
    keys = [row.pk for row in submissions]
    IdentitySearch.objects.filter(submission__in=keys).delete()
    held = RevisionFile.objects.filter(revision__submission__in=keys).values("document")
    _delete_files(list(Attachment.objects.filter(submission__in=keys).exclude(document__in=held)))
    papers = SupplementPaper.objects.filter(request__submission__in=keys, document__isnull=False)
    drop_content(Document.objects.filter(Q(pk__in=held) | Q(pk__in=papers.values("document"))))
    with pgtrigger.ignore("submissions.Revision:revision_is_frozen"):
        for revision in Revision.objects.filter(submission__in=keys, emptied_at=None):
            revision.sections, revision.emptied_at = [], now()
            revision.save(update_fields=["sections", "emptied_at"])
    for row in submissions:
        _clear(row)


def _without(one: dict[str, Any], patterns: list[Any], address: str, code: str) -> dict[str, Any]:
    text = identity.normal(one["text"])
    named = any(pattern.search(text) for pattern in patterns) or address.casefold() in text.casefold()
    return one | {"text": code} if named else one


def _never_submitted(before: datetime) -> QuerySet[Any]:
    """Begun for a call that has closed since, and by nobody read in need or decided on after an outage."""
    rows = Submission.objects.filter(state=SubmissionState.DRAFT, current=None, revisions=None)
    left = rows.filter(saved_at__lt=before, lot__call__closes_at__lt=before)
    others = left.filter(Q(glasses__isnull=False) | Q(outage_cases__isnull=False)).order_by().values("pk")
    return Submission.objects.filter(pk__in=left.order_by().values("pk")).exclude(pk__in=others)


def _delete_drafts(rows: list[Any]) -> None:
    keys = [row.pk for row in rows]
    IdentitySearch.objects.filter(submission__in=keys).delete()
    with pgtrigger.ignore("submissions.DraftEdit:draft_edit_stays"):
        for row in rows:
            kinds.of(row).subject(row).delete()
            files = row.attachments.all()
            documents = list(Document.objects.filter(pk__in=list(files.values_list("document", flat=True))))
            files.delete()
            drop(documents)
            row.delete()


def _removed(before: datetime) -> QuerySet[Any]:
    """A revision keeps the files that it was submitted with, also those that its draft gave up later."""
    held = RevisionFile.objects.filter(document=OuterRef("document"))
    rows = Attachment.objects.filter(removed_at__lt=before, submission__lot__call__closes_at__lt=before)
    return rows.filter(~Exists(held))


def _delete_files(rows: list[Any]) -> None:
    documents = list(Document.objects.filter(pk__in=[row.document_id for row in rows]))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    drop(documents)


def _ended(before: datetime) -> QuerySet[Any]:
    """Received once, and nobody will judge it any more."""
    rows = Submission.objects.filter(
        current__emptied_at=None, current__isnull=False, saved_at__lt=before, lot__call__closes_at__lt=before
    )
    excluded = SupplementRequest.objects.filter(outcome=SupplementOutcome.EXCLUDED, concluded_at__lt=before)
    return rows.filter(
        ~Q(state=SubmissionState.SUBMITTED)
        | Q(lot__call__state=CallState.CANCELLED)
        | Q(pk__in=excluded.values("submission"))
    )


def _clear(submission: Any) -> None:
    """The answers in the subject's own row: what the steps of its form ask for."""
    kind = kinds.of(submission)
    subject = kind.subject(submission)
    fields = [subject._meta.get_field(name) for step in kind.steps for name in step.form._meta.fields or ()]
    for field in fields:
        setattr(subject, field.name, None if field.null else field.get_default())
    subject.save(update_fields=[field.name for field in fields])
    submission.withdrawal_note = ""
    submission.save(update_fields=["withdrawal_note"])


def _delete_searches(rows: list[Any]) -> None:
    IdentitySearch.objects.filter(pk__in=[row.pk for row in rows]).delete()
