"""Until when one may object, and what an unanswered objection holds back.

An objection holds back the later steps of its own submission, until it is answered, and where it is to be evaluated
anew until that result is published. Where it comes from an entry that passed and was not selected, it also holds
back those of its stage that were selected from the same or a lower place: their selection is what it is about.
Everything else in the round goes on.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from innomarket.common.clock import KST
from innomarket.common.refusals import Refusal
from innomarket.common.working_days import end_of_working_days
from innomarket.submissions.models import Submission

from . import words
from .models import Entry, Objection, ObjectionRule, Result
from .states import ObjectionState, Outcome


def until_of(result: Result) -> datetime:
    """The end of the time to object (half-open). Of results from before it was kept, by the rule of their day."""
    if result.objections_until is not None:
        return result.objections_until
    at = result.published_at
    assert at is not None, "only a published result is objected to"
    return end_of_working_days(at, ObjectionRule.objects.at(at.astimezone(KST).date()).working_days)


def too_late(result: Result, at: datetime) -> Refusal | None:
    """None before the end, whatever else runs late."""
    if at < until_of(result):
        return None
    return Refusal(
        "too_late",
        _("The time to object ended on %(when)s. What you wrote is kept as a draft and was not filed.")
        % {"when": words.last_day(until_of(result))},
    )


def concerned(result: Result) -> list[int]:
    """The submissions whose later steps an objection to this result holds back, in the order of their keys."""
    found = {result.entry.submission_id}
    if result.passed and result.outcome == Outcome.NOT_SELECTED:
        round = result.entry.round
        found |= set(
            Entry.objects.filter(
                round__lot=round.lot_id,
                round__stage=round.stage_id,
                result__published_at__isnull=False,
                result__superseded_at=None,
                result__outcome__in=[Outcome.SELECTED, Outcome.ADVANCES],
                result__rank__gte=result.rank,
            ).values_list("submission", flat=True)
        )
    return sorted(found)


def held_back(submissions: Iterable[int]) -> dict[int, Objection]:
    """Those of the submissions (by key) whose later steps wait, each with the objection that it waits for."""
    keys = set(submissions)
    waiting = (
        Objection.objects.waiting()
        .filter(result__entry__submission__lot__in=Submission.objects.filter(pk__in=keys).values("lot"))
        .select_related("result__entry__round")
        .defer("text", "answer")
        .order_by("-pk")
    )
    return {key: objection for objection in waiting for key in concerned(objection.result) if key in keys}


def is_held_back(submission: Submission) -> Refusal | None:
    """For the later steps of one submission: a sentence that says what they wait for. Hold its lock."""
    objection = held_back([submission.pk]).get(submission.pk)
    if objection is None:
        return None
    if objection.state == ObjectionState.ANSWERED:
        return Refusal(
            "held_back",
            _("%(number)s waits: what the objection %(objection)s is about is evaluated anew.")
            % {"number": submission.number, "objection": objection.number},
        )
    return Refusal(
        "held_back",
        _("%(number)s waits: the objection %(objection)s that concerns it is not answered yet.")
        % {"number": submission.number, "objection": objection.number},
    )


def values_of(objection: Objection) -> dict[str, Any]:
    """What every message about an objection names."""
    entry = objection.result.entry
    return {
        "number": objection.number,
        "submission": entry.submission.number,
        "title": entry.revision.title,
        "round": entry.round.number,
        "until": words.last_day(objection.until),
    }
