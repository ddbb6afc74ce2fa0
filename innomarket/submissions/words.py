"""Words for instants and titles that wait for the reader's language, and the addresses that messages name."""

from datetime import datetime
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import get_language

from innomarket.common import formats


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def _moment(instant: datetime) -> str:
    return formats.kst(instant, _language())


def _titled(obj: Any, field: str) -> str:
    first = getattr(obj, f"{field}_{_language()}", "")
    return first or getattr(obj, f"{field}_ko", "") or getattr(obj, f"{field}_en", "")


moment = lazy(_moment, str)
"""Date, weekday, time and zone of an instant, e.g. "Sun 31 May 2020, 18:00 KST"."""

titled = lazy(_titled, str)
"""``titled(call, "title")``: the Korean or the English title; where one is missing, the other."""


def call_path(call: Any) -> str:
    """The page of a call, without language prefix (as messages and milestones store it)."""
    return f"/calls/{call.number}/"


def submission_path(submission: Any, page: str) -> str:
    """A page of a submission ("receipt", "check"), without language prefix."""
    return f"/submissions/{submission.number}/{page}/"


def supplement_path(request: Any) -> str:
    """The applicant's page of a supplement request, without language prefix."""
    return f"/supplements/{request.number}/"
