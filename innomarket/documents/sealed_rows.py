"""Encrypt the texts of rows from before the sealing, in every model that has sealed columns."""

from collections.abc import Iterator
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from innomarket.audit.services import record
from innomarket.common.sealed_fields import MARK, sealed_fields

BATCH = 200


def seal_all() -> Iterator[tuple[str, int]]:
    """(model, rows encrypted) of each model, one transaction for each batch. Running it again changes nothing."""
    for model in apps.get_models():
        if sealed_fields(model):
            yield model._meta.label, seal_rows(model)


def seal_rows(model: type[models.Model]) -> int:
    """Write the plain texts of a model's rows anew, encrypted; how many rows. What is public stays plain.

    Frozen rows too: their content and its SHA-256 stay what they are, only the spelling in the table changes. This
    one service sets the trigger aside for that, and says so in the audit.
    """
    sealed, last = 0, None
    while True:
        with transaction.atomic():
            found = _plain_rows(model)
            rows = list((found.filter(pk__gt=last) if last is not None else found)[:BATCH])
            if not rows:
                return sealed
            last = rows[-1].pk
            sealed += sum(_seal(row) for row in rows)


def _plain_rows(model: Any) -> models.QuerySet[Any]:
    """Locked, in the order of their keys: rows with a text that does not begin as a sealed one does."""
    plain, shown = Q(), {}
    for field in sealed_fields(model):
        shown[f"stored_{field.name}"] = Cast(field.name, models.TextField())
        stored = f"stored_{field.name}"
        empty = Q(**{f"{stored}__in": ["", "null"]}) | Q(**{f"{stored}__isnull": True})
        marked = Q(**{f"{stored}__startswith": MARK}) | Q(**{f"{stored}__startswith": f'"{MARK}'})
        plain |= ~(empty | marked)
    return model._base_manager.alias(**shown).filter(plain).order_by("pk").select_for_update(of=("self",))


def _seal(row: Any) -> bool:
    if hasattr(row, "is_public") and row.is_public():
        return False
    model = type(row)
    frozen = [f"{model._meta.label}:{trigger.name}" for trigger in getattr(model._meta, "triggers", ())]
    names = [field.name for field in sealed_fields(model)]
    if frozen:
        with pgtrigger.ignore(*frozen):
            row.save(update_fields=names)
    else:
        row.save(update_fields=names)
    record(actor=None, verb="documents.seal_row", subject=row, changes={"fields": names})
    return True
