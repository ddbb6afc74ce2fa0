"""Files of a draft: each is received by itself, so one that is refused never drops another."""

from typing import Any

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.audit.services import changed, created, record
from innomarket.common import formats
from innomarket.common.clock import now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.documents.services import receive

from .. import deadlines, kinds, permissions
from ..kinds import ANONYMOUS_COPY, Slot
from ..models import Attachment, Call, Submission, SubmissionRule
from ..states import SUBMISSION_MOVES, SubmissionState
from . import filling, identity
from .editing import note_edit
from .exclusive import alone, ask_taken_up


def attach_file(*, submission: Submission, by: Any, slot: str, upload: File) -> Attachment:
    """Add a file to a slot of the draft while the call is open.

    Raises Refused(field="file"): too big, of a wrong type, too many, or the call is closed. A name of
    two files may be the same; the limits are a dated rule (``SubmissionRule``, bytes).
    """
    with transaction.atomic():
        call, submission = lock_draft(submission)
        ask(permissions.may_edit(by, submission))
        ask(
            deadlines.not_open(
                call, now(), submission.applicant_organisation_id, person=submission.applicant_person_id
            )
        )
        return keep_file(call, submission, by=by, slot=slot, upload=upload)


def keep_file(call: Call, submission: Submission, *, by: Any, slot: str, upload: File) -> Attachment:
    """The rest of ``attach_file``, for who holds the locks of ``lock_draft`` and has asked permission and time."""
    place = filling.slot_of(kinds.of_call(call), slot)
    if place is None:
        raise Refused("unknown_slot", _("This form has no such place for a file."), field="file", status=404)
    ask_taken_up(submission)
    rule = SubmissionRule.objects.at()
    ask_room(submission, place, rule)
    _ask_size(upload, rule)
    document = receive(upload=upload, by=by, extensions=place.extensions, max_bytes=rule.max_file_bytes)
    attachment = created(
        Attachment(submission=submission, slot=place.code, document=document),
        actor=by,
        verb="submissions.attach_file",
        submission=submission.pk,
        sha256=document.sha256,
    )
    if place.code == ANONYMOUS_COPY.code:
        identity.want_search(submission=submission, document=document)
    _touch(submission, by, place.code)
    return attachment


def remove_file(*, attachment: Attachment, by: Any) -> None:
    """Take a file out of the draft while the call is open; a submitted revision keeps its copy."""
    with transaction.atomic():
        call, submission = lock_draft(attachment.submission)
        attachment = lock(Attachment, attachment.pk)
        ask(permissions.may_edit(by, submission))
        ask(
            deadlines.not_open(
                call, now(), submission.applicant_organisation_id, person=submission.applicant_person_id
            )
        )
        if attachment.removed_at is not None:
            return
        ask_taken_up(submission)
        changed(attachment, actor=by, verb="submissions.remove_file", removed_at=now())
        _touch(submission, by, attachment.slot)


def lock_draft(submission: Submission) -> tuple[Call, Submission]:
    """The call FOR SHARE, then the draft FOR UPDATE: the order of everything that changes a draft."""
    call = share(Call, submission.lot.call_id)
    submission = lock(Submission.objects.select_related("lot"), submission.pk)
    submission.lot.call = call
    return call, submission


def _touch(submission: Submission, by: Any, slot: str) -> None:
    # The version stays: a file does not overwrite what somebody types in another window.
    if submission.state == SubmissionState.WITHDRAWN:
        submission.state = ask_move(SUBMISSION_MOVES, "edit", submission)
        submission.withdrawn_at = None
        record(actor=by, verb="submissions.edit", subject=submission, changes={"state": submission.state})
    submission.saved_at, submission.saved_by = now(), by
    with alone(submission):
        submission.save(update_fields=["saved_at", "saved_by", "state", "withdrawn_at"])
    note_edit(submission, by=by, step=slot, at=submission.saved_at)


def ask_room(submission: Submission, slot: Slot, rule: SubmissionRule) -> None:
    """Raises Refused where the slot or the whole submission is full."""
    kept = list(submission.attachments.kept().values_list("slot", flat=True))
    if kept.count(slot.code) >= slot.max_files:
        raise Refused(
            "slot_is_full",
            _("At most %(n)s files here. Remove one before adding another.") % {"n": slot.max_files}
            if slot.max_files > 1
            else _("One file only here. Remove it before adding another."),
            field="file",
        )
    if len(kept) >= rule.max_files:
        raise Refused(
            "too_many_files",
            _("At most %(n)s files in one submission. Remove one before adding another.")
            % {"n": rule.max_files},
            field="file",
        )


def _ask_size(upload: File, rule: SubmissionRule) -> None:
    """Before anything is stored or hashed; ``receive`` counts the bytes again while it writes."""
    if upload.size is not None and upload.size > rule.max_file_bytes:
        raise Refused(
            "file_too_big",
            # Without its name: the reason is stored plain with an upload, and a name may say what is sealed.
            _("The file is too big: %(size)s. At most %(limit)s for one file.")
            % {"size": formats.filesize(upload.size), "limit": formats.filesize(rule.max_file_bytes)},
            field="file",
        )
