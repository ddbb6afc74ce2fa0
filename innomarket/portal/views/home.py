"""The home page: what is open now, how it works, what came of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from innomarket.common import clock
from innomarket.submissions.models import Call

from .. import plots, reads

SHOWN_CALLS = 3


def home(request: HttpRequest) -> HttpResponse:
    calls = reads.open_calls(request.user)
    shown = list(calls[:SHOWN_CALLS])
    numbers = reads.figures()
    context = {
        "now": clock.now(),
        "calls": [{"call": call, "who": applicants_of(call)} for call in shown],
        "call_count": calls.count(),
        "products": reads.latest_products(request.user),
        "figures": numbers,
        "bars": plots.bars(funnel(numbers)),
    }
    return render(request, "portal/home.html", context)


def funnel(numbers: reads.Figures) -> list[tuple[str, int, int]]:
    """The way from a need to a purchase, for the plot and its table."""
    return [
        (_("Challenge tasks received"), numbers.tasks, 2),
        (_("Tasks selected"), numbers.selected, 1),
        (_("Proposals received"), numbers.proposals, 2),
        (_("Products designated"), numbers.designated, 1),
        (_("Pilot purchases"), numbers.pilots, 1),
    ]


def applicants_of(call: Call) -> str:
    """Who may answer a call, in one word for its card."""
    return {
        reads.TASK: _("Public institutions"),
        reads.PROPOSAL: _("Companies"),
        reads.IDEA: _("Everybody"),
    }.get(call.kind, "")
