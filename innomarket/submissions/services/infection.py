"""A file in which the virus check found something: it leaves the draft, and nobody loses the submission."""

from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy

from innomarket.accounts.reads import staff_of
from innomarket.audit.services import changed
from innomarket.common.clock import now
from innomarket.documents.models import Document
from innomarket.notifications.services import tell

from .. import deadlines, kinds, reads
from ..models import Attachment, RevisionFile, Submission
from ..words import moment, submission_path, titled
from . import filling
from .attachment import lock_draft


def take_out(*, document: Document) -> None:
    """Subscribed to ``document_refused``: out of the draft; its people, and staff where it was submitted, are told.

    A submitted revision keeps the file's row with its hash: the receipt stands and says that the file was refused.
    The messages name place and hash, never the file: they lie outside the seal.
    """
    attachment = Attachment.objects.filter(document=document).select_related("submission__lot").first()
    if attachment is None:
        return
    # Waits for a submit that runs: what it froze is seen below.
    call, submission = lock_draft(attachment.submission)
    attachment.refresh_from_db()
    if attachment.removed_at is None:
        changed(attachment, actor=None, verb="submissions.file_refused", removed_at=now())
    frozen = RevisionFile.objects.filter(document=document).exists()
    place = filling.slot_of(kinds.of_call(call), attachment.slot)
    values = {
        "number": submission.number,
        "call": titled(call, "title"),
        "slot": place.label if place else attachment.slot,
        "sha256": document.sha256,
        "closes": moment(
            deadlines.closing_for(
                call, submission.applicant_organisation_id, person=submission.applicant_person_id
            )
        ),
        "what": gettext_lazy(
            "It had been submitted: that submission stands, with the file marked as refused."
        )
        if frozen
        else gettext_lazy("It had not been submitted."),
    }
    people = reads.people_behind(Submission.objects.filter(pk=submission.pk))
    tell(
        kind="submissions.file_refused",
        people=people,
        about=submission,
        version=document.pk,
        values=values,
        url=submission_path(submission, "check"),
    )
    if frozen:
        staff = get_user_model().objects.filter(pk__in=staff_of("run_rounds").values("pk"))
        tell(
            kind="submissions.submitted_file_refused",
            people=staff,
            about=submission,
            version=document.pk,
            values={name: values[name] for name in ("number", "call", "slot", "sha256")},
        )
