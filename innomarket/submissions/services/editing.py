"""Note who works on which part of a draft."""

from datetime import datetime, timedelta
from typing import Any

from ..models import DraftEdit, Submission

PAUSE = timedelta(minutes=10)


def note_edit(submission: Submission, *, by: Any, step: str, at: datetime) -> bool:
    """Count a save of a step or of a place of files; True where another row of the history begins.

    The caller holds the draft's lock. Work goes on in the same row while nobody else saved in between and the
    pause is shorter than ten minutes.
    """
    last = DraftEdit.objects.filter(submission=submission).first()
    if last and last.by_id == by.pk and last.step == step and at - last.last_at < PAUSE:
        last.last_at, last.saves = at, last.saves + 1
        last.save(update_fields=["last_at", "saves"])
        return False
    DraftEdit.objects.create(submission=submission, by=by, step=step, began_at=at, last_at=at)
    return True
