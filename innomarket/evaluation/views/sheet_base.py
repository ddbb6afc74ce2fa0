"""One's own assignment to an entry: what the pages about one entry begin with."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from innomarket.common.refusals import ask

from .. import permissions
from ..models import Assignment
from .seat import SeatMixin


class AssignmentMixin(SeatMixin):
    """One's own assignment to an entry of the round; a recused one is refused in words."""

    assignment: Assignment

    def seated(self, request: HttpRequest) -> HttpResponse | None:
        """None, or where to go first."""
        found = self.panelist.assignments.select_related(
            "entry__revision", "entry__submission__lot__call", "panelist"
        )
        self.assignment = get_object_or_404(found, entry__order=self.kwargs["order"])
        if self.panelist.declared_at is None:
            return redirect("evaluation:round", self.round.number)
        if self.assignment.recusal_id is not None:
            ask(permissions.may_score(request.user, self.assignment))
        return None

    def crumbs(self) -> list[tuple[Any, str]]:
        return [
            (_("My evaluations"), reverse("evaluation:queue")),
            (self.round.number, reverse("evaluation:round", args=[self.round.number])),
        ]
