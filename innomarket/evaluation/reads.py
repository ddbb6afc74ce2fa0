"""Questions about rounds and results that services and pages ask."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from innomarket.accounts.reads import memberships_of
from innomarket.common.refusals import Refusal
from innomarket.submissions.models import CallStage, Criterion, CriterionGroup, Lot, StageCheck, Submission
from innomarket.submissions.specs import StageRule
from innomarket.submissions.states import SubmissionState

from . import words
from .figures import with_figures
from .models import (
    Assignment,
    Entry,
    EvaluationRule,
    FitOpinion,
    Panelist,
    Recusal,
    Result,
    Round,
    Sheet,
    SheetVersion,
    Visit,
    VisitFile,
)
from .ranking import provisional_results
from .states import ACTIVE, WRITING, Outcome, Purpose, RoundState, SheetState
from .words import last_day

SCORED = (RoundState.FINISHED, RoundState.PUBLISHED)


# ── the stages of a lot ──


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


def opinion_too_late(rounds: Iterable[Round]) -> Refusal | None:
    """An opinion on the fit is for the evaluators: after their scoring it is read by nobody."""
    if any(round.state in SCORED and round.stage.by_points for round in rounds):
        return Refusal("opinion_too_late", _("The evaluation is over; an opinion comes too late."))
    return None


# ── results, as they are told ──


@dataclass
class GroupShown:
    """A group of criteria in a result: mean and weight, and (criterion, mean, weight) for each criterion."""

    group: CriterionGroup
    mean: Decimal
    weight: int
    criteria: list[tuple[Any, Decimal, int]] = field(default_factory=list)


def results_of(submission: Submission) -> list[Any]:
    """The published results of a submission, ready for ``evaluation/_result.html``: what decides, the latest stage.

    Of each stage its current revision, then the ones that it superseded, each with ``superseding`` (the next one).
    """
    published = Result.objects.published().filter(entry__submission=submission)
    found = published.select_related("entry__round__stage", "entry__round__beside", "entry__submission__lot")
    results = with_figures(shown(found.order_by("-entry__round__stage__order", "-ordinal")))
    following = {result.supersedes_id: result for result in results if result.supersedes_id}
    for result in results:
        result.last_day = last_day(result.objections_until) if result.objections_until else ""
        result.superseding = following.get(result.pk)
    # Who fell in an evaluation anew of an earlier stage is not decided by a later one any more.
    ended = [one for one in results if one.superseded_at is None and one.outcome != Outcome.ADVANCES]
    return sorted(results, key=lambda one: one not in ended[-1:])


def shown(found: Iterable[Result]) -> list[Any]:
    """Results with ``groups`` (GroupShown), ``lines`` (all criteria) and ``comments`` (without names)."""
    results = with_scores(found)
    comments, said = comments_of([result.entry_id for result in results]), said_of(results)
    for result in results:
        result.comments = comments.get(result.entry_id, [])
        result.said = said.get(result.entry_id, [])
    return results


def with_scores(found: Iterable[Result]) -> list[Any]:
    """The same without the comments: what everybody may read of a published round."""
    results: list[Any] = list(found)
    calls = {result.entry.submission.lot.call_id for result in results}
    groups: dict[int, list[CriterionGroup]] = {}
    for group in CriterionGroup.objects.filter(call__in=calls).prefetch_related("criteria"):
        groups.setdefault(group.call_id, []).append(group)
    checks = checks_of({result.entry.round.stage_id for result in results})
    for result in results:
        result.groups = []
        if result.total is not None:
            its = groups.get(result.entry.submission.lot.call_id, [])
            result.groups = [
                _group_shown(group, result) for group in its if group.stage_id == result.entry.round.stage_id
            ]
        result.checks_shown = [
            (check, *result.checks[str(check.pk)])
            for check in checks.get(result.entry.round.stage_id, [])
            if str(check.pk) in result.checks
        ]
        result.lines = [line for group in result.groups for line in group.criteria]
    return results


def checks_of(stages: Iterable[int]) -> dict[int, list[StageCheck]]:
    """The checks of stages, in their order."""
    found: dict[int, list[StageCheck]] = {}
    for check in StageCheck.objects.filter(stage__in=list(stages)).order_by("order", "pk"):
        found.setdefault(check.stage_id, []).append(check)
    return found


def said_of(results: Iterable[Result]) -> dict[int, list[tuple[Any, list[str]]]]:
    """By entry: each question of its stage with what the counted versions say to it, without names."""
    by_version = {pk: result for result in results for pk in result.versions}
    stages = {result.entry.round.stage_id for result in by_version.values()}
    asked: dict[int, list[Any]] = {stage: list(checks) for stage, checks in checks_of(stages).items()}
    criteria = Criterion.objects.filter(group__stage__in=stages).select_related("group")
    for criterion in criteria.order_by("group__order", "group", "order", "pk"):
        asked.setdefault(criterion.group.stage_id, []).append(criterion)
    found: dict[int, dict[int, list[str]]] = {}
    versions = SheetVersion.objects.filter(pk__in=list(by_version)).order_by("sha256")
    for pk, comments in versions.values_list("pk", "comments"):
        entry = found.setdefault(by_version[pk].entry_id, {})
        for n, text in enumerate(comments):
            if text:
                entry.setdefault(n, []).append(text)
    stage_of = {result.entry_id: result.entry.round.stage_id for result in by_version.values()}
    return {
        entry: [(asked[stage_of[entry]][n], texts) for n, texts in sorted(given.items())]
        for entry, given in found.items()
    }


def _group_shown(group: CriterionGroup, result: Result) -> GroupShown:
    criteria = list(group.criteria.all())
    return GroupShown(
        group,
        Decimal(result.group_means[str(group.pk)]),
        sum(criterion.weight for criterion in criteria),
        [
            (criterion, Decimal(result.criterion_means[str(criterion.pk)]), criterion.weight)
            for criterion in criteria
        ],
    )


def comments_of(entries: list[int]) -> dict[int, list[str]]:
    """The comments of the sheets that count, by entry.

    Their order does not follow the places in the panel: nobody shall recognise an evaluator by it.
    """
    sheets = Sheet.objects.counting().filter(assignment__entry__in=entries)
    rows = sheets.values_list("assignment__entry", "pk", "comment")
    found: dict[int, list[tuple[bytes, str]]] = {}
    for entry, pk, comment in rows:
        found.setdefault(entry, []).append((hashlib.sha256(f"{entry}/{pk}".encode()).digest(), comment))
    return {entry: [comment for _, comment in sorted(pairs)] for entry, pairs in found.items()}


def selected_submissions() -> QuerySet[Submission]:
    """Submissions whose published result is "selected"."""
    return Submission.objects.filter(pk__in=Result.objects.selected().order_by().values("entry__submission"))


# ── a round's progress ──


def entries_with_sheets(round: Round) -> QuerySet[Any]:
    """Entries with ``counted`` (sheets that count) and ``expected`` (who is still to judge or has judged)."""
    counting = Q(assignments__sheet__state=SheetState.SUBMITTED, assignments__recusal=None)
    awaited = Q(assignments__recusal=None, assignments__panelist__left_at=None) & (
        Q(assignments__sheet=None) | ~Q(assignments__sheet__state=SheetState.SET_ASIDE)
    )
    return round.entries.annotate(
        counted=Count("assignments", filter=counting, distinct=True),
        expected=Count("assignments", filter=awaited | counting, distinct=True),
    ).order_by("order")


def too_few_sheets(round: Round) -> list[Entry]:
    """Entries that would have no result now."""
    short = entries_with_sheets(round).filter(counted__lt=round.least_sheets)
    return list(short.select_related("submission"))


def returned_sheets(round: Round) -> list[Sheet]:
    """Sheets that the chief gave back and that are not submitted again, of who still judges."""
    waiting = Sheet.objects.filter(
        assignment__entry__round=round,
        state=SheetState.RETURNED,
        assignment__recusal=None,
        assignment__panelist__left_at=None,
    )
    return list(
        waiting.select_related("assignment__entry__submission", "assignment__panelist").order_by(
            "assignment__entry__order", "assignment__panelist__place"
        )
    )


def without_a_record(round: Round) -> list[Entry]:
    """Entries of a survey or interview that is not yet on record; none in other stages."""
    if not round.stage.has_record:
        return []
    return list(round.entries.filter(visit=None).select_related("submission").order_by("order"))


def visit_files_for(user: Any) -> QuerySet[VisitFile]:
    """The files of records that a person may read: of the entries that they judge; staff who run rounds read all."""
    files = VisitFile.objects.select_related("document", "visit__entry__round")
    if user.is_staff and user.has_perm("accounts.run_rounds"):
        return files
    mine = Entry.objects.assigned_to(user)
    return files.filter(visit__entry__in=mine.order_by().values("pk"))


def visit_of(entry: Entry) -> Visit | None:
    """The record of an entry's survey or interview, with its files."""
    return Visit.objects.filter(entry=entry).prefetch_related("files__document").first()


def counts(round: Round) -> dict[str, int]:
    """How many entries, sheets that count, sheets that are awaited, recusals, members of the panel."""
    found = {"entries": 0, "counted": 0, "expected": 0, "short": 0}
    for counted, expected in entries_with_sheets(round).values_list("counted", "expected"):
        found["entries"] += 1
        found["counted"] += counted
        found["expected"] += expected
        found["short"] += counted < round.least_sheets
    found["recusals"] = Recusal.objects.filter(entry__round=round).count()
    found["panel"] = round.panelists.filter(left_at=None).count()
    return found


def spread(round: Round) -> dict[int, Decimal]:
    """The distance in points between the highest and the lowest sheet that counts, by entry."""
    apart = f"SELECT entry_id, max(total) - min(total) FROM ({_TOTALS}) totals GROUP BY entry_id"  # noqa: S608 – both are ours
    return dict(_asked(apart, round))


def sheet_totals(round: Round) -> list[tuple[int, int, Decimal]]:
    """(entry, place in the panel, weighted total) of each sheet that counts; nothing where no points are given."""
    return _asked(f"{_TOTALS} ORDER BY entry_id, place", round)


def _asked(statement: str, round: Round) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"round": round.pk, "stage": round.stage_id})
        return cursor.fetchall()


_TOTALS = """
WITH criteria AS (
    SELECT criterion.weight::numeric / criterion.max_points AS factor,
           row_number() OVER (ORDER BY grouped."order", grouped.id, criterion."order", criterion.id) AS n
    FROM submissions_criterion criterion
    JOIN submissions_criteriongroup grouped ON grouped.id = criterion.group_id
    WHERE grouped.stage_id = %(stage)s
)
SELECT assignment.entry_id, panelist.place, round(sum(given.points * criteria.factor), 2) AS total
FROM evaluation_entry entry
JOIN evaluation_assignment assignment
  ON assignment.entry_id = entry.id AND assignment.recusal_id IS NULL
JOIN evaluation_sheet sheet ON sheet.assignment_id = assignment.id AND sheet.state = 'submitted'
JOIN evaluation_sheetversion version ON version.sheet_id = sheet.id AND version.ordinal = sheet.version
JOIN evaluation_panelist panelist ON panelist.id = assignment.panelist_id
CROSS JOIN LATERAL unnest(version.points) WITH ORDINALITY AS given (points, n)
JOIN criteria ON criteria.n = given.n
WHERE entry.round_id = %(round)s
GROUP BY assignment.entry_id, sheet.id, panelist.place
"""


# ── an evaluator's queue ──


def rounds_of(user: Any) -> QuerySet[Round]:
    """The rounds being scored on whose panel a person sits, with what is left to do, the nearest due date first."""
    mine = Q(entries__assignments__panelist__user=user, entries__assignments__panelist__left_at=None)
    open_ = mine & Q(entries__assignments__recusal=None)
    done = open_ & Q(entries__assignments__sheet__state=SheetState.SUBMITTED)
    seats = Panelist.objects.filter(user=user, left_at=None)
    return (
        Round.objects.filter(pk__in=seats.values("round"), state=RoundState.SCORING)
        .annotate(
            mine=Count("entries", filter=open_, distinct=True),
            done=Count("entries", filter=done, distinct=True),
        )
        .select_related("lot__call")
        .order_by(F("due_at").asc(nulls_last=True), "-pk")
    )


def past_rounds_of(user: Any) -> QuerySet[Round]:
    """The rounds on whose panel a person sat and whose scoring is over, the latest first."""
    seats = Panelist.objects.filter(user=user, left_at=None)
    scored = Round.objects.filter(pk__in=seats.values("round"), state__in=SCORED)
    return scored.select_related("lot__call").order_by("-pk")


def queue_of(panelist: Panelist) -> QuerySet[Assignment]:
    """The entries of one panel member in a round, in their order, recused ones among them."""
    return panelist.assignments.select_related(
        "entry__revision",
        "entry__submission__applicant_organisation",
        "entry__submission__applicant_person",
        "recusal",
        "sheet",
    ).order_by("entry__order")


def next_in_queue(panelist: Panelist, after: int = 0) -> Assignment | None:
    """The next entry that waits for this evaluator's sheet, after one in the order, then from the front."""
    waiting = queue_of(panelist).filter(recusal=None).filter(Q(sheet=None) | Q(sheet__state__in=WRITING))
    behind = Case(When(entry__order__gt=after, then=0), default=1)
    return waiting.exclude(entry__order=after).order_by(behind, "entry__order").first()


def seats_without_pledge(user: Any) -> QuerySet[Panelist]:
    """Seats that wait for their pledge, or to be declined: those of rounds that start later, too."""
    seats = Panelist.objects.filter(user=user, left_at=None, pledge=None, declared_at=None)
    drawn = seats.exclude(origin=Panelist.Origin.APPOINTED, round__state=RoundState.PREPARING)
    waiting = drawn.filter(round__state__in=[RoundState.PREPARING, RoundState.SCORING])
    return waiting.select_related("round__lot__call").order_by("round__due_at", "pk")


def opinions_of(user: Any) -> QuerySet[Submission]:
    """Opened submissions to the needs of the institutions for which a person writes, not yet scored."""
    writes_for = memberships_of(user).filter(role__in=("owner", "editor")).values("organisation")
    over = scored_rounds().order_by().values("lot")
    return (
        Submission.objects.countable()
        .filter(lot__owner__in=writes_for)
        .exclude(lot__in=over)
        .select_related("lot__call", "current", "applicant_organisation", "fit_opinion")
        .order_by("lot", "number")
    )


def opinion_on(submission: Submission) -> FitOpinion | None:
    return FitOpinion.objects.filter(submission=submission).select_related("organisation").first()


@dataclass
class Ranked:
    """One line of a ranking: the stored result, or the provisional one while the round is scored."""

    entry_id: int
    sheets: int
    total: Decimal | None
    group_means: list[str]
    passed: bool
    rank: int | None
    outcome: str
    spread: Decimal | None
    entry: Any = None


def ranking(round: Round) -> list[Ranked]:
    """Every entry by place; while the round is scored, over the sheets that stand now."""
    return with_entries(places(round))


def places(round: Round) -> list[Ranked]:
    """The same without the entries themselves: to decipher thousands of titles takes longer than all the rest."""
    groups = [
        str(pk) for pk in CriterionGroup.objects.filter(stage=round.stage_id).values_list("pk", flat=True)
    ]
    if round.state == RoundState.SCORING:
        rows: list[Any] = provisional_results(round)
    else:
        rows = list(
            Result.objects.filter(entry__round=round)
            .order_by(F("rank").asc(nulls_last=True), F("total").desc(nulls_last=True), "entry__order")
            .values("entry_id", "sheets", "total", "group_means", "passed", "rank", "outcome")
        )
    apart = spread(round)
    return [
        Ranked(
            row["entry_id"],
            row["sheets"],
            row["total"],
            [row["group_means"].get(pk, "–") for pk in groups],
            row["passed"],
            row["rank"],
            row["outcome"],
            apart.get(row["entry_id"]),
        )
        for row in rows
    ]


def with_entries(rows: list[Ranked]) -> list[Ranked]:
    """The same lines, each with its entry, submission and revision."""
    found = Entry.objects.filter(pk__in=[row.entry_id for row in rows])
    found = found.select_related("submission", "revision").defer("submission__title", "revision__sections")
    entries = {entry.pk: entry for entry in found}
    for row in rows:
        row.entry = entries[row.entry_id]
    return rows


def first_places(ranked: list[Ranked], most: int) -> set[int]:
    """The entries of the first ``most`` places. Where a tie lies across the line, it stands before the tied."""
    placed = [(row.rank, row.entry_id) for row in ranked if row.rank is not None]
    ranks = sorted(rank for rank, _ in placed)
    return {pk for rank, pk in placed if bisect_right(ranks, rank) <= most}


def undecided(round: Round) -> int:
    """How many entries have passed and are neither selected nor not."""
    return Result.objects.filter(entry__round=round, outcome=Outcome.OPEN).count()


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
