"""What a page showed of a change before its button: nobody decides on what was written after they looked."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .models import ListingChange

MARK, SHOWN = "seen", "shown"
Lines = list[dict[str, str]]


class Seen:
    """``mark`` and ``shown`` go into hidden fields of the form; ``since`` says what became of what was shown there.

    ``lines`` is what differs as the page shows it now, ``given`` the form as it came back.
    """

    def __init__(self, change: ListingChange, lines: Lines, given: Mapping[str, str]) -> None:
        self.mark = change.mark
        self.shown = json.dumps([[line["label"], line["before"], line["after"]] for line in lines])
        changed = given.get(MARK, self.mark) != self.mark
        self.since = _since(_lines_of(given.get(SHOWN, "")), lines) if changed else []


def _lines_of(shown: str) -> Lines:
    """The lines that a page handed back; nothing where it is no page of ours."""
    try:
        return [
            {"label": label, "before": before, "after": after} for label, before, after in json.loads(shown)
        ]
    except (TypeError, ValueError):
        return []


def _since(earlier: Lines, now: Lines) -> Lines:
    """For each value that is no longer the one that was looked at: what it was to become then, and now."""
    then, there = ({line["label"]: line for line in lines} for lines in (earlier, now))
    found = []
    for label in dict.fromkeys([*there, *then]):
        old, new = then.get(label), there.get(label)
        before = old["after"] if old else new["before"] if new else ""
        after = new["after"] if new else old["before"] if old else ""
        if before != after:
            found.append({"label": label, "before": before, "after": after})
    return found
