from datetime import UTC, date, datetime, timedelta

import pytest

from innomarket.common import formats

CLOSING = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 13:00 in Seoul


def test_kst_shows_date_weekday_time_and_zone():
    assert formats.kst(CLOSING, "ko") == "2026년 11월 24일(화) 13:00 KST"
    assert formats.kst(CLOSING, "en") == "Tue 24 Nov 2026, 13:00 KST"


def test_kst_date_is_the_day_in_seoul_not_in_utc():
    assert formats.kst_date(datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "ko") == "2027년 1월 1일(금)"


def test_kst_of_a_plain_date_has_no_time():
    assert formats.kst(date(2026, 11, 20), "en") == "Fri 20 Nov 2026"
    assert formats.iso(date(2026, 11, 20)) == "2026-11-20"


def test_iso_carries_the_offset_of_seoul():
    assert formats.iso(CLOSING) == "2026-11-24T13:00:00+09:00"


@pytest.mark.parametrize(
    ("amount", "korean", "english"),
    [
        (3_300_000_000, "33억 원", "KRW 3.3 billion"),
        (240_000_000, "2.4억 원", "KRW 240 million"),
        (123_450_000, "1.2345억 원", "KRW 123.45 million"),
        (123_456_789, "123,456,789원", "KRW 123,456,789"),
        (48_000_000, "4,800만 원", "KRW 48 million"),
        (10_000, "1만 원", "KRW 10,000"),
        (9_999, "9,999원", "KRW 9,999"),
        (0, "0원", "KRW 0"),
        (-240_000_000, "-2.4억 원", "KRW -240 million"),
        (13_636_363, "13,636,363원", "KRW 13,636,363"),
        (1_234_500_000_000, "12,345억 원", "KRW 1,234.5 billion"),
    ],
)
def test_eok_is_exact_with_trimmed_decimals(amount, korean, english):
    assert (formats.eok(amount, "ko"), formats.eok(amount, "en")) == (korean, english)


def test_won_groups_by_thousands():
    assert formats.won(3_300_000_000, "ko") == "3,300,000,000원"
    assert formats.won(3_300_000_000, "en") == "KRW 3,300,000,000"


@pytest.mark.parametrize(
    ("amount", "short"), [(3_300_000_000, True), (48_000_000, True), (13_636_363, False), (9_000_000, False)]
)
def test_eok_stands_beside_won_only_where_it_helps(amount, short):
    assert formats.eok_is_short(amount) is short


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0B"),
        (1023, "1023B"),
        (1024, "1KB"),
        (2_202_009, "2.1MB"),
        (146 * 1024**2, "146MB"),
        (1024**3, "1GB"),
    ],
)
def test_filesize(size, text):
    assert formats.filesize(size) == text


@pytest.mark.parametrize(
    ("left", "korean", "english", "css"),
    [
        (timedelta(days=11, hours=4, minutes=59), "11일 4시간", "11 days 4 h", ""),
        (timedelta(days=1), "1일", "1 day", "is-soon"),
        (timedelta(hours=22, minutes=57), "22시간 57분", "22 h 57 min", "is-soon"),
        (timedelta(hours=1), "1시간", "1 h", "is-last-hour"),
        (timedelta(minutes=59, seconds=59), "59분", "59 min", "is-last-hour"),
        (timedelta(seconds=59), "1분 미만", "less than 1 min", "is-last-hour"),
        (timedelta(0), "", "", "is-over"),
        (timedelta(seconds=-1), "", "", "is-over"),
    ],
)
def test_time_left_never_promises_more_than_there_is(left, korean, english, css):
    now = CLOSING - left
    assert formats.time_left(CLOSING, now, "ko") == formats.Left(korean, css)
    assert formats.time_left(CLOSING, now, "en") == formats.Left(english, css)


def test_time_left_is_over_at_the_closing_instant_itself():
    assert formats.time_left(CLOSING, CLOSING, "ko").over
    assert not formats.time_left(CLOSING, CLOSING - timedelta(microseconds=1), "ko").over
