"""Working days in Korea, against the list of holidays and a count by hand."""

from datetime import date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innomarket.common.clock import KST, kst
from innomarket.common.working_days import (
    end_of_working_days,
    is_working_day,
    working_days_after,
    working_days_between,
)

YEARS = range(2024, 2029)
OFF = holidays.country_holidays("KR", years=range(2023, 2031))
days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
near_holidays = st.builds(
    lambda day, shift: day + timedelta(days=shift),
    st.sampled_from(sorted(day for day in OFF if day.year in YEARS)),
    st.integers(-15, 3),
)
counts = st.integers(1, 25)


@pytest.mark.parametrize(
    ("announced", "until"),
    [
        # A plain fortnight: ten working days, until 24:00 of the tenth.
        (kst(2026, 11, 2, 10), kst(2026, 11, 17)),
        # Chuseok 2026 (24 to 26 September), the substitute holiday of 5 October, and the weekends.
        (kst(2026, 9, 21, 18), kst(2026, 10, 9)),
        # Announced on a Saturday: Monday is the first day.
        (kst(2026, 11, 7, 1), kst(2026, 11, 21)),
        # The last instant of a day and the first of the next are a day apart.
        (kst(2026, 11, 2, 23, 59), kst(2026, 11, 17)),
        (kst(2026, 11, 3), kst(2026, 11, 18)),
    ],
)
def test_time_to_object_ends_at_midnight_of_the_tenth_working_day(announced, until):
    assert end_of_working_days(announced, 10) == until


@given(days | near_holidays, counts)
def test_nth_working_day_is_one_and_has_n_minus_one_before_it(day, n):
    last = working_days_after(day, n)
    between = [day + timedelta(days=k) for k in range(1, (last - day).days + 1)]
    working = [one for one in between if one.weekday() < 5 and one not in OFF]
    assert len(working) == n == working_days_between(day, last)
    assert working[-1] == last and is_working_day(last)


@given(days | near_holidays, counts, st.integers(0, 86_399))
def test_end_is_midnight_in_seoul_after_a_working_day_whatever_the_time_of_day(day, n, second):
    instant = datetime.combine(day, datetime.min.time(), KST) + timedelta(seconds=second)
    end = end_of_working_days(instant, n).astimezone(KST)
    assert (end.hour, end.minute, end.second, end.microsecond) == (0, 0, 0, 0)
    assert is_working_day((end - timedelta(microseconds=1)).date())
    assert end == end_of_working_days(datetime.combine(day, datetime.min.time(), KST), n)
    assert end > instant


@given(days | near_holidays, counts)
def test_a_later_announcement_never_ends_earlier(day, n):
    later = day + timedelta(days=1)
    assert working_days_after(later, n) >= working_days_after(day, n)
    assert working_days_after(day, n + 1) > working_days_after(day, n)
