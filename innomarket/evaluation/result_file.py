"""The file of a published round that everybody may download: who was selected, every score by codes, no comments.

Canonical JSON (``submissions/freezing.py`` says how it is spelled) in UTF-8, so that ``sha256sum`` of the download is
the hash on the round's page. Its shape is docs/schemas/round-result.json; docs/verification.md says how to recompute
the result from it.

Entries stand in the order of their codes, which are random: neither that order nor a submission number, a hash of what
was submitted, or a reason leads from a code to an applicant. Those who were selected are named beside their code.
"""

import hashlib
import json
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from innomarket.common import spreadsheets
from innomarket.submissions.models import Criterion, CriterionGroup, StageCheck

from .models import Result, ResultFile, Round, SheetVersion
from .states import Outcome

FORMAT = "innomarket-round-result-1"


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(content: str) -> dict[str, Any]:
    """The data of a stored file."""
    return json.loads(content)


def as_data(round: Round) -> dict[str, Any]:
    """The file before it is spelled: plain JSON, decimals as texts."""
    stage = round.stage
    groups = list(stage.groups.prefetch_related("criteria").order_by("order", "pk"))
    criteria = [criterion for group in groups for criterion in group.criteria.all()]
    checks = list(stage.checks.order_by("order", "pk"))
    results = list(
        Result.objects.filter(entry__round=round)
        .select_related(
            "entry__revision",
            "entry__round",
            "entry__submission__applicant_organisation",
            "supersedes",
            "original__entry",
        )
        .order_by("code", "pk")  # before the publication all codes are empty
    )
    sheets = _sheets(results)
    return {
        "format": FORMAT,
        "round": round.number,
        "call": round.lot.call.number,
        "lot": round.lot.order,
        "title_ko": round.lot.title_ko,
        "title_en": round.lot.title_en,
        "stage": {
            "order": stage.order,
            "kind": stage.kind,
            "method": stage.method,
            "name_ko": stage.name_ko,
            "name_en": stage.name_en,
        },
        "published_at": _utc(round.published_at),
        **_beside(round),
        "rule": {
            "pass_mark": _decimal(round.pass_mark),
            "least_sheets": round.least_sheets,
            "trim_from": round.trim_from,
            "group_minimum": stage.group_minimum,
        },
        "groups": [_group(group) for group in groups],
        "checks": [
            {"order": check.order, "name_ko": check.name_ko, "name_en": check.name_en} for check in checks
        ],
        "entries": [
            _entry(result, groups, criteria, checks, sheets.get(result.pk, [])) for result in results
        ],
    }


def _beside(round: Round) -> dict[str, Any]:
    """Of a round beside another: the list in which its entries are placed, and that list's hash."""
    if round.beside is None:
        return {}
    file = ResultFile.objects.filter(round=round.beside).first()
    return {
        "purpose": round.purpose,
        "beside": {"round": round.beside.number, "result_sha256": file.sha256 if file else None},
    }


def rows_of(data: dict[str, Any]) -> list[list[Any]]:
    """The same as a table, one entry a line: for spreadsheets."""
    criteria = [
        f"{group['order']}.{criterion['order']} {criterion['name_ko']}"
        for group in data["groups"]
        for criterion in group["criteria"]
    ]
    checks = [
        f"{check['order']}. {check['name_ko']}: {answer}"
        for check in data["checks"]
        for answer in ("fit", "unfit")
    ]
    head = ["code", "submission", "applicant", "outcome", "place", "sheets", "score"]
    beside = "beside" in data
    if beside:
        head += ["revision", "supersedes"]
    rows = [
        [
            entry["code"],
            entry.get("submission"),
            entry.get("applicant_ko"),
            entry["outcome"],
            entry["place"],
            len(entry["sheets"]),
            entry["total"],
            *([entry.get("revision"), entry.get("supersedes")] if beside else []),
            *(entry["criterion_means"] or [None] * len(criteria)),
            *(chain.from_iterable(entry["checks"]) if entry["checks"] else [None] * len(checks)),
        ]
        for entry in data["entries"]
    ]
    return [[*head, *criteria, *checks], *rows]


def as_csv(data: dict[str, Any]) -> str:
    return spreadsheets.as_csv(rows_of(data))


def _group(group: CriterionGroup) -> dict[str, Any]:
    return {
        "order": group.order,
        "name_ko": group.name_ko,
        "name_en": group.name_en,
        "minimum_percent": group.minimum_percent,
        "tie_order": group.tie_order,
        "criteria": [
            {
                "order": criterion.order,
                "name_ko": criterion.name_ko,
                "name_en": criterion.name_en,
                "weight": criterion.weight,
                "max_points": criterion.max_points,
            }
            for criterion in group.criteria.all()
        ],
    }


def _sheets(results: list[Result]) -> dict[int, list[dict[str, Any]]]:
    """The versions that were counted, by result, in the order of the panel; answers as the version froze them."""
    of = {version: result.pk for result in results for version in result.versions}
    rows = (
        SheetVersion.objects.filter(pk__in=list(of))
        .order_by("sheet__assignment__panelist__place", "pk")
        .values_list("pk", "sheet__assignment__panelist__place", "ordinal", "points")
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for pk, place, ordinal, points in rows:
        found.setdefault(of[pk], []).append({"place": place, "version": ordinal, "points": points})
    return found


def _entry(
    result: Result,
    groups: list[CriterionGroup],
    criteria: list[Criterion],
    checks: list[StageCheck],
    sheets: list[dict[str, Any]],
) -> dict[str, Any]:
    scored = result.total is not None
    return {
        "code": result.code,
        "sheets": sheets,
        "total": _decimal(result.total),
        "group_means": [result.group_means[str(group.pk)] for group in groups] if scored else None,
        "criterion_means": [result.criterion_means[str(one.pk)] for one in criteria] if scored else None,
        "checks": [result.checks[str(check.pk)] for check in checks] if checks and result.checks else None,
        "passed": result.passed,
        "place": result.rank,
        "outcome": result.outcome,
        **_revision(result),
        **(_named(result) if result.outcome == Outcome.SELECTED else {}),
    }


def _revision(result: Result) -> dict[str, Any]:
    """Of a revision: which one, the code of the one that it supersedes, and the one of the list it is placed in."""
    if result.supersedes is None or result.original is None:
        return {}
    return {
        "revision": result.ordinal,
        "supersedes": result.supersedes.code,
        "in_the_list": result.original.code
        if result.original.entry.round_id == result.entry.round.beside_id
        else None,
    }


def _decimal(value: Any) -> str | None:
    return None if value is None else str(value)


def _named(result: Result) -> dict[str, Any]:
    """Who was selected; a person is known by the number of the submission alone."""
    submission = result.entry.submission
    organisation = submission.applicant_organisation
    return {
        "submission": submission.number,
        "applicant_ko": organisation.name_ko if organisation else None,
        "applicant_en": (organisation.name_en or None) if organisation else None,
        "revision_sha256": result.entry.revision.sha256,
        "inputs_sha256": result.inputs_sha256,
    }


def _utc(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat(timespec="microseconds") if instant else None
