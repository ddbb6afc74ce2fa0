"""Where a challenge task or an idea stands, in words: its state, and who is waited for until when.

Nothing here is stored: it follows from the submission, its result, the call for solutions and the
story, at one instant of the database's clock.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innomarket.submissions.deadlines import closing_of, is_open_for
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.states import CallState, SubmissionState

from .models import Challenge

Text = str | Promise

OPEN, DECIDED, BETWEEN = "open", "decided", "between"


@dataclass(frozen=True)
class Phase:
    """``waiting``: who has the next step, and ``until``: by when, where a date is set."""

    code: str
    label: Text
    tone: str = "neutral"
    waiting: Text = ""
    until: datetime | None = None


def of_public(task: Challenge, now: datetime, news: Collection[str] = ()) -> Phase:
    """A public task. ``news``: kinds of the milestones in its story – apps above write them there.

    ``task.decided`` and ``task.answered`` come from ``ChallengeQuerySet.with_outcome``.
    """
    lot = task.solution_lot
    if lot is None or lot.call.state in (CallState.DRAFT, CallState.CANCELLED):
        return Phase(
            "selected", _("selected"), "information", _("The agency: opens a call for solutions to this task")
        )
    if task.decided:
        return _decided(task, news)
    return _asked(lot.call, now)


def _asked(call: Call, now: datetime) -> Phase:
    if now < call.opens_at:
        return Phase(
            "announced",
            _("call for solutions announced"),
            "information",
            _("The opening of the call"),
            call.opens_at,
        )
    if call.is_open_at(now):
        return Phase(
            OPEN, _("open for proposals"), "success", _("Companies: their proposals"), call.closes_at
        )
    if call.opened_at is None:
        return Phase(
            "closed",
            _("proposals received"),
            "information",
            _("The agency: opens the proposals"),
            call.opening_at,
        )
    return Phase("evaluated", _("proposals being evaluated"), "information", _("Evaluators: their scores"))


def _decided(task: Challenge, news: Collection[str]) -> Phase:
    if "designated" in news:
        return Phase(DECIDED, _("product designated"), "success")
    if "rejected" in news:
        return Phase(DECIDED, _("designation not adopted"), "neutral")
    if task.answered:
        return Phase(
            DECIDED, _("solution selected"), "success", _("The committee: decides on the designation")
        )
    return Phase(DECIDED, _("ended without a solution"), "neutral")


@dataclass(frozen=True)
class Waiting:
    """Who has the next step of what is not public, in the words of its kind."""

    withdrawn: Text
    draft: Text
    opening: Text


OF_TASK = Waiting(
    _("Your institution: may submit it again until the closing"),
    _("Your institution: completes and submits it"),
    _("The agency: opens the tasks"),
)
OF_IDEA = Waiting(
    _("You: may submit it again until the closing"),
    _("You: complete and submit it"),
    _("The agency: opens the ideas"),
)


def of_own(
    submission: Submission, now: datetime, has_result: bool, stage: Text = "", waiting: Waiting = OF_TASK
) -> Phase:
    """A task or an idea that is not public, as its institution or its author sees it.

    ``has_result``: its way has ended; ``stage``: the stage that it is in or waits for, where the page has asked.
    """
    if submission.state == SubmissionState.SUBMITTED:
        return _own_submitted(submission, now, has_result, stage, waiting)
    withdrawn = submission.state == SubmissionState.WITHDRAWN
    if is_open_for(submission, now):
        return Phase(
            "draft",
            _("withdrawn") if withdrawn else _("not submitted"),
            "warning",
            waiting.withdrawn if withdrawn else waiting.draft,
            closing_of(submission),
        )
    return Phase("missed", _("withdrawn") if withdrawn else _("not submitted"), "neutral")


def _own_submitted(
    submission: Submission, now: datetime, has_result: bool, stage: Text, waiting: Waiting
) -> Phase:
    call = submission.lot.call
    if has_result:
        return Phase("not_selected", _("not selected"), "neutral")
    if is_open_for(submission, now):
        return Phase(
            "received", _("submitted"), "success", _("The closing of the call"), closing_of(submission)
        )
    if call.opened_at is None:
        return Phase("received", _("submitted"), "success", waiting.opening, call.opening_at)
    return Phase("evaluated", _("being evaluated"), "information", stage or _("Evaluators: their scores"))
