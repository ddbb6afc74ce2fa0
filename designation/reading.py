"""Who else reads a proposal: the committee that decides on it."""

from typing import Any

from django.db.models import Q

from innomarket.submissions import readers

from .models import Motion


@readers.register
def committee_members(user: Any) -> Q:
    """Who sits on the committee on the day of the meeting and is not recused from the motion."""
    return Q(pk__in=Motion.objects.to_be_read_by(user).order_by().values("submission"))
