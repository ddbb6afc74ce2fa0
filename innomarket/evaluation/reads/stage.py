"""The stages of a lot: which comes next, whom it takes, and where a submission stands."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from innomarket.submissions.models import CallStage, Lot, Submission
from innomarket.submissions.specs import StageRule
from innomarket.submissions.states import SubmissionState

from .. import words
from ..models import Entry, EvaluationRule, Result, Round
from ..states import ACTIVE, SCORED, Outcome, Purpose, RoundState


def stage_rule() -> StageRule:
    """What a new call's stages count by where it names nothing else: the rule in force today."""
    rule = EvaluationRule.objects.at()
    return StageRule(
        pass_mark=rule.pass_mark,
        least_sheets=rule.least_sheets,
        trim_from=rule.trim_from,
        group_minimum=rule.group_minimum,
        low_percent=rule.low_percent,
        high_percent=rule.high_percent,
    )


def next_stage(lot: Lot) -> CallStage | None:
    """The first stage whose result the lot does not have yet; None once a round has concluded it."""
    if Round.objects.concluding().filter(lot=lot).exists():
        return None
    published = Round.objects.filter(lot=lot, state=RoundState.PUBLISHED, purpose=Purpose.FIRST)
    stages = published.order_by().values("stage")
    return CallStage.objects.filter(call=lot.call_id).exclude(pk__in=stages).order_by("order").first()


def to_be_judged(lot: Lot, stage: CallStage) -> QuerySet[Submission]:
    """The submissions that a stage takes: all that count, or those that the stage before let go on.

    As its results stand now, those of rounds beside it among them.
    """
    counted = Submission.objects.countable().filter(lot=lot)
    before = CallStage.objects.filter(call=stage.call_id, order__lt=stage.order).order_by("-order").first()
    if before is None:
        return counted
    went_on = Result.objects.going_on().filter(entry__round__lot=lot, entry__round__stage=before)
    return counted.filter(pk__in=went_on.order_by().values("entry__submission"))


def lots_without_a_round() -> QuerySet[Lot]:
    """Lots with no round under way and no last result: they wait for the round of their next stage."""
    active = Round.objects.filter(state__in=ACTIVE, purpose=Purpose.FIRST).order_by().values("lot")
    concluded = Round.objects.concluding().order_by().values("lot")
    return Lot.objects.exclude(pk__in=active).exclude(pk__in=concluded)


def scored_rounds() -> QuerySet[Round]:
    """Rounds of points whose scoring has ended: an opinion on the fit comes too late for them."""
    return Round.objects.filter(state__in=SCORED, stage__method=CallStage.Method.POINTS)


def waiting_words(submission: Submission) -> Any:
    """Whom its applicant waits for while it is judged; "" where nobody judges it any more, or not yet."""
    found = where_it_stands(submission)
    return words.stage_waiting(*found) if found else ""


def where_it_stands(submission: Submission) -> tuple[CallStage, str] | None:
    """The stage that a submission is in or waits for, and the state of its round ("" where there is none).

    None before the opening, and once its result decides it.
    """
    if submission.lot.call.opened_at is None or submission.state != SubmissionState.SUBMITTED:
        return None
    last = (
        Entry.objects.filter(submission=submission)
        .exclude(round__state=RoundState.CANCELLED)
        .select_related("round__stage", "result")
        .order_by("-round__stage__order", "-round_id")
        .first()
    )
    if last is None:
        stage = submission.lot.call.stages.order_by("order").first()
        return (stage, "") if stage else None
    earlier = Result.objects.deciding().filter(entry__submission=submission)
    if earlier.filter(entry__round__stage__order__lt=last.round.stage.order).exists():
        return None
    if last.round.state != RoundState.PUBLISHED:
        return last.round.stage, last.round.state
    if last.result.outcome != Outcome.ADVANCES:
        return None
    following = submission.lot.call.stages.filter(order__gt=last.round.stage.order).order_by("order").first()
    return (following, "") if following else None


def decided_calls(calls: Iterable[int]) -> set[int]:
    """Those of the calls with published results and no submitted answer that still waits for its own."""
    keys = list(calls)
    published = Round.objects.concluding().filter(lot__call__in=keys)
    waiting = Submission.objects.filter(lot__call__in=keys, state=SubmissionState.SUBMITTED)
    open_ = waiting.exclude(lot__in=published.values("lot")).values_list("lot__call", flat=True).distinct()
    return set(published.values_list("lot__call", flat=True)) - set(open_)


def fallen(round: Round) -> set[int]:
    """The entries (by key) whose way an evaluation anew of an earlier stage has ended since the round began."""
    ended = Result.objects.deciding().filter(
        entry__round__lot=round.lot_id, entry__round__stage__order__lt=round.stage.order
    )
    found = round.entries.filter(submission__in=ended.order_by().values("entry__submission"))
    return set(found.values_list("pk", flat=True))


def chiefs_of_lot(lot: int) -> set[int]:
    """The people who lead the rounds of a lot, cancelled ones aside."""
    rounds = Round.objects.filter(lot=lot).exclude(state=RoundState.CANCELLED)
    return set(rounds.order_by().values_list("chief", flat=True))
