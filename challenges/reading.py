"""Who else reads a challenge task: everybody, once it is public."""

from typing import Any

from django.db.models import Q

from innomarket.submissions import readers

from .models import Challenge


@readers.register
def everybody(user: Any) -> Q:
    """Selected tasks are public, with their content and attachments: the form says so."""
    return Q(pk__in=Challenge.objects.public().order_by().values("submission"))
