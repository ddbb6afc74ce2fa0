"""Whether a receipt number and a SHA-256 belong together: what anybody may ask without signing in.

The answer says that it was received, when, to which call, and whether it still stands; nothing of its content
and not whose it is. Two queries, whatever was asked, so that an unknown number answers like a wrong hash.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from innomarket.common.numbers import ordinal

from .models import Revision, RevisionFile
from .states import SubmissionState

_NUMBER = re.compile(r"([A-Z0-9]{4,20})(?:-([0-9]{2,4}))?")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Match:
    """A revision whose SHA-256 (``of_whole``) or one of whose files' it is.

    ``state``: "stands", "replaced" (by ``later`` at ``later_at``) or "withdrawn" (``later_at`` where known).
    """

    number: str
    received_at: datetime
    call: Any
    of_whole: bool
    state: str
    later: str = ""
    later_at: datetime | None = None


def clean_number(text: str) -> str | None:
    """A receipt number with or without its ordinal, however it was pasted; None where it is none."""
    number = "".join(text.split()).upper()
    return number if _NUMBER.fullmatch(number) else None


def clean_sha256(text: str) -> str | None:
    """64 hexadecimal digits in lower case; spaces and colons are dropped. None where it is no SHA-256."""
    digits = "".join(text.replace(":", " ").split()).lower()
    return digits if _SHA256.fullmatch(digits) else None


def matches(number: str, sha256: str) -> list[Match]:
    """The revisions of ``number`` (cleaned) to which the SHA-256 belongs, the newest first; else an empty list."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        return []
    revisions = list(
        Revision.objects.filter(submission__number=found[1])
        .select_related("submission__lot__call")
        .only(
            "ordinal",
            "sha256",
            "submitted_at",
            "submission__number",
            "submission__state",
            "submission__current_id",
            "submission__withdrawn_at",
            "submission__lot__call__number",
            "submission__lot__call__title_ko",
            "submission__lot__call__title_en",
        )
        .order_by("-ordinal")
    )
    files = list(
        RevisionFile.objects.filter(revision__submission__number=found[1]).values_list(
            "revision_id", "sha256"
        )
    )
    holding = {place for place, own in files if hmac.compare_digest(own, sha256)}
    answers = []
    for place, revision in enumerate(revisions):
        whole = hmac.compare_digest(revision.sha256, sha256)
        wanted = found[2] is None or int(found[2]) == revision.ordinal
        if wanted and (whole or revision.pk in holding):
            answers.append(_match(revision, revisions[place - 1] if place else None, whole))
    return answers


def _match(revision: Revision, later: Revision | None, whole: bool) -> Match:
    submission = revision.submission
    stands = submission.state == SubmissionState.SUBMITTED and submission.current_id == revision.pk
    state = "stands" if stands else "replaced" if later else "withdrawn"
    return Match(
        number=_receipt(revision),
        received_at=revision.submitted_at,
        call=submission.lot.call,
        of_whole=whole,
        state=state,
        later=_receipt(later) if later and not stands else "",
        later_at=None if stands else later.submitted_at if later else submission.withdrawn_at,
    )


def _receipt(revision: Revision) -> str:
    return f"{revision.submission.number}-{ordinal(revision.ordinal)}"
