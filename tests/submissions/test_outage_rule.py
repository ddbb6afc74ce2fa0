"""The outage rule: known cases, the real outages of KONEPS, and properties over random ones."""

from datetime import date, datetime, timedelta
from itertools import permutations

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innomarket.common.clock import KST, kst
from innomarket.submissions.outage_rule import (
    Span,
    Terms,
    Times,
    closing_is_affected,
    from_decision,
    in_office_hours,
    is_working_day,
    moved,
    moved_by_all,
)

TERMS = Terms()
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def times(closes_at, distance=HOUR) -> Times:
    return Times(closes_at, closes_at + distance)


# The outages of KONEPS that domain.md §6 names, here each announced as over five minutes after its end.
NOV_2023 = Span(kst(2023, 11, 23, 9, 19), kst(2023, 11, 23, 10, 20), kst(2023, 11, 23, 10, 25))
DEC_2023 = Span(kst(2023, 12, 12, 9, 27), kst(2023, 12, 12, 10, 30), kst(2023, 12, 12, 10, 35))
JAN_2025_A = Span(kst(2025, 1, 6, 9, 36), kst(2025, 1, 6, 10, 35), kst(2025, 1, 6, 10, 40))
JAN_2025_B = Span(kst(2025, 1, 6, 13, 0), kst(2025, 1, 6, 14, 9), kst(2025, 1, 6, 14, 14))
# The fire of 26 September 2025, ended for this test before the Chuseok holidays of 3 to 9 October.
FIRE_2025 = Span(kst(2025, 9, 26, 20, 15), kst(2025, 10, 2, 12, 0), kst(2025, 10, 2, 14, 0))


@pytest.mark.parametrize(
    ("span", "closes_at", "closing", "opening"),
    [
        # in the outage: notice + 2 h, opening + 3 h
        (NOV_2023, kst(2023, 11, 23, 10), kst(2023, 11, 23, 12, 25), kst(2023, 11, 23, 13, 25)),
        (DEC_2023, kst(2023, 12, 12, 10), kst(2023, 12, 12, 12, 35), kst(2023, 12, 12, 13, 35)),
        # within two hours after the recovery: each + 2 h
        (NOV_2023, kst(2023, 11, 23, 10, 20), kst(2023, 11, 23, 12, 20), kst(2023, 11, 23, 13, 20)),
        (NOV_2023, kst(2023, 11, 23, 12, 0), kst(2023, 11, 23, 14, 0), kst(2023, 11, 23, 15, 0)),
        # two hours after it: untouched; before it: the opening alone lies in the outage
        (NOV_2023, kst(2023, 11, 23, 12, 20), kst(2023, 11, 23, 12, 20), kst(2023, 11, 23, 13, 20)),
        (NOV_2023, kst(2023, 11, 23, 9, 18), kst(2023, 11, 23, 9, 18), kst(2023, 11, 23, 13, 25)),
        # past 18:00: the next working day, at the standing time of day
        (JAN_2025_B, kst(2025, 1, 6, 16, 0), kst(2025, 1, 7, 16, 0), kst(2025, 1, 7, 17, 0)),
        # longer than two hours: + 24 h from the notice is Chuseok; the first working day after it is 10 October
        (FIRE_2025, kst(2025, 9, 29, 11), kst(2025, 10, 10, 11), kst(2025, 10, 10, 12)),
        (FIRE_2025, kst(2025, 10, 2, 13), kst(2025, 10, 10, 13), kst(2025, 10, 10, 14)),
        # a standing closing outside office hours: 10:00
        (FIRE_2025, kst(2025, 9, 26, 23), kst(2025, 10, 10, 10), kst(2025, 10, 10, 11)),
    ],
)
def test_real_outages_move_as_the_terms_say(span, closes_at, closing, opening):
    assert moved(times(closes_at), span, TERMS) == Times(closing, opening)


def test_two_outages_of_one_day_are_judged_on_the_standing_closing():
    # 10:00 -> 12:40 by the first; 12:40 lies before the second, so it stays
    assert moved_by_all(times(kst(2025, 1, 6, 10)), [JAN_2025_B, JAN_2025_A], TERMS).closes_at == kst(
        2025, 1, 6, 12, 40
    )
    # 12:00 -> 14:00 by the first; 14:00 lies in the second: notice 14:14 + 2 h
    assert moved_by_all(times(kst(2025, 1, 6, 12)), [JAN_2025_B, JAN_2025_A], TERMS).closes_at == kst(
        2025, 1, 6, 16, 14
    )


def test_exactly_two_hours_is_short_and_a_second_more_is_long():
    start = kst(2026, 11, 24, 9)
    for length, hours in ((2 * HOUR, 2), (2 * HOUR + SECOND, 24)):
        span = Span(start, start + length, kst(2026, 11, 24, 11, 30))
        assert moved(times(kst(2026, 11, 24, 10)), span, TERMS).closes_at == span.noticed_at + hours * HOUR


@pytest.mark.parametrize(
    ("instant", "inside"),
    [
        (kst(2026, 11, 24, 9), True),
        (kst(2026, 11, 24, 9) - SECOND, False),
        (kst(2026, 11, 24, 18) - SECOND, True),
        (kst(2026, 11, 24, 18), False),
        (kst(2026, 11, 28, 12), False),  # Saturday
        (kst(2026, 10, 5, 12), False),  # substitute for 3 October, a Saturday
        (kst(2025, 10, 8, 12), False),  # substitute for Chuseok
    ],
)
def test_office_hours_are_half_open_on_working_days(instant, inside):
    assert in_office_hours(instant, TERMS) is inside


def test_moved_closings_are_rounded_up_to_the_full_minute_and_the_opening_follows():
    span = Span(kst(2026, 11, 24, 9), kst(2026, 11, 24, 10), kst(2026, 11, 24, 10, 5) + 20 * SECOND)
    found = moved(times(kst(2026, 11, 24, 9, 30)), span, TERMS)
    assert found == Times(kst(2026, 11, 24, 12, 6), kst(2026, 11, 24, 13, 6))


def test_opening_alone_becomes_three_hours_after_the_notice():
    span = Span(kst(2026, 11, 24, 9), kst(2026, 11, 24, 10), kst(2026, 11, 24, 10, 5))
    standing = Times(kst(2026, 11, 23, 18), kst(2026, 11, 24, 9, 30))
    assert moved(standing, span, TERMS) == Times(standing.closes_at, kst(2026, 11, 24, 13, 5))
    at_the_end = Times(kst(2026, 11, 23, 18), span.ends_at)
    assert moved(at_the_end, span, TERMS) == at_the_end


def test_opening_announced_for_a_later_day_is_not_moved_forward():
    span = Span(kst(2026, 11, 24, 9), kst(2026, 11, 24, 10), kst(2026, 11, 24, 10))
    assert moved(Times(kst(2026, 11, 24, 9), kst(2026, 11, 27, 10)), span, TERMS).opening_at == kst(
        2026, 11, 27, 10
    )


def test_early_result_stays_on_its_day_and_a_night_one_goes_on():
    # notice at 05:00 + 2 h = 07:00 of a working day: the same day, at the standing 10:00
    span = Span(kst(2026, 11, 24, 3), kst(2026, 11, 24, 5), kst(2026, 11, 24, 5))
    assert moved(times(kst(2026, 11, 24, 4)), span, TERMS).closes_at == kst(2026, 11, 24, 10)
    late = Span(kst(2026, 11, 27, 16), kst(2026, 11, 27, 17), kst(2026, 11, 27, 17))  # a Friday
    assert moved(times(kst(2026, 11, 27, 16, 30)), late, TERMS).closes_at == kst(2026, 11, 30, 16, 30)


def test_decision_after_the_new_closing_gives_two_hours_from_it():
    standing = times(kst(2026, 11, 24, 10))
    new = times(kst(2026, 11, 24, 12))
    assert from_decision(new, standing, new.closes_at - SECOND, TERMS) == new
    assert from_decision(new, standing, new.closes_at, TERMS) == times(kst(2026, 11, 24, 14))
    # 17:00 + 2 h is past office hours: the next working day, at the standing 10:00
    assert from_decision(new, standing, kst(2026, 11, 24, 17), TERMS) == times(kst(2026, 11, 25, 10))


instants = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)).map(lambda at: at.replace(tzinfo=KST))
lengths = st.timedeltas(SECOND, timedelta(days=8)) | st.timedeltas(SECOND, 3 * HOUR)
notices = st.timedeltas(timedelta(0), 6 * HOUR)


def a_span(start, length, gap) -> Span:
    return Span(start, start + length, start + length + gap)


spans = st.builds(a_span, instants, lengths, notices)
distances = st.timedeltas(timedelta(0), timedelta(days=3)) | st.just(HOUR)
near_holidays = st.sampled_from(sorted(holidays.country_holidays("KR", years=range(2024, 2028)))).flatmap(
    lambda day: st.integers(-36 * 60, 36 * 60).map(
        lambda minutes: datetime.combine(day, datetime.min.time(), KST) + minutes * MINUTE
    )
)
holiday_spans = st.builds(a_span, near_holidays, lengths, notices)
any_span = spans | holiday_spans


@st.composite
def cases(draw):
    """An outage and times that are mostly in its reach."""
    span = draw(any_span)
    reach = span.ends_at - span.starts_at + 3 * HOUR
    closes_at = span.starts_at - HOUR + draw(st.timedeltas(timedelta(0), reach))
    return span, times(closes_at, draw(distances))


@settings(max_examples=400)
@given(cases())
def test_no_outage_moves_anything_to_an_earlier_instant(case):
    span, standing = case
    found = moved(standing, span, TERMS)
    assert found.closes_at >= standing.closes_at and found.opening_at >= standing.opening_at
    assert found.opening_at >= found.closes_at


@settings(max_examples=400)
@given(cases())
def test_same_outage_moves_once(case):
    span, standing = case
    once = moved(standing, span, TERMS)
    assert moved(once, span, TERMS) == once


@settings(max_examples=400)
@given(cases())
def test_affected_closing_moves_behind_the_outage_into_office_hours_on_a_full_minute(case):
    span, standing = case
    found = moved(standing, span, TERMS)
    affected = span.starts_at <= standing.closes_at < span.ends_at + 2 * HOUR
    assert closing_is_affected(standing.closes_at, span, TERMS) is affected
    assert (found.closes_at > standing.closes_at) is affected
    if affected:
        local = found.closes_at.astimezone(KST)
        assert (local.second, local.microsecond) == (0, 0)
        assert 9 <= local.hour < 18 and local.weekday() < 5
        assert local.date() not in holidays.country_holidays("KR", years=local.year)
        assert found.closes_at >= span.ends_at + 2 * HOUR


@settings(max_examples=400)
@given(cases())
def test_opening_keeps_at_least_the_distance_of_the_rule(case):
    """One hour after the closing where the notice counts, the old distance where both move by two hours."""
    span, standing = case
    found = moved(standing, span, TERMS)
    if found.closes_at == standing.closes_at:
        return
    distance, old = found.opening_at - found.closes_at, standing.opening_at - standing.closes_at
    short = span.ends_at - span.starts_at <= 2 * HOUR
    wanted = old if short and standing.closes_at >= span.ends_at else HOUR
    if found.opening_at > standing.opening_at:
        assert distance == wanted
    else:
        assert distance >= wanted


@settings(max_examples=150)
@given(st.lists(any_span, min_size=2, max_size=4), instants | near_holidays)
def test_order_in_which_outages_are_given_does_not_matter(given_spans, closes_at):
    apart = []
    for span in sorted(given_spans, key=lambda one: one.starts_at):
        if not apart or span.starts_at >= apart[-1].ends_at:
            apart.append(span)
    found = {moved_by_all(times(closes_at), order, TERMS) for order in permutations(apart)}
    assert len(found) == 1


@settings(max_examples=200)
@given(cases(), notices)
def test_decision_never_leaves_a_closing_in_the_past(case, later):
    span, standing = case
    found = moved(standing, span, TERMS)
    decided_at = span.noticed_at + later
    settled = from_decision(found, standing, decided_at, TERMS)
    assert settled.closes_at > decided_at
    assert settled.opening_at >= settled.closes_at and settled.opening_at >= standing.opening_at


def test_working_days_know_weekends_and_substitute_holidays():
    assert [is_working_day(date(2026, 10, day)) for day in range(1, 8)] == [
        *(True, True),  # Thursday, Friday
        *(False, False),  # Saturday (National Foundation Day), Sunday
        False,  # its substitute
        *(True, True),
    ]
