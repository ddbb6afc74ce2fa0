"""Where a proposal stands, in words: its state, and who is waited for until when. Nothing is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innomarket.evaluation.states import Outcome
from innomarket.submissions.deadlines import closing_of, is_open_for
from innomarket.submissions.models import Submission
from innomarket.submissions.states import SubmissionState

from .states import MotionState

Text = str | Promise


@dataclass(frozen=True)
class Phase:
    code: str
    label: Text
    tone: str = "neutral"
    waiting: Text = ""
    until: datetime | None = None


def of_proposal(submission: Submission, now: datetime, result: Any, motion: Any, stage: Text = "") -> Phase:
    """``result``: the published result that decides it, or None; ``motion``: its last motion or None.

    ``stage``: the stage of the evaluation that it is in or waits for, where the page has asked.
    """
    call = submission.lot.call
    if submission.state != SubmissionState.SUBMITTED:
        return _not_submitted(submission, now)
    if motion is not None:
        return _on_the_agenda(motion)
    if result is not None and result.outcome != Outcome.ADVANCES:
        if result.outcome == Outcome.SELECTED:
            return Phase("selected", _("selected"), "success", _("The committee: decides on the designation"))
        return Phase("not_selected", _("not selected"))
    if is_open_for(submission, now):
        return Phase(
            "received", _("submitted"), "success", _("The closing of the call"), closing_of(submission)
        )
    if call.opened_at is None:
        return Phase(
            "received", _("submitted"), "success", _("The agency: opens the proposals"), call.opening_at
        )
    return Phase("evaluated", _("being evaluated"), "information", stage or _("Evaluators: their scores"))


def _not_submitted(submission: Submission, now: datetime) -> Phase:
    withdrawn = submission.state == SubmissionState.WITHDRAWN
    if not is_open_for(submission, now):
        return Phase("missed", _("withdrawn") if withdrawn else _("not submitted"))
    if withdrawn:
        waiting = _("Your company: may submit it again until the closing")
        return Phase("draft", _("withdrawn"), "warning", waiting, closing_of(submission))
    waiting = _("Your company: completes and submits it")
    return Phase("draft", _("not submitted"), "warning", waiting, closing_of(submission))


def _on_the_agenda(motion: Any) -> Phase:
    if motion.state == MotionState.ADOPTED:
        return Phase("designated", _("designated"), "success")
    if motion.state == MotionState.REJECTED:
        return Phase("rejected", _("designation not adopted"), "neutral")
    if motion.state == MotionState.DEFERRED:
        return Phase(
            "deferred", _("put off to a later meeting"), "information", _("The committee: its next meeting")
        )
    return Phase(
        "tabled",
        _("on the committee's agenda"),
        "information",
        _("The committee: decides on the designation"),
        motion.meeting.held_at,
    )
