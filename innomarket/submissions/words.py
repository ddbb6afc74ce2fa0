"""Words for instants and titles that wait for the reader's language, and the addresses that messages name."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innomarket.common import formats
from innomarket.notifications.rendering import Lines


def _language() -> str:
    return "en" if (get_language() or "ko").startswith("en") else "ko"


def _moment(instant: date | datetime) -> str:
    return formats.kst(instant, _language())


def _titled(obj: Any, field: str) -> str:
    first = getattr(obj, f"{field}_{_language()}", "")
    return first or getattr(obj, f"{field}_ko", "") or getattr(obj, f"{field}_en", "")


def file_lines(files: list[tuple[Any, int, str]]) -> Lines:
    """(Slot's label, bytes, SHA-256) of each file, one a line: no file names, which are sealed content."""
    lines = [f"– {label}, {formats.filesize(size)}, SHA-256 {sha256}" for label, size, sha256 in files]
    return Lines("\n" + "\n".join(lines) if lines else "–")


def rule_line(rule: Any) -> str:
    """Which dated rule a page follows: its source, and whether it is our default."""
    if rule.is_default:
        return _("Rule in force (our default). Source: %(source)s") % {"source": rule.source_in_words()}
    return _("Rule in force. Source: %(source)s") % {"source": rule.source_in_words()}


def closing_rule_lines(rule: Any) -> list[str]:
    """What the rule asks of the closing of an announced call; nothing where there is none."""
    if rule is None:
        return []
    words = (
        _("Announced calls close on the hour, at most %(n)s in one hour.")
        if rule.on_the_hour and settings.CLOSING_ON_THE_HOUR
        else _("At most %(n)s announced calls close in one hour.")
    )
    return [words % {"n": f"{rule.most_in_an_hour:,}"}, rule_line(rule)]


def verify_url(number: str, sha256: str) -> Lines:
    """The public address that answers whether a receipt number and a SHA-256 belong together."""
    prefix = "/en" if _language() == "en" else ""
    return Lines(f"{settings.PUBLIC_URL}{prefix}/verify/?number={number}&sha256={sha256}")


moment = lazy(_moment, str)
"""Date, weekday, time and zone of an instant, e.g. "Sun 31 May 2020, 18:00 KST"; of a plain date the day."""

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
