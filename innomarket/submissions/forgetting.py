"""What an erasure takes from submissions, and what goes after a time. What was submitted stays, encrypted."""

from datetime import datetime
from typing import Any

import pgtrigger
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from innomarket.accounts.models import Membership
from innomarket.common.locks import lock_all
from innomarket.common.personal import Kept
from innomarket.documents.dropping import drop
from innomarket.documents.models import Document

from . import identity, kinds
from .models import IdentitySearch, Submission
from .states import SubmissionState

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
    ]


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


def _delete_searches(rows: list[Any]) -> None:
    IdentitySearch.objects.filter(pk__in=[row.pk for row in rows]).delete()
