"""Who submitted and when, as one plain list under one SHA-256: frozen with the recorded opening."""

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from innomarket.common import spreadsheets
from innomarket.common.clock import KST

from ..models import Call, Opening, Submission
from ..states import SubmissionState

FORMAT = "innomarket-roster-1"


def roster_of(call: Call, at: Any) -> dict[str, Any]:
    """The list as it stands now; hold the call's lock. What was never submitted is not in it.

    What was withdrawn is listed as withdrawn, also where somebody wrote on in it afterwards: then it is a draft
    again, and what was received is the same.

    Applicants are named by their keys, as in a revision's frozen text (``freezing.py``), and organisations by
    their names of that day too.
    """
    rows = (
        Submission.objects.filter(lot__call=call, current__isnull=False)
        .select_related("lot", "current", "applicant_organisation")
        .defer("current__sections", "current__title", "title")
        .order_by("number")
    )
    counted = set(
        rows.filter(applicant_organisation__state="verified", applicant_organisation__decided_at__lt=at)
        .order_by()
        .values_list("pk", flat=True)
    )
    return {
        "format": FORMAT,
        "call": call.number,
        "closed_at": call.closed_at.isoformat() if call.closed_at else None,
        "opened_at": at.isoformat(),
        "submissions": [_row(row, row.pk in counted) for row in rows.iterator(chunk_size=2000)],
    }


def _row(submission: Submission, counted: bool) -> dict[str, Any]:
    organisation, revision = submission.applicant_organisation, submission.current
    assert revision is not None
    stands = submission.state == SubmissionState.SUBMITTED
    return {
        "number": submission.number,
        "lot": submission.lot.order,
        "state": (SubmissionState.SUBMITTED if stands else SubmissionState.WITHDRAWN).value,
        "applicant": f"organisation:{organisation.pk}"
        if organisation
        else f"person:{submission.applicant_person_id}",
        "name_ko": organisation.name_ko if organisation else None,
        "name_en": organisation.name_en if organisation else None,
        "verified": counted or organisation is None,
        "ordinal": revision.ordinal,
        "submitted_at": revision.submitted_at.isoformat(),
        "sha256": revision.sha256,
    }


def named_rows(opening: Opening) -> list[dict[str, Any]]:
    """For staff: the rows with the applicant's name; a person's is the one of today."""
    rows = opening.roster["submissions"] if opening.roster else []
    keys = [int(row["applicant"][7:]) for row in rows if row["applicant"].startswith("person:")]
    people = get_user_model().objects.in_bulk(keys)
    states = dict(SubmissionState.choices)
    return [
        {
            **row,
            "name": row["name_ko"] or str(people.get(int(row["applicant"].partition(":")[2]), "–")),
            "state_label": states[row["state"]],
            "at": datetime.fromisoformat(row["submitted_at"]),
        }
        for row in rows
    ]


def as_csv(opening: Opening) -> str:
    """For staff to keep: UTF-8 with its mark, times in KST; no cell begins what a spreadsheet calculates."""
    head = [
        _("Number"),
        _("Lot"),
        _("State"),
        _("Applicant"),
        _("Verified"),
        _("Revision"),
        _("Submitted at"),
    ]
    rows = [
        (
            row["number"],
            row["lot"],
            row["state_label"],
            row["name"],
            _("Yes") if row["verified"] else _("No"),
            f"{row['ordinal']:02}",
            row["at"].astimezone(KST).isoformat(sep=" ", timespec="seconds"),
            row["sha256"],
        )
        for row in named_rows(opening)
    ]
    last = (_("SHA-256 of the list"), opening.roster_sha256)
    return spreadsheets.as_csv([(*head, "SHA-256"), *rows, last])
