"""Published results, as they are told: by group and criterion, with what was said and without names."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from innomarket.submissions.models import Criterion, CriterionGroup, StageCheck, Submission

from ..figures import with_figures
from ..models import Result, Sheet, SheetVersion
from ..states import Outcome
from ..words import last_day


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
