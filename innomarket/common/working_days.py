"""Working days in Korea: neither weekend nor a public or substitute holiday. Pure functions over days in Seoul."""

from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from .clock import KST

DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Neither Saturday nor Sunday nor a public or substitute holiday in Korea."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_days_after(day: date, days: int) -> date:
    """The ``days``-th working day after a day. The day itself does not count, whatever day it is."""
    left = days
    while left:
        day += DAY
        left -= is_working_day(day)
    return day


def end_of_working_days(instant: datetime, days: int) -> datetime:
    """24:00 in Seoul of the ``days``-th working day after the day of an instant: the end of a half-open time."""
    last = working_days_after(instant.astimezone(KST).date(), days)
    return datetime.combine(last + DAY, time(), KST)


def working_days_between(day: date, last: date) -> int:
    """How many working days lie after ``day`` up to ``last``, with it; 0 where ``last`` is not later."""
    return sum(is_working_day(day + n * DAY) for n in range(1, (last - day).days + 1))


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("KR", years=year))
