"""What submissions keep about people: taken along, erased, deleted after a time, and which forms say so."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innomarket.common import personal
from innomarket.common.refusals import Refusal

from .forgetting import erase, periods
from .models import IdentitySearch, Revision, Submission
from .states import SubmissionState


def register_all() -> None:
    """Called once when the app is ready."""
    personal.form(
        "application",
        *("submissions:begin", "submissions:edit", "submissions:files", "submissions:uploads"),
        *("submissions:check", "submissions:withdraw"),
        *("submissions:supplement_send", "submissions:supplement_paper"),
    )
    personal.share(
        personal.Share(
            "submissions.submissions",
            _("Drafts and submissions that you began, saved or apply with"),
            (
                ("number", _("number")),
                ("title", _("title")),
                ("state", _("state")),
                ("created_at", _("begun at")),
                ("saved_at", _("saved at")),
            ),
            _submissions,
        ),
        personal.Share(
            "submissions.revisions",
            _("What you submitted"),
            (
                ("number", _("number")),
                ("ordinal", _("ordinal")),
                ("submitted_at", _("submitted at")),
                ("sha256", "SHA-256"),
                ("content", _("content")),
            ),
            _revisions,
        ),
        personal.Share(
            "submissions.identity_searches",
            _("What was found of you in anonymous copies"),
            (
                ("number", _("number")),
                ("state", _("state")),
                ("searched_at", _("searched at")),
                ("looked_at", _("looked at")),
                ("findings", _("what was found")),
            ),
            _identity_searches,
        ),
    )
    personal.duty(_application_under_way)
    personal.eraser("submissions", erase)
    personal.keep(*periods())


def _submissions(person: Any) -> Iterator[dict[str, Any]]:
    """Of an organisation that the person has left: the number and the times, not the organisation's text."""
    mine = Q(applicant_person=person) | Q(created_by=person) | Q(saved_by=person)
    readable = set(Submission.objects.of_applicant(person).values_list("pk", flat=True))
    for row in Submission.objects.filter(mine).order_by("pk").iterator(500):
        yield {
            "number": row.number,
            "title": row.title if row.pk in readable else "",
            "state": row.state,
            "created_at": row.created_at,
            "saved_at": row.saved_at,
        }


def _revisions(person: Any) -> Iterator[dict[str, Any]]:
    readable = set(Submission.objects.of_applicant(person).values_list("pk", flat=True))
    rows = Revision.objects.filter(submitted_by=person).select_related("submission").order_by("pk")
    for row in rows.iterator(200):
        yield {
            "number": row.submission.number,
            "ordinal": row.ordinal,
            "submitted_at": row.submitted_at,
            "sha256": row.sha256,
            "content": row.sections if row.submission_id in readable else [],
        }


def _identity_searches(person: Any) -> Iterator[dict[str, Any]]:
    """Of the submissions of one's own side, and where one looked oneself for a side that one has left."""
    readable = set(Submission.objects.of_applicant(person).values_list("pk", flat=True))
    mine = Q(looked_by=person) | Q(submission__in=readable)
    for row in IdentitySearch.objects.filter(mine).select_related("submission").order_by("pk"):
        yield {
            "number": row.submission.number,
            "state": row.state,
            "searched_at": row.searched_at,
            "looked_at": row.looked_at if row.looked_by_id == person.pk else None,
            "findings": row.findings if row.submission_id in readable else [],
        }


def _application_under_way(person: Any) -> Refusal | None:
    """A person's own application that waits for its opening binds: it can be withdrawn."""
    row = Submission.objects.filter(
        applicant_person=person, state=SubmissionState.SUBMITTED, lot__call__opened_at=None
    ).first()
    if row is None:
        return None
    return Refusal(
        "application",
        _("Your application %(number)s waits for its opening. Withdraw it first.") % {"number": row.number},
    )
