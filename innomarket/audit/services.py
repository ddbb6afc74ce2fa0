"""Change a row and say so in the history: one call, one transaction."""

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models, transaction

from innomarket.common.sealed_fields import is_sealed

from .models import Entry

M = TypeVar("M", bound=models.Model)

# What may stand in the history as a value; of anything else only the field's name is kept.
PLAIN = (bool, int, type(None), date, datetime)


def record(
    *, actor: Any, verb: str, subject: models.Model, changes: dict[str, Any] | None = None, reason: str = ""
) -> Entry:
    """Add one entry. ``actor`` is a user, or None where the system acts."""
    return Entry.objects.create(
        actor=actor,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(getattr(subject, "number", ""))[:120],
        changes=changes or {},
        reason=reason,
    )


def created(subject: M, *, actor: Any, verb: str, reason: str = "", **changes: Any) -> M:
    """Insert a new row and record it."""
    with transaction.atomic(savepoint=False):
        subject.save(force_insert=True)
        record(actor=actor, verb=verb, subject=subject, changes=changes, reason=reason)
    return subject


def changed(subject: M, *, actor: Any, verb: str, reason: str = "", **fields: Any) -> M:
    """Set the given fields, save exactly these, and record their names (and values where harmless).

    A state, a date, an amount or a key is kept with its old and new value; of a text, and of whatever lies
    sealed in its table, only that it changed.
    """
    changes: dict[str, Any] = {}
    for name, value in fields.items():
        old = getattr(subject, name)
        if old == value:
            continue
        field = subject._meta.get_field(name)
        shown = isinstance(field, models.Field) and (name == "state" or bool(field.choices))
        changes[name] = ["…", "…"] if is_sealed(field) else [_plain(old, shown), _plain(value, shown)]
        setattr(subject, name, value)
    with transaction.atomic(savepoint=False):
        subject.save(update_fields=list(fields))
        record(actor=actor, verb=verb, subject=subject, changes=changes, reason=reason)
    return subject


def _plain(value: Any, shown: bool) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PLAIN) or shown:
        return value
    return "…"
