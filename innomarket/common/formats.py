"""How instants, money, sizes and remaining time are written in Korean and in English.

Pure functions: they take the value and the language and touch nothing else. Instants are
shown in Asia/Seoul with weekday and zone; money is whole won, with 억/만 (Korean) or
billion/million (English) beside it where people think in those.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SEOUL = ZoneInfo("Asia/Seoul")

_DAYS_KO = "월화수목금토일"
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

EOK = 100_000_000
MAN = 10_000
_UNITS_KO = {"day": "일", "hour": "시간", "minute": "분"}
SOON = timedelta(hours=48)
LAST_HOUR = timedelta(hours=1)


def in_seoul(value: date | datetime) -> date | datetime:
    """An aware instant moved to Asia/Seoul; a plain date (or naive datetime) as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(SEOUL)
    return value


def kst_date(value: date | datetime, language: str) -> str:
    """2026년 11월 24일(화) or Tue 24 Nov 2026, the day in Seoul."""
    day = in_seoul(value)
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일({_DAYS_KO[day.weekday()]})"
    return f"{_DAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def kst_time(value: datetime) -> str:
    """14:03 KST, the time of day in Seoul (24 hours)."""
    return f"{in_seoul(value):%H:%M} KST"


def kst(value: date | datetime, language: str) -> str:
    """Date, weekday, time and zone: 2026년 11월 24일(화) 13:00 KST. A plain date has no time."""
    if not isinstance(value, datetime):
        return kst_date(value, language)
    glue = " " if language == "ko" else ", "
    return f"{kst_date(value, language)}{glue}{kst_time(value)}"


def kst_exact(value: datetime, language: str) -> str:
    """As ``kst``, to the second: what a receipt says."""
    glue = " " if language == "ko" else ", "
    return f"{kst_date(value, language)}{glue}{in_seoul(value):%H:%M:%S} KST"


def iso(value: date | datetime) -> str:
    """The value for <time datetime>: in Seoul with its offset, to the second."""
    local = in_seoul(value)
    return local.isoformat(timespec="seconds") if isinstance(local, datetime) else local.isoformat()


def won(amount: int, language: str) -> str:
    """3,300,000,000원 or KRW 3,300,000,000."""
    return f"{amount:,}원" if language == "ko" else f"KRW {amount:,}"


def eok(amount: int, language: str) -> str:
    """The same amount, exactly, in 억/만 won (33억 원, 4,800만 원) or billion/million (KRW 3.3 billion).

    An amount that is not a whole number of 만 (ten thousand) is written in won: nobody reads 1,363.6363만 원.
    """
    size = abs(amount)
    if size % MAN:
        return won(amount, language)
    if language == "ko":
        if size >= EOK:
            return f"{_scaled(amount, 8)}억 원"
        return f"{_scaled(amount, 4)}만 원" if size >= MAN else won(amount, language)
    if size >= 1_000_000_000:
        return f"KRW {_scaled(amount, 9)} billion"
    return f"KRW {_scaled(amount, 6)} million" if size >= 1_000_000 else won(amount, language)


def eok_is_short(amount: int) -> bool:
    """Whether the 억/만 form helps: from ten million won, in whole 만."""
    size = abs(amount)
    return size >= 10_000_000 and size % MAN == 0


def _scaled(amount: int, places: int) -> str:
    whole, rest = divmod(abs(amount), 10**places)
    tail = f"{rest:0{places}d}".rstrip("0")
    return f"{'-' if amount < 0 else ''}{whole:,}{'.' + tail if tail else ''}"


def filesize(size: int) -> str:
    """2.1MB, 146MB, 512KB, 12B; powers of 1,024, one decimal below ten."""
    value, unit = float(size), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    text = f"{value:.1f}" if unit != "B" and value < 10 else f"{value:.0f}"
    return f"{text.removesuffix('.0')}{unit}"


@dataclass(frozen=True)
class Left:
    """The time left until an instant: its words and its class ('', is-soon, is-last-hour, is-over)."""

    text: str
    css: str

    @property
    def over(self) -> bool:
        return self.css == "is-over"


def time_left(until: datetime, now: datetime, language: str) -> Left:
    """Days and hours, hours and minutes, or minutes until `until`, never more than there are.

    The moment itself is over already: a call is open when opens_at <= now < closes_at.
    """
    rest = until - now
    if rest <= timedelta(0):
        return Left("", "is-over")
    css = "is-last-hour" if rest <= LAST_HOUR else "is-soon" if rest <= SOON else ""
    minutes = int(rest.total_seconds() // 60)
    days, hours, minutes = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        parts = [(days, "day"), (hours, "hour")]
    elif hours:
        parts = [(hours, "hour"), (minutes, "minute")]
    else:
        parts = [(minutes, "minute")]
    words = [_count(n, unit, language) for n, unit in parts if n]
    if not words:
        words = ["1분 미만" if language == "ko" else "less than 1 min"]
    return Left(" ".join(words), css)


def _count(number: int, unit: str, language: str) -> str:
    if language == "ko":
        return f"{number}{_UNITS_KO[unit]}"
    if unit == "day":
        return f"{number} day{'s' if number != 1 else ''}"
    return f"{number} {'h' if unit == 'hour' else 'min'}"
