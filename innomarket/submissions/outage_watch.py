"""From the history of readiness to outages: the rule alone, without the database.

Two neighbouring probes hold a good stretch between them when both found the portal standing and no more than
``silence`` lies between them. Everything else is a bad stretch: from the last good answer to the next good one,
which is in the applicants' favour. Our default: domain.md §6 says nothing of how an outage is found.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

BACKGROUND = frozenset({"worker", "beat"})
"""Without these applicants can still write and submit."""


@dataclass(frozen=True)
class Probe:
    at: datetime
    failed: frozenset[str] = frozenset()

    @property
    def stands(self) -> bool:
        return not self.failed - BACKGROUND


@dataclass(frozen=True)
class Stretch:
    """[starts_at, ends_at) in which applicants could not work, or in which nobody could say."""

    starts_at: datetime
    ends_at: datetime
    failed: frozenset[str]
    silent: bool
    """Whether a part of it is a silence: no answer could be asked for or written down."""


def stretches(
    probes: Sequence[Probe], *, silence: timedelta, join: timedelta, least: timedelta
) -> list[Stretch]:
    """Outages that are over, from probes in the order of time.

    Bad stretches less than ``join`` apart are one (flapping); what is shorter than ``least`` is left out, and so is
    one that ended less than ``join`` before the last probe: it may go on.
    """
    if not probes:
        return []
    merged: list[Stretch] = []
    for one in _bad(probes, silence):
        if merged and one.starts_at - merged[-1].ends_at < join:
            last = merged.pop()
            one = Stretch(last.starts_at, one.ends_at, last.failed | one.failed, last.silent or one.silent)
        merged.append(one)
    settled = probes[-1].at - join
    return [one for one in merged if one.ends_at - one.starts_at >= least and one.ends_at <= settled]


def _bad(probes: Sequence[Probe], silence: timedelta) -> Iterable[Stretch]:
    for before, after in pairwise(probes):
        silent = after.at - before.at > silence
        if silent or not (before.stands and after.stands):
            failed = (before.failed | after.failed) - BACKGROUND
            yield Stretch(before.at, after.at, failed, silent)
