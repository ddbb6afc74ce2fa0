"""Evaluation's sentence in ``submissions.readers``: who reads a submission in order to judge it."""

from typing import Any

from django.db.models import Q

from .models import Entry


def assigned_evaluators(user: Any) -> Q:
    """Members of the panel read what is assigned to them, never an entry from which they are recused.

    From their declaration until the results are published (``Entry.objects.assigned_to``). In a blind stage nobody
    reads it so: its pages come by the seat (``views/blind.py``), and the submission's number appears nowhere.
    """
    return Q(pk__in=Entry.objects.assigned_to(user).openly().order_by().values("submission"))
