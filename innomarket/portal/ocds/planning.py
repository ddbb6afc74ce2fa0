"""The need before a call: the task as it was frozen, its budget, and the steps that made it public."""

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.public_documents import instant
from challenges import names

from .facts import Process
from .parties import Parties
from .values import korean, page, won


def planning_at(process: Process, at: datetime, parties: Parties) -> dict[str, Any] | None:
    """Nothing before the task was made public, and in the processes of its further calls."""
    task = process.task
    if task is None or not process.plans or task.published_at is None or task.published_at > at:
        return None
    submission = task.submission
    revision = names.frozen(submission)
    answers = {section["key"]: section["value"] for section in revision.sections}
    if submission.applicant_organisation:
        parties.organisation(submission.applicant_organisation, "user")
    url = names.url(submission)
    budget = answers.get("budget_won")
    return {
        **({"rationale": answers["problem"]} if answers.get("problem") else {}),
        **({"budget": {"description": revision.title, "amount": won(budget)}} if budget else {}),
        "documents": [
            page(submission.number, "needsAssessment", url, _("Challenge task"), task.published_at)
        ],
        "milestones": [
            _met("proposed", _("The task was proposed"), submission.submitted_at),
            _met("selected", _("The task was selected and made public"), task.published_at),
        ],
    }


def _met(id: str, title: Promise | str, at: datetime | None) -> dict[str, Any]:
    return {
        "id": id,
        "title": korean(title),
        "type": "preProcurement",
        "status": "met",
        **({"dateMet": instant(at)} if at else {}),
    }
