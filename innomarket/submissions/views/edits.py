"""Who worked on which part of a draft, and what of it came after a page was shown."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innomarket.common import formats

from .. import kinds
from ..models import Revision, Submission

SHOWN = 20
FIELD = "saved_at"


def latest(submission: Submission) -> list[dict[str, Any]]:
    """The last stretches of work, the latest first: each with the title of its part."""
    return _titled(submission, submission.edits.select_related("by")[:SHOWN])


def stamp(submission: Submission) -> str:
    """What a page that shows the whole draft carries in ``FIELD``: the instant of the last change that it shows."""
    return submission.saved_at.isoformat()


def unseen(submission: Submission, revision: Revision, stamp: str) -> SafeString | None:
    """Which parts of a revision changed after the page that carried ``stamp``, and by whom; None where none did.

    A submission is never refused for it: in the last minute it would be lost. It is said beside its receipt.
    """
    since = _instant(stamp)
    if since is None:
        return None
    rows = submission.edits.select_related("by").filter(last_at__gt=since, last_at__lte=revision.submitted_at)
    parts = [
        f"{one['title']} ({one['edit'].by}, {formats.kst_time(one['edit'].last_at)})"
        for one in _titled(submission, rows[:SHOWN])
    ]
    if not parts:
        return None
    said = _("This changed after your page was shown, and was submitted with it: %(parts)s.") % {
        "parts": " · ".join(parts)
    }
    if not revision.ordinal:
        return format_html("{}", said)
    return format_html(
        '{} <a href="{}?from={}&amp;to={}">{}</a>',
        said,
        reverse("submissions:compare", args=[submission.number]),
        revision.ordinal - 1,
        revision.ordinal,
        _("Compare with the revision before"),
    )


def _titled(submission: Submission, rows: Any) -> list[dict[str, Any]]:
    kind = kinds.of(submission)
    titles = {step.code: step.title for step in kind.steps} | {slot.code: slot.label for slot in kind.slots}
    return [{"edit": edit, "title": titles.get(edit.step, edit.step)} for edit in rows]


def _instant(stamp: str) -> datetime | None:
    """None where a page sent something else: nothing is said then."""
    try:
        found = parse_datetime(stamp)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
