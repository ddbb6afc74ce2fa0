"""Break-glass: a sealed submission is read in need, by two people, for a time, and its owners are told at once."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from innomarket.accounts.reads import staff_of
from innomarket.audit.models import Entry
from innomarket.audit.services import changed, created, record
from innomarket.common.clock import Now, now
from innomarket.common.locks import lock, share
from innomarket.common.moves import ask_move
from innomarket.common.refusals import Refused, ask
from innomarket.notifications.services import tell

from .. import freezing, kinds, permissions, reads
from ..models import Attachment, BreakGlass, BreakGlassRule, Call, RevisionFile, Submission
from ..states import GLASS_MOVES, GlassState, SubmissionState
from ..words import moment, submission_path

READ = "submissions.break_glass_read"


def ask_to_read(*, submission: Submission, by: Any, ground: str, reason: str) -> BreakGlass:
    """The first of two steps: says on which ground one sealed submission must be read. Raises Refused."""
    with transaction.atomic():
        call = share(Call, submission.lot.call_id)
        submission = lock(Submission, submission.pk)
        ask(permissions.may_run_rounds(by))
        at = now()
        if submission.state == SubmissionState.SUBMITTED and call.opened_at is not None:
            raise Refused("not_sealed", _("This submission is opened: those who evaluate read it."))
        if ground not in BreakGlass.Ground.values:
            raise Refused("ground_missing", _("Choose the ground."), field="ground")
        if not reason.strip():
            raise Refused("reason_missing", _("Give the reason."), field="reason")
        if submission.glasses.filter(state=GlassState.ASKED).exists():
            raise Refused("asked_already", _("Reading this was already asked for. It waits for a decision."))
        rule = BreakGlassRule.objects.at()
        glass = created(
            BreakGlass(
                submission=submission,
                ground=ground,
                reason=reason.strip(),
                asked_at=at,
                asked_by=by,
                lapses_at=at + timedelta(hours=rule.request_hours),
            ),
            actor=by,
            verb="submissions.break_glass_ask",
            reason=reason.strip(),
            submission=submission.number,
            ground=ground,
        )
        tell(
            kind="submissions.break_glass_asked",
            people=staff_of("run_rounds").exclude(pk=by.pk),
            about=glass,
            values=_values(glass),
            url="/admin/",
        )
    return glass


def grant(*, glass: BreakGlass, by: Any, reason: str) -> BreakGlass:
    """The second person lets both read until the rule's hours are over; the owners are told. Raises Refused."""
    return _decide(glass, "grant", by=by, reason=reason)


def refuse(*, glass: BreakGlass, by: Any, reason: str) -> BreakGlass:
    """The second person refuses; the owners are told of the request. Raises Refused."""
    return _decide(glass, "refuse", by=by, reason=reason)


def lapse_due() -> int:
    """End the requests that nobody decided in time, and tell; returns how many."""
    done = 0
    due = BreakGlass.objects.filter(state=GlassState.ASKED, lapses_at__lte=Now())
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            glass = due.filter(pk=pk).select_for_update(skip_locked=True, of=("self",)).first()
            if glass is None:
                continue
            state = ask_move(GLASS_MOVES, "lapse", glass)
            glass = changed(
                glass, actor=None, verb="submissions.break_glass_lapse", state=state, decided_at=now()
            )
            _tell_owners(glass, "submissions.break_glass_not_granted")
            done += 1
    return done


def read(*, glass: BreakGlass, by: Any) -> dict[str, Any]:
    """The submission's content as it stands: title, sections, files. Each reading is recorded. Raises Refused."""
    with transaction.atomic():
        submission = _readable(glass, by)
        _record(glass, by, "content")
        files: Any
        if _as_submitted(submission):
            assert submission.current is not None
            title, sections = submission.current.title, submission.current.sections
            files = submission.current.files.select_related("document")
        else:
            frozen = kinds.of(submission).freeze(submission)
            title, sections = frozen.title, freezing.sections_of(frozen.sections)
            files = submission.attachments.kept().select_related("document")
        return {"submission": submission, "title": title, "sections": sections, "files": list(files)}


def read_file(*, glass: BreakGlass, by: Any, pk: int) -> Any:
    """One of its files (a row with ``document``). Each reading is recorded. Raises Refused."""
    with transaction.atomic():
        submission = _readable(glass, by)
        found: Any
        if _as_submitted(submission):
            found = RevisionFile.objects.filter(revision=submission.current_id, pk=pk)
        else:
            found = Attachment.objects.kept().filter(submission=submission, pk=pk)
        file = found.select_related("document").first()
        if file is None:
            raise Refused("no_such_file", _("There is no such file."), status=404)
        _record(glass, by, f"file:{pk}")
        return file


def readings_of(glass: BreakGlass) -> Any:
    """Who read under a grant, and when: from the one history."""
    found = Entry.objects.filter(verb=READ, subject_type=glass._meta.label_lower, subject_id=str(glass.pk))
    return found.select_related("actor").order_by("pk")


def told_to_owners(submission: Submission) -> list[Any]:
    """Settled requests for a submission, each with its ``readings``: what its owners see on its pages."""
    settled = submission.glasses.exclude(state=GlassState.ASKED).select_related("asked_by", "decided_by")
    glasses: list[Any] = list(settled)
    for glass in glasses:
        glass.readings = [{"entry": one, "part": part_of(one)} for one in readings_of(glass)]
    return glasses


def part_of(reading: Entry) -> str:
    """What a reading was of: the answers, or one of the files."""
    return _("a file") if str(reading.changes.get("part", "")).startswith("file:") else _("the answers")


def _as_submitted(submission: Submission) -> bool:
    return submission.state == SubmissionState.SUBMITTED


def _readable(glass: BreakGlass, by: Any) -> Submission:
    if not BreakGlass.objects.open_to(by).filter(pk=glass.pk).exists():
        raise Refused(
            "glass_not_open", _("Only the two who asked and granted read this, until it ends."), status=403
        )
    return Submission.objects.select_related("lot__call", "current").get(pk=glass.submission_id)


def _record(glass: BreakGlass, by: Any, part: str) -> None:
    record(actor=by, verb=READ, subject=glass, changes={"part": part})


def _decide(glass: BreakGlass, move: str, *, by: Any, reason: str) -> BreakGlass:
    with transaction.atomic():
        share(Call, glass.submission.lot.call_id)
        lock(Submission, glass.submission_id)
        glass = lock(BreakGlass, glass.pk)
        ask(permissions.may_run_rounds(by))
        state = ask_move(GLASS_MOVES, move, glass)
        ask(permissions.is_second(by, glass.asked_by_id))
        at = now()
        if at >= glass.lapses_at:
            raise Refused("request_lapsed", _("This request has lapsed. It must be made again."))
        if not reason.strip():
            raise Refused("reason_missing", _("Give the reason."), field="reason")
        granted = state == GlassState.GRANTED
        hours = BreakGlassRule.objects.at().hours
        glass = changed(
            glass,
            actor=by,
            verb=f"submissions.break_glass_{move}",
            reason=reason.strip(),
            state=state,
            decided_at=at,
            decided_by=by,
            decision_reason=reason.strip(),
            until=at + timedelta(hours=hours) if granted else None,
        )
        kind = "granted" if granted else "not_granted"
        _tell_owners(glass, f"submissions.break_glass_{kind}")
    return glass


def _values(glass: BreakGlass) -> dict[str, Any]:
    return {
        "number": glass.submission.number,
        "person": str(glass.asked_by),
        "ground": BreakGlass.Ground(glass.ground).label,
        "reason": glass.reason,
        "at": moment(glass.asked_at),
        "second": str(glass.decided_by or "–"),
        "until": moment(glass.until) if glass.until else "–",
        "state": GlassState(glass.state).label,
    }


def _tell_owners(glass: BreakGlass, kind: str) -> None:
    submission = Submission.objects.filter(pk=glass.submission_id)
    tell(
        kind=kind,
        people=reads.people_behind(submission),
        about=glass,
        values=_values(glass),
        url=submission_path(glass.submission, "check"),
    )
