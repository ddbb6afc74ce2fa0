"""The rules that innomarket ships for submissions; staff may enter others from a date on."""

from .models import ReminderRule, SubmissionRule

MEBIBYTE = 1024 * 1024


def load() -> int:
    """Limits for files: 50 MB each, ten in a submission. Our default: no source states one."""
    SubmissionRule.ensure(
        valid=(None, None),
        values={
            "max_file_bytes": 50 * MEBIBYTE,
            "max_files": 10,
            "source": "innomarket: no source states a limit",
            "is_default": True,
        },
    )
    ReminderRule.ensure(
        valid=(None, None),
        values={
            "hours_before": [7 * 24, 3 * 24, 24, 2],
            "source": "innomarket: no source states when applicants are reminded",
            "is_default": True,
        },
    )
    return 2
