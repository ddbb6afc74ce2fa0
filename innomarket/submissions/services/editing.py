"""Note who works on which part of a draft, and say who changed what since a page was opened."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ..models import DraftEdit, Submission

PAUSE = timedelta(minutes=10)


def note_edit(
    submission: Submission, *, by: Any, step: str, at: datetime, names: Iterable[str] = (), window: str = ""
) -> bool:
    """Count a save of a step or of a place of files; True where the history gains something to say.

    That is another row, or an answer that this row did not name yet. The caller holds the draft's lock and has
    counted its version up. Work goes on in the same row while nobody else saved in between (another window
    neither) and the pause is shorter than ten minutes.
    """
    fields = dict.fromkeys(names, submission.version)
    last = DraftEdit.objects.filter(submission=submission).first()
    if last and _goes_on(last, by, step, window, at):
        news = not set(fields) <= set(last.fields)
        last.last_at, last.saves, last.version = at, last.saves + 1, submission.version
        last.fields = last.fields | fields
        last.save(update_fields=["last_at", "saves", "version", "fields"])
        return news
    DraftEdit.objects.create(
        submission=submission,
        by=by,
        step=step,
        window=window,
        began_at=at,
        last_at=at,
        version=submission.version,
        fields=fields,
    )
    return True


def changed_since(
    submission: Submission, *, step: str, version: int, window: str = ""
) -> dict[str, DraftEdit]:
    """The answers of a step that others (or other windows) changed after a version: name → by whom, the latest."""
    rows = DraftEdit.objects.filter(submission=submission, step=step, version__gt=version)
    if window:
        rows = rows.exclude(window=window)
    found: dict[str, DraftEdit] = {}
    for row in rows.select_related("by").order_by("version", "pk"):
        found |= {name: row for name, changed in row.fields.items() if changed > version}
    return found


def _goes_on(last: DraftEdit, by: Any, step: str, window: str, at: datetime) -> bool:
    same = (last.by_id, last.step, last.window) == (by.pk, step, window)
    return same and at - last.last_at < PAUSE
