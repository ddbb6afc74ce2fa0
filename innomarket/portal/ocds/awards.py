"""Proposals that were selected (pending) and designated (active). A designation that was ended is cancelled."""

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.public_documents import instant
from designation import names
from designation.models import Designation

from .facts import Answer
from .parties import Parties
from .values import first_moment, korean, last_moment, page


def award_at(answer: Answer, at: datetime, parties: Parties) -> dict[str, Any] | None:
    """Nothing before the proposal was published as selected, or designated."""
    submission, designation = answer.submission, answer.designation
    if designation is not None and designation.designated_at > at:
        designation = None
    selected_at = answer.first_selected_at()
    if designation is None and (selected_at is None or selected_at > at):
        return None
    company = designation.organisation if designation else submission.applicant_organisation
    award: dict[str, Any] = {
        "id": submission.number,
        "status": _status(answer, designation, at),
        "date": instant(designation.designated_at if designation else selected_at),  # type: ignore[arg-type]
        **({"suppliers": [parties.organisation(company, "supplier", "tenderer")]} if company else {}),
    }
    return award | _designated(designation, answer, at) if designation else award


def _ended(at: datetime, before: date, last: date) -> dict[str, str]:
    """The committee's decision; its reason is told to those who took part in it."""
    text = _("Ended by a decision of the committee: valid until %(last)s instead of %(before)s")
    return {"id": "end", "date": instant(at), "description": korean(text, last=last, before=before)}


def _status(answer: Answer, designation: Designation | None, at: datetime) -> str:
    if designation is not None:
        return "cancelled" if answer.ended_at and answer.ended_at <= at else "active"
    if any(decision.decided_at <= at for decision in answer.rejected):
        return "unsuccessful"
    return "pending" if answer.selected_at(at) else "cancelled"


def _designated(designation: Designation, answer: Answer, at: datetime) -> dict[str, Any]:
    issued = answer.issued_last or designation.last_day
    ended = answer.ended_at is not None and answer.ended_at <= at
    last = designation.last_day if ended else issued
    return {
        **({"amendments": [_ended(answer.ended_at, issued, last)]} if ended and answer.ended_at else {}),
        "title": designation.product_name_ko,
        "description": korean(
            _("Designated as an innovation product: %(number)s"), number=designation.number
        ),
        "items": [{"id": "1", "description": designation.product_name_ko}],
        "contractPeriod": {
            "startDate": first_moment(designation.designated_on),
            "endDate": last_moment(last),
        },
        "documents": [
            page(
                designation.number,
                "awardNotice",
                names.designation_url(designation),
                _("Designation as an innovation product"),
                designation.designated_at,
            )
        ],
    }
