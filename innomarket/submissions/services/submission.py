"""What applicants do: begin, save, attach, submit, withdraw. The database's clock decides what is in time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from innomarket.accounts.models import Organisation
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.numbers import next_number, ordinal
from innomarket.common.refusals import Refusal, Refused, ask
from innomarket.notifications.services import tell

from .. import deadlines, freezing, hooks, kinds, permissions, reads
from ..models import Call, DraftEdit, Lot, Revision, RevisionFile, Submission
from ..states import SUBMISSION_MOVES, SubmissionState
from ..words import file_lines, moment, submission_path, titled, verify_url
from . import filling
from .attachment import attach_file, remove_file
from .editing import changed_since, note_edit
from .exclusive import alone, ask_only_one, ask_taken_up
from .identity import ask_looked

__all__ = ["attach_file", "begin_submission", "remove_file", "save_step", "submit", "withdraw"]


class Stale(Refused):
    """Somebody else (or another window) changed the same answer in between, and to something else.

    ``submission`` holds what they saved, ``theirs`` who changed which answer (name → ``DraftEdit``).
    """

    def __init__(self, submission: Submission, theirs: Mapping[str, DraftEdit]) -> None:
        super().__init__(
            "changed_elsewhere",
            _("Meanwhile this was changed in another window or by a colleague. Nothing was overwritten."),
        )
        self.submission = submission
        self.theirs = dict(theirs)


def begin_submission(*, by: Any, lot: Lot, organisation: Organisation | None = None) -> Submission:
    """A new draft for a lot of an open call, for an organisation or (by the kind) for the person.

    Raises Refused: not open, not allowed, or (code "one_per_applicant") begun already.
    """
    with transaction.atomic():
        call = share(Call, lot.call_id)
        lot.call = call
        kind = kinds.get(call.kind)
        ask(permissions.may_begin(by, kind, lot, organisation))
        at = now()
        personal = kind.applicant == "person"
        ask(deadlines.not_open(call, at, organisation, person=by if personal else None))
        submission = Submission(
            number=next_number(kind.number),
            lot=lot,
            applicant_organisation=None if personal else organisation,
            applicant_person=by if personal else None,
            exclusive=call.one_per_applicant,
            story=lot.story,
            created_by=by,
            saved_by=by,
            created_at=at,
            saved_at=at,
        )
        ask_only_one(submission)
        with alone(submission):
            created(submission, actor=by, verb="submissions.begin", lot=lot.pk)
        kind.begin(submission)
    return submission


def save_step(
    *,
    submission: Submission,
    by: Any,
    step: str,
    data: Mapping[str, Any],
    version: int | None = None,
    window: str = "",
    by_itself: bool = False,
) -> Submission:
    """Store what is valid of one step; what is not is left as it was.

    ``data`` is what the browser sent, or a plain dict of the fields to change. ``version`` is the one
    that the page showed, ``window`` the page's own name: where somebody else changed one of these answers
    since, and to something else, nothing is stored (``Stale``, with what they saved). Work on other steps or
    answers is no such case. ``refused_fields`` of the submission returned says what was not stored and why.

    ``by_itself``: the page saves while somebody writes. Then nothing is done where nothing changed, what was
    withdrawn is not taken up again, and the audit has one entry for each stretch of work (``DraftEdit``).

    A draft may be written after the closing too, so that nothing typed is lost; what was submitted
    stands unchanged then.
    """
    with transaction.atomic():
        call = share(Call, submission.lot.call_id)
        submission = lock(Submission, submission.pk)
        submission.lot.call = call
        ask(permissions.may_edit(by, submission))
        ask(_not_writable(call, submission))
        if by_itself:
            ask(_withdrawn(submission))
        state = _taken_up(submission)
        kind = kinds.get(call.kind)
        page = filling.step_of(kind, step)
        if page is None:
            raise Refused("unknown_step", _("This form has no such step."), status=404)
        form = filling.step_form(submission, page, data)
        if version is not None and version != submission.version:
            _ask_not_changed_elsewhere(submission, page, form, version, window)
        values = filling.valid_values(form)
        subject = kind.subject(submission)
        names = filling.fill(subject, values)
        if by_itself and not names:
            submission.refused_fields = filling.errors_of(form)
            return submission
        if names:
            subject.save(update_fields=names)
        _note_save(
            submission, kind, by=by, state=state, step=step, names=names, window=window, quiet=by_itself
        )
    submission.refused_fields = filling.errors_of(form)
    return submission


def submit(*, submission: Submission, by: Any, looked: str = "") -> Revision:
    """Freeze the draft and its files into a new revision under one hash, and send the receipt.

    The call is taken FOR SHARE and the clock read after the locks: what has the locks before the
    instant is in time, what comes later is refused, whatever Celery does. ``looked``: the ``key_of`` what was found
    in the anonymous copy of a blind call, by somebody who has looked at it. Raises Refused; code "unchanged" where
    exactly this was submitted already.
    """
    with transaction.atomic():
        call = share(Call, submission.lot.call_id)
        submission = lock(Submission, submission.pk)
        submission.lot.call = call
        ask(permissions.may_submit(by, submission))
        at = now()
        ask(_too_late(call, submission, at))
        state = ask_move(SUBMISSION_MOVES, "submit", submission)
        ask_only_one(submission)
        _ask_complete(submission)
        given, attachments = _given(submission)
        _ask_changed(submission, given)
        if call.blind:
            ask_looked(submission=submission, by=by, looked=looked)
        revision = _freeze(submission, given, attachments, by=by, at=at)
        with alone(submission):
            changed(
                submission,
                actor=by,
                verb="submissions.submit",
                state=state,
                current=revision,
                submitted_at=at,
                withdrawn_at=None,
                title=revision.title,
            )
        hooks.submitted.announce(submission=submission, revision=revision)
        _tell_submitted(submission, revision, call)
    return revision


def withdraw(*, submission: Submission, by: Any, reason: str = "") -> Submission:
    """Take a submission back before the closing; it may be submitted again until then."""
    with transaction.atomic():
        call = share(Call, submission.lot.call_id)
        submission = lock(Submission, submission.pk)
        submission.lot.call = call
        ask(permissions.may_withdraw(by, submission))
        at = now()
        ask(
            deadlines.not_open(
                call, at, submission.applicant_organisation_id, person=submission.applicant_person_id
            )
        )
        state = ask_move(SUBMISSION_MOVES, "withdraw", submission)
        # Sealed beside the submission: the history holds no text of an applicant's.
        changed(
            submission,
            actor=by,
            verb="submissions.withdraw",
            state=state,
            withdrawn_at=at,
            withdrawal_note=reason.strip(),
        )
        tell(
            kind="submissions.withdrawn",
            people=_people(submission),
            about=submission,
            version=at.isoformat(),
            values={
                "number": submission.number,
                "call": titled(call, "title"),
                "at": moment(at),
                "closes": moment(
                    deadlines.closing_for(
                        call, submission.applicant_organisation_id, person=submission.applicant_person_id
                    )
                ),
            },
            url=submission_path(submission, "check"),
        )
    return submission


def is_unchanged(submission: Submission) -> bool:
    """Whether the draft and its files are exactly what was last submitted."""
    if submission.current is None:
        return False
    return given_now(submission) == given_before(submission.current)


# ── what is asked ──


def _ask_not_changed_elsewhere(
    submission: Submission, page: kinds.Step, form: Any, version: int, window: str
) -> None:
    theirs = changed_since(submission, step=page.code, version=version, window=window)
    if not theirs:
        return
    differing = filling.differing(filling.step_form(submission, page), form)
    clashes = {name: theirs[name] for name in differing if name in theirs}
    if clashes:
        raise Stale(submission, clashes)


def _taken_up(submission: Submission) -> str:
    """The state after a change: a submitted one stays submitted until it is submitted again."""
    if submission.state == SubmissionState.SUBMITTED:
        return ask_move(SUBMISSION_MOVES, "amend", submission)
    ask_taken_up(submission)
    return ask_move(SUBMISSION_MOVES, "edit", submission)


def _note_save(
    submission: Submission,
    kind: kinds.Kind,
    *,
    by: Any,
    state: str,
    step: str,
    names: list[str],
    window: str,
    quiet: bool,
) -> None:
    """The draft's own row, its history, and the audit; ``quiet``: this one only where the history has news."""
    at = now()
    submission.saved_at, submission.saved_by, submission.state = at, by, state
    submission.withdrawn_at = None
    submission.version += 1
    submission.title = kind.freeze(submission).title[:200]
    with alone(submission):
        submission.save(update_fields=["saved_at", "saved_by", "state", "withdrawn_at", "version", "title"])
    news = note_edit(submission, by=by, step=step, at=at, names=names, window=window)
    if news or not quiet:
        record(
            actor=by,
            verb="submissions.save",
            subject=submission,
            changes={"step": step, "fields": sorted(names), "version": submission.version},
        )


def _withdrawn(submission: Submission) -> Refusal | None:
    if submission.state != SubmissionState.WITHDRAWN:
        return None
    return Refusal("withdrawn", _("This was withdrawn. Press “Save” to take it up again as a draft."))


def _not_writable(call: Call, submission: Submission) -> Refusal | None:
    if submission.state == SubmissionState.DRAFT:
        return None
    refusal = deadlines.not_open(
        call, now(), submission.applicant_organisation_id, person=submission.applicant_person_id
    )
    if refusal is None:
        return None
    stands = (
        _("What was submitted stands unchanged.")
        if submission.state == SubmissionState.SUBMITTED
        else _("What was withdrawn stays as it is.")
    )
    return Refusal(refusal.code, f"{refusal.reason} {stands}")


def _too_late(call: Call, submission: Submission, at: Any) -> Refusal | None:
    refusal = deadlines.not_open(
        call, at, submission.applicant_organisation_id, person=submission.applicant_person_id
    )
    if refusal is None:
        return None
    kept = _("It was not submitted. What you wrote is kept as it is.")
    return Refusal(refusal.code, f"{refusal.reason} {kept}")


def _ask_complete(submission: Submission) -> None:
    missing = filling.missing(submission)
    if missing:
        head = ngettext(
            "It was not submitted: %(n)s thing is still missing.",
            "It was not submitted: %(n)s things are still missing.",
            len(missing),
        ) % {"n": len(missing)}
        raise Refused("incomplete", f"{head} {' · '.join(str(line.text) for line in missing)}", status=422)


def _ask_changed(submission: Submission, given: dict[str, Any]) -> None:
    if submission.state != SubmissionState.SUBMITTED or submission.current is None:
        return
    if given == given_before(submission.current):
        raise Refused(
            "unchanged",
            _(
                "Exactly this was already submitted on %(when)s as %(number)s-%(ordinal)s. Nothing was sent again."
            )
            % {
                "when": moment(submission.current.submitted_at),
                "number": submission.number,
                "ordinal": ordinal(submission.current.ordinal),
            },
        )


# ── freezing ──


def _given(submission: Submission) -> tuple[dict[str, Any], list[Any]]:
    kind = kinds.of(submission)
    frozen = kind.freeze(submission)
    attachments = list(submission.attachments.kept().select_related("document").order_by("slot", "pk"))
    given = freezing.content(
        title=frozen.title[:200],
        sections=freezing.sections_of(frozen.sections),
        files=freezing.files_of(attachments),
    )
    return given, attachments


def given_now(submission: Submission) -> dict[str, Any]:
    """The content of the draft as it would be frozen now; its owners compare it with what was submitted."""
    return _given(submission)[0]


def given_before(revision: Revision) -> dict[str, Any]:
    """The content of a revision: the part that two of them can differ in."""
    return freezing.content(
        title=revision.title, sections=revision.sections, files=freezing.files_of(revision.files.all())
    )


def _freeze(
    submission: Submission, given: dict[str, Any], attachments: list[Any], *, by: Any, at: Any
) -> Revision:
    last = submission.revisions.aggregate(last=Max("ordinal"))["last"]
    place = 0 if last is None else last + 1
    sha256 = freezing.digest(freezing.frozen(submission, place, given))
    revision = Revision(
        submission=submission,
        ordinal=place,
        title=given["title"],
        sections=given["sections"],
        sha256=sha256,
        submitted_at=at,
        submitted_by=by,
    )
    created(revision, actor=by, verb="submissions.freeze", ordinal=place, sha256=sha256)
    RevisionFile.objects.bulk_create(
        RevisionFile(
            revision=revision,
            slot=attachment.slot,
            document=attachment.document,
            name=attachment.document.name,
            size=attachment.document.size,
            sha256=attachment.document.sha256,
        )
        for attachment in attachments
    )
    return revision


# ── telling ──


def _people(submission: Submission):
    return reads.people_behind(Submission.objects.filter(pk=submission.pk))


def _tell_submitted(submission: Submission, revision: Revision, call: Call) -> None:
    files = list(revision.files.all())
    labels = {slot.code: slot.label for slot in kinds.of(submission).slots}
    tell(
        kind="submissions.submitted",
        people=_people(submission),
        about=submission,
        version=revision.ordinal,
        values={
            "number": submission.number,
            "ordinal": ordinal(revision.ordinal),
            "call": titled(call, "title"),
            "at": moment(revision.submitted_at),
            # By place, not by name: a message is stored plain, and a name may say what is sealed.
            "files": partial(
                file_lines, [(labels.get(file.slot, file.slot), file.size, file.sha256) for file in files]
            ),
            "verify": partial(
                verify_url, f"{submission.number}-{ordinal(revision.ordinal)}", revision.sha256
            ),
            "sha256": revision.sha256,
            "closes": moment(
                deadlines.closing_for(
                    call, submission.applicant_organisation_id, person=submission.applicant_person_id
                )
            ),
        },
        url=submission_path(submission, "receipt"),
    )
