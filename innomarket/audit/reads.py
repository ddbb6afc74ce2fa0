"""When something was last done: what answers say as `Last-Modified`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Max, Q

from .models import Entry

# The newest entry of each verb is the first one of its part of an index, however long the history is.
LAST = """
    SELECT max(entry.recorded_at)
      FROM unnest(%s::text[]) AS asked(verb)
     CROSS JOIN LATERAL (SELECT max(id) AS id FROM audit_entry WHERE verb = asked.verb) newest
      JOIN audit_entry entry ON entry.id = newest.id
"""


def last_done(verbs: Iterable[str]) -> datetime | None:
    """When one of these was last done to anything, in real time; None where none ever was."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [list(verbs)])
        (at,) = cursor.fetchone()
    return at


def last_done_to(subjects: Iterable[models.Model], verbs: Iterable[str]) -> datetime | None:
    """When one of these was last done to one of these objects; None where none ever was."""
    asked = Q(pk__in=())
    for subject in subjects:
        asked |= Q(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))
    found: dict[str, Any] = Entry.objects.filter(asked, verb__in=list(verbs)).aggregate(at=Max("recorded_at"))
    return found["at"]
