"""Files that come piece by piece: each step asks the same permission, time, room and size as ``attach_file``.

The limits refuse at the beginning. What decides is the completion: only what was whole and checked before the
closing instant, read after the locks, is a file of the draft.
"""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import record
from innomarket.common.clock import now
from innomarket.common.locks import lock
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.documents import uploads
from innomarket.documents.models import Upload

from .. import deadlines, kinds, permissions
from ..models import Attachment, AttachmentUpload, Call, Submission, SubmissionRule
from . import filling
from .attachment import ask_room, keep_file, lock_draft
from .exclusive import ask_taken_up


def begin_upload(*, submission: Submission, by: Any, slot: str, name: str, size: int) -> AttachmentUpload:
    """Begin an upload of ``size`` bytes for a slot of the draft. Raises Refused(field="file") for every limit."""
    with transaction.atomic():
        call, submission = lock_draft(submission)
        ask(permissions.may_edit(by, submission), _not_in_time(call, submission))
        place = filling.slot_of(kinds.of_call(call), slot)
        if place is None:
            raise Refused(
                "unknown_slot", _("This form has no such place for a file."), field="file", status=404
            )
        ask_taken_up(submission)
        rule = SubmissionRule.objects.at()
        ask_room(submission, place, rule)
        upload = uploads.begin(
            by=by,
            name=name,
            size=size,
            extensions=place.extensions,
            max_bytes=rule.max_file_bytes,
            most_bytes=rule.max_file_bytes * rule.max_files,
        )
        return AttachmentUpload.objects.create(upload=upload, submission=submission, slot=place.code)


def add_piece(*, coming: AttachmentUpload, by: Any, offset: int, content: bytes) -> AttachmentUpload:
    """Take the next piece; the last one completes the file. Raises Refused.

    The pieces are kept whatever the check of the whole says of it then: it says no in words, and they go.
    """
    submission = coming.submission
    call = submission.lot.call
    ask(permissions.may_edit(by, submission), _not_in_time(call, submission))
    upload = uploads.append(upload=coming.upload, offset=offset, content=content)
    if upload.received == upload.size:
        return complete_upload(coming=coming, by=by, last=content)
    coming.upload = upload
    return coming


def complete_upload(*, coming: AttachmentUpload, by: Any, last: bytes = b"") -> AttachmentUpload:
    """Make the whole a file of the draft, as ``attach_file`` does; again: nothing. Raises Refused, and keeps nothing.

    ``last`` is the piece that has just been stored, where the caller still has it.
    """
    try:
        with transaction.atomic():
            call, submission = lock_draft(coming.submission)
            upload = lock(Upload, coming.upload_id)
            if upload.state == Upload.State.COMPLETE:
                return AttachmentUpload.objects.select_related("upload", "attachment__document").get(
                    pk=coming.pk
                )
            uploads.ask_alive(upload)
            ask(permissions.may_edit(by, submission), _not_in_time(call, submission))
            coming.attachment = keep_file(
                call, submission, by=by, slot=coming.slot, upload=uploads.whole(upload, last)
            )
            coming.save(update_fields=["attachment"])
            uploads.complete(upload)
            coming.upload = upload
    except Refused as refused:
        uploads.refuse(upload=coming.upload, reason=str(refused.reason))
        raise
    return coming


def cancel_upload(*, coming: AttachmentUpload, by: Any) -> None:
    """Given up before it was complete. What was complete is a file of the draft and is removed there."""
    with transaction.atomic():
        upload = lock(Upload, coming.upload_id)
        if upload.state == Upload.State.RECEIVING:
            record(actor=by, verb="submissions.cancel_upload", subject=coming.submission)
        uploads.cancel(upload=upload)


def attached(coming: AttachmentUpload) -> Attachment | None:
    """The file that it became, where the draft still has it."""
    file = coming.attachment
    return file if file is not None and file.removed_at is None else None


def _not_in_time(call: Call, submission: Submission) -> Refusal | None:
    refusal = deadlines.not_open(
        call, now(), submission.applicant_organisation_id, person=submission.applicant_person_id
    )
    if refusal is None:
        return None
    late = _("A file that was not completely uploaded and checked by then does not count.")
    return Refusal(refusal.code, f"{refusal.reason} {late}", field="file", status=422)
