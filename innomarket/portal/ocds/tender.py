"""The call: one lot of it is the tender of one process. Before it is announced the task stands here as planned."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.public_documents import instant
from challenges import names
from innomarket.submissions.models import DeadlineMove, Lot

from .facts import Process
from .parties import Parties
from .values import korean, page

METHOD = _(
    "Proposals to the call are evaluated, the committee designates a product as an innovation product, and the agency"
    " buys it for a pilot by a private contract."
)


def tender_at(process: Process, at: datetime, parties: Parties) -> dict[str, Any] | None:
    """What was known of the call at that instant; nothing where neither task nor call were public."""
    announced = process.lot is not None and process.lot.call.announced_at is not None
    if process.lot is not None and announced and process.lot.call.announced_at <= at:  # type: ignore[operator]
        return _called(process, process.lot, at, parties)
    task = process.task
    if task is None or not process.plans or task.published_at is None or task.published_at > at:
        return None
    return {
        "id": process.local,
        "title": names.frozen(task.submission).title,
        **_asked_for(process),
        "status": "planning",
        "mainProcurementCategory": "goods",
    }


def _asked_for(process: Process) -> dict[str, str]:
    """What the solution must reach, in the words of the institution."""
    if process.task is None:
        return {}
    answers = {one["key"]: one["value"] for one in names.frozen(process.task.submission).sections}
    return {"description": answers["needed_performance"]} if answers.get("needed_performance") else {}


def _called(process: Process, lot: Lot, at: datetime, parties: Parties) -> dict[str, Any]:
    call = lot.call
    if lot.owner:
        parties.organisation(lot.owner, "user")
    tender: dict[str, Any] = {
        "id": process.local,
        "title": lot.title_ko,
        **_asked_for(process),
        "status": _status(process, at),
        "procuringEntity": parties.agency("procuringEntity"),
        "procurementMethod": "open",
        "procurementMethodDetails": korean(METHOD),
        "mainProcurementCategory": "goods",
        "awardCriteria": "ratedCriteria",
        "submissionMethod": ["electronicSubmission"],
        "submissionMethodDetails": korean(_("Proposals are submitted in this portal.")),
        "tenderPeriod": {"startDate": instant(call.opens_at), "endDate": instant(_closing(process, lot, at))},
        "documents": [
            page(call.number, "tenderNotice", f"/calls/{call.number}/", _("The call"), call.announced_at),
            *_published(process, at),
        ],
    }
    if any(one.published_at and one.published_at <= at for one in process.rounds):
        tender["numberOfTenderers"] = process.received
    if amendments := _amendments(process, at):
        tender["amendments"] = amendments
    return tender


def _status(process: Process, at: datetime) -> str:
    if process.cancelled_at and process.cancelled_at <= at:
        return "cancelled"
    if any(answer.was_chosen_at(at) for answer in process.answers):
        return "complete"
    return "unsuccessful" if process.concluded_at(at) else "active"


def _closing(process: Process, lot: Lot, at: datetime) -> datetime:
    """As it stood then: moved closings are on record with what was before."""
    if not process.moves:
        return lot.call.closes_at
    made = [move for move in process.moves if move.decided_at <= at]
    return made[-1].closes_at if made else process.moves[0].old_closes_at


def _published(process: Process, at: datetime) -> list[dict[str, Any]]:
    return [
        page(
            one.number,
            "evaluationReports",
            f"/rounds/{one.number}/",
            _("Published results"),
            one.published_at,
        )
        for one in process.rounds
        if one.has_file and one.published_at and one.published_at <= at  # type: ignore[attr-defined]
    ]


def _amendments(process: Process, at: datetime) -> list[dict[str, Any]]:
    """Changes of the words of the call, and moves of its deadline for all; not those for named applicants."""
    rows = [
        (one.made_at, f"amendment-{one.ordinal:02}", {"rationale": one.what_ko}) for one in process.amendments
    ]
    rows += [(one.decided_at, f"move-{one.ordinal}", _moved(one)) for one in process.moves]
    return [
        {"id": id_, "date": instant(when), **texts}
        for when, id_, texts in sorted(rows, key=lambda row: (row[0], row[1]))
        if when <= at
    ]


def _moved(move: DeadlineMove) -> dict[str, str]:
    """The reason as the call's page shows it."""
    before, after, text = move.old_closes_at, move.closes_at, _("Closing moved from %(before)s to %(after)s")
    if before == after:
        before, after = move.old_opening_at, move.opening_at
        text = _("Opening moved from %(before)s to %(after)s")
    return {
        "rationale": move.reason,
        "description": korean(text, before=instant(before), after=instant(after)),
    }
