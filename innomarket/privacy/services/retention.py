"""Delete what is older than its dated rule allows: seen in a dry run, carried out in batches, each on record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Min

from innomarket.audit import services as audit
from innomarket.common import personal
from innomarket.common.clock import KST, now

from ..models import RetentionRule, RetentionRun

log = structlog.get_logger(__name__)
BATCH = 200


def preview() -> list[dict[str, Any]]:
    """For each noun what would go today: count, oldest, months. Changes nothing."""
    return [_line(part) for part in personal.kept.values()]


def apply() -> RetentionRun:
    """Delete what is due, noun by noun; rows that others hold are left for the next night."""
    run = RetentionRun.objects.create()
    counts: dict[str, dict[str, Any]] = {}
    for part in personal.kept.values():
        line = _line(part)
        if line["before"] is None or not line["count"]:
            continue
        try:
            n = _delete(run, part, line["before"])
        except Exception:  # one noun does not keep the others
            log.exception("retention failed", noun=part.noun)
            counts[part.noun] = {"count": 0, "failed": True}
            continue
        oldest = line["oldest"]
        counts[part.noun] = {"count": n, "oldest": oldest.isoformat() if oldest else None}
    run.counts, run.finished_at = counts, now()
    run.save(update_fields=["counts", "finished_at"])
    return run


def months_before(instant: datetime, months: int) -> datetime:
    """The same time of day so many calendar months earlier in Seoul; the month's last day where it is shorter."""
    local = instant.astimezone(KST)
    year, month = divmod(local.year * 12 + local.month - 1 - months, 12)
    for day in range(local.day, 0, -1):
        try:
            return local.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _line(part: personal.Kept) -> dict[str, Any]:
    rule = RetentionRule.objects.filter(noun=part.noun, valid__contains=now().astimezone(KST).date()).first()
    found: dict[str, Any] = {"noun": part.noun, "title": part.title, "rule": rule, "before": None}
    if rule is None:  # without a rule nothing is deleted
        return found | {"count": 0, "oldest": None, "months": None}
    before = months_before(now(), rule.months)  # type: ignore[attr-defined]
    rows = part.rows(before)
    return found | {
        "before": before,
        "count": rows.count(),
        "oldest": rows.aggregate(oldest=Min(part.at))["oldest"],
        "months": rule.months,  # type: ignore[attr-defined]
    }


def _delete(run: RetentionRun, part: personal.Kept, before: datetime) -> int:
    deleted, last = 0, None
    while True:
        with transaction.atomic():
            due = part.rows(before).order_by("pk").select_for_update(of=("self",), skip_locked=True)
            rows = list((due.filter(pk__gt=last) if last is not None else due)[:BATCH])
            if not rows:
                return deleted
            last = rows[-1].pk
            keys = [_key(row) for row in rows]
            part.remove(rows)
            audit.record(
                actor=None,
                verb="privacy.retention",
                subject=run,
                changes={"noun": part.noun, "count": len(rows), "ids": keys},
            )
            deleted += len(rows)


def _key(row: Any) -> Any:
    return row.pk if isinstance(row.pk, int) else "…"  # a session's key opens it
