"""What an outage does to a closing and an opening: the rule alone, without the database.

Half-open throughout: an outage runs over [starts_at, ends_at), office hours over [09:00, 18:00) in Seoul, and a
working day is none of Saturday, Sunday and Korea's public and substitute holidays. Instants are aware.
Lengths and hours are those of the dated ``OutageRule``.

Source of the rule: the terms of KONEPS, annex 3 (during an outage +2 h and +3 h from the recovery notice, within
two hours after it +2 h each, longer than two hours +24 h and +25 h, past office hours the next working day). Where
they are silent, our default: the standing closing is judged, lengths of several outages are not added up.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from innomarket.common.clock import KST
from innomarket.common.working_days import is_working_day

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Terms:
    """The lengths and hours of the rule; ``OutageRule.terms()`` gives those of a day."""

    short: timedelta = timedelta(hours=2)
    """Up to this length an outage is short; a closing this soon after the recovery is affected too."""
    short_closing: timedelta = timedelta(hours=2)
    short_opening: timedelta = timedelta(hours=3)
    long_closing: timedelta = timedelta(hours=24)
    long_opening: timedelta = timedelta(hours=25)
    reopened: timedelta = timedelta(hours=2)
    """How long a call is open again whose new closing would already be past."""
    day_begins: time = time(9)
    day_ends: time = time(18)
    otherwise: time = time(10)
    """The time of day where the standing closing's own lies outside office hours."""


@dataclass(frozen=True)
class Span:
    """An outage: from, recovery, and the instant at which the recovery was announced (not before it)."""

    starts_at: datetime
    ends_at: datetime
    noticed_at: datetime


@dataclass(frozen=True)
class Times:
    """A standing closing and the opening that belongs to it."""

    closes_at: datetime
    opening_at: datetime


def closing_is_affected(closes_at: datetime, span: Span, terms: Terms) -> bool:
    """In the outage, or within two hours after its end."""
    return span.starts_at <= closes_at < span.ends_at + terms.short


def moved(times: Times, span: Span, terms: Terms) -> Times:
    """What one outage makes of the standing times; the same times where it does not affect them.

    Neither is ever moved to an earlier instant: an opening that was announced for a later day stays.
    """
    if not closing_is_affected(times.closes_at, span, terms):
        return _opening_alone(times, span, terms)
    if span.ends_at - span.starts_at > terms.short:
        raw = Times(span.noticed_at + terms.long_closing, span.noticed_at + terms.long_opening)
    elif times.closes_at < span.ends_at:
        raw = Times(span.noticed_at + terms.short_closing, span.noticed_at + terms.short_opening)
    else:
        raw = Times(times.closes_at + terms.short_closing, times.opening_at + terms.short_closing)
    return _settled(raw, times, terms)


def moved_by_all(times: Times, spans: Iterable[Span], terms: Terms) -> Times:
    """Several outages, each judged on what those before it in time have made of the closing."""
    for span in sorted(spans, key=lambda one: one.starts_at):
        times = moved(times, span, terms)
    return times


def from_decision(times: Times, standing: Times, decided_at: datetime, terms: Terms) -> Times:
    """A new closing that is already past when it is decided: two hours from then; else unchanged."""
    if times.closes_at > decided_at:
        return times
    closes_at = decided_at + terms.reopened
    distance = times.opening_at - times.closes_at
    return _settled(Times(closes_at, closes_at + distance), standing, terms)


def in_office_hours(instant: datetime, terms: Terms) -> bool:
    local = instant.astimezone(KST)
    return is_working_day(local.date()) and terms.day_begins <= local.time() < terms.day_ends


def full_minute(instant: datetime) -> datetime:
    """Rounded up."""
    floor = instant.replace(second=0, microsecond=0)
    return floor if floor == instant else floor + MINUTE


def _opening_alone(times: Times, span: Span, terms: Terms) -> Times:
    if not span.starts_at <= times.opening_at < span.ends_at:
        return times
    return Times(times.closes_at, full_minute(span.noticed_at + terms.short_opening))


def _settled(raw: Times, standing: Times, terms: Terms) -> Times:
    """Full minutes and office hours for the closing; the opening keeps its distance."""
    closes_at = full_minute(raw.closes_at)
    if not in_office_hours(closes_at, terms):
        closes_at = _next_office_hours(closes_at, standing.closes_at, terms)
    opening_at = raw.opening_at + (closes_at - raw.closes_at)
    return Times(closes_at, max(opening_at, standing.opening_at))


def _next_office_hours(instant: datetime, standing: datetime, terms: Terms) -> datetime:
    """The first working day whose office hours follow, at the standing time of day or the one instead."""
    at = full_minute(standing).astimezone(KST).time()
    if not terms.day_begins <= at < terms.day_ends:
        at = terms.otherwise
    day = instant.astimezone(KST).date()
    while not (is_working_day(day) and datetime.combine(day, terms.day_begins, KST) > instant):
        day += timedelta(days=1)
    return datetime.combine(day, at, KST)
