"""The rules that innomarket ships for submissions; staff may enter others from a date on."""

from datetime import time

from django.utils.translation import gettext_noop

from .models import BreakGlassRule, ClosingRule, OutageRule, ReminderRule, SubmissionRule, WatchRule

MEBIBYTE = 1024 * 1024


def load() -> int:
    """Limits for files (50 MB each, ten in a submission), closing times, outages: all marked as our default."""
    SubmissionRule.ensure(
        valid=(None, None),
        values={
            "max_file_bytes": 50 * MEBIBYTE,
            "max_files": 10,
            "source": gettext_noop("innomarket: no source states a limit"),
            "is_default": True,
        },
    )
    ClosingRule.ensure(
        valid=(None, None),
        values={
            "on_the_hour": True,
            "most_in_an_hour": 1500,
            "source": gettext_noop("KONEPS since 21 Feb 2024: on the hour, at most 1,500 in an hour"),
            "is_default": True,
        },
    )
    OutageRule.ensure(
        valid=(None, None),
        values={
            "short_hours": 2,
            "short_closing_hours": 2,
            "short_opening_hours": 3,
            "long_closing_hours": 24,
            "long_opening_hours": 25,
            "reopened_hours": 2,
            "day_begins": time(9),
            "day_ends": time(18),
            "otherwise": time(10),
            "source": gettext_noop("Terms of KONEPS, annex 3; innomarket where they are silent"),
            "is_default": True,
        },
    )
    ReminderRule.ensure(
        valid=(None, None),
        values={
            "hours_before": [7 * 24, 3 * 24, 24, 2],
            "source": gettext_noop("innomarket: no source states when applicants are reminded"),
            "is_default": True,
        },
    )
    WatchRule.ensure(
        valid=(None, None),
        values={
            "silence_seconds": 120,
            "join_minutes": 5,
            "least_minutes": 5,
            "keep_days": 90,
            "source": gettext_noop("innomarket: no source states how an outage is found"),
            "is_default": True,
        },
    )
    BreakGlassRule.ensure(
        valid=(None, None),
        values={
            "hours": 24,
            "request_hours": 72,
            "source": gettext_noop(
                "innomarket: no source states how long a sealed submission may be read in need"
            ),
            "is_default": True,
        },
    )
    return 6
