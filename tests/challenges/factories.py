"""Challenge tasks and ideas for tests: drafted and submitted by the engine; selected and published as rows."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from challenges.models import Challenge, Idea
from challenges.services.challenge import publish_selected
from challenges.services.idea import publish_picked
from innomarket.accounts.models import Organisation
from innomarket.common.clock import now
from innomarket.evaluation.models import Entry, Result, Round
from innomarket.submissions.models import Call, Submission
from tests.accounts.factories import institution, person, staff
from tests.evaluation.factories import published_by_hand
from tests.submissions import factories as engine

_serial = count(1)


def task_call(**fields: Any) -> Call:
    """An open call for challenge tasks."""
    return engine.open_call("challenge_task", **fields)


def submitted_task(
    *, owner: Organisation | None = None, call: Call | None = None, **fields: Any
) -> Submission:
    return engine.submitted(call=call or task_call(), organisation=owner or institution(), **fields)


def published_round(submission: Submission, *, outcome: str = "selected", published: bool = True) -> Round:
    """A round of its lot with its result; the hook is not announced."""
    at = now()
    round_ = Round.objects.filter(lot=submission.lot).first() or Round.objects.create(
        number=f"TEST-RT-{next(_serial)}",
        lot=submission.lot,
        stage=submission.lot.call.stages.get(),
        state="finished",
        chief=person(),
        pass_mark=70,
        least_sheets=3,
        trim_from=5,
        started_at=at,
        finished_at=at,
    )
    if published and round_.state != "published":
        round_ = published_by_hand(round_)
    entry = Entry.objects.create(
        round=round_, submission=submission, revision=submission.current, order=round_.entries.count() + 1
    )
    passed = outcome in ("selected", "not_selected")
    groups = submission.lot.call.groups.prefetch_related("criteria")
    Result.objects.create(
        entry=entry,
        sheets=3,
        group_means={str(group.pk): "91.00" for group in groups},
        criterion_means={str(c.pk): "91.00" for group in groups for c in group.criteria.all()},
        total=91 if passed else 50,
        passed=passed,
        rank=1 if passed else None,
        outcome=outcome,
        inputs_sha256="0" * 64,
        published_at=at if published else None,
    )
    return round_


def published_task(*, owner: Organisation | None = None, **fields: Any) -> Challenge:
    """A selected task that is public, with its story."""
    submission = submitted_task(owner=owner, **fields)
    engine.open_up(submission.lot.call)
    publish_selected(round=published_round(submission))
    return Challenge.objects.select_related("submission__story").get(submission=submission)


def submitted_idea(*, by: Any = None, call: Call | None = None, **fields: Any) -> Submission:
    """A person's idea."""
    return engine.submitted(call=call or engine.open_call("idea"), by=by or person(), **fields)


def published_idea(**fields: Any) -> Idea:
    """A picked idea that is public, with its story."""
    submission = submitted_idea(**fields)
    engine.open_up(submission.lot.call)
    publish_picked(round=published_round(submission))
    return Idea.objects.select_related("submission__story").get(submission=submission)


def dates(opens_in: float = -1, days: float = 20) -> dict[str, Any]:
    """When a call for solutions opens (days from now), closes and is read."""
    opens = now() + timedelta(days=opens_in)
    closes = opens + timedelta(days=days)
    return {"opens_at": opens, "closes_at": closes, "opening_at": closes + timedelta(hours=1)}


def solution_call(*tasks: Challenge, announced: bool = True, by: Any = None, **fields: Any) -> Call:
    """A call for solutions to these tasks, open now unless its dates say otherwise."""
    from challenges.services.solution_call import open_solution_call
    from innomarket.submissions.services.call import announce_call

    by = by or staff("run_rounds")
    call = open_solution_call(
        by=by,
        challenges=list(tasks),
        title_ko="해결책 공모",
        title_en="Call for solutions",
        **(dates() | fields),
    )
    return announce_call(call=call, by=by) if announced else call
