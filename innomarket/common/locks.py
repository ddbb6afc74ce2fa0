"""Row locks, always parent before child and in the order of primary keys."""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.http import Http404

M = TypeVar("M", bound=Model)


def lock(model: type[M] | QuerySet[M], pk: object) -> M:
    """The row FOR UPDATE, freshly read; only the row itself, never what it is joined to."""
    queryset = model._default_manager.all() if isinstance(model, type) else model
    # Not in the order of the model: what that joins costs the planner more than the row does.
    row = queryset.select_for_update(of=("self",)).filter(pk=pk).order_by("pk").first()
    if row is None:
        raise Http404
    return row


def lock_all(queryset: QuerySet[M]) -> list[M]:
    """Several rows FOR UPDATE, in the order of their keys, so that two callers cannot block each other."""
    return list(queryset.select_for_update(of=("self",)).order_by("pk"))


def share(model: type[M], pk: Any) -> M:
    """The row FOR SHARE (the ORM has none): many may read it so at once, whoever changes it waits.

    Submitting takes the call so; closing or moving it takes FOR UPDATE and waits for those who run.
    """
    meta = model._meta
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT 1 FROM {quote(meta.db_table)} WHERE {quote(str(meta.pk.column))} = %s FOR SHARE", [pk]
        )
        if cursor.fetchone() is None:
            raise Http404
    return model._default_manager.get(pk=pk)
