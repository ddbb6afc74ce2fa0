"""The workspace: what to do, whom one waits for, what is new."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from innomarket.privacy.reads import unanswered

from .. import workspace as reads


@require_safe
@login_required
def workspace(request: HttpRequest) -> HttpResponse:
    found = reads.of(request.user)
    context = {
        "space": found,
        "now": found.now,
        "unanswered": unanswered(request.user),
        "most_urgent": next((t for t in found.tasks if t.due and t.due > found.now), None),
    }
    response = render(request, "portal/workspace.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
