"""Logs on standard error: one line an event, JSON for machines, plain text on a terminal."""

import re
import sys
from typing import Any

import structlog

from innomarket.settings.environment import text

LOG_FORMAT = text("LOG_FORMAT", "console" if sys.stderr.isatty() else "json")
LOG_LEVEL = text("LOG_LEVEL", "INFO").upper()

# Programs written for the public data portal put their key into the address (innomarket/portal/datasets/api.py).
KEY = re.compile(r"(serviceKey=)[^&\s]*", re.IGNORECASE)


def without_keys(logger: Any, name: str, event: dict[str, Any]) -> dict[str, Any]:
    """The address of a request as it is logged, without a key that stands in it."""
    if isinstance(event.get("request"), str):
        event["request"] = KEY.sub(r"\1…", event["request"])
    return event


_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    without_keys,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": _shared,
        },
        "console": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # Never the rich form: it prints local variables, and those may hold sealed text.
                structlog.dev.ConsoleRenderer(
                    colors=False, exception_formatter=structlog.dev.plain_traceback
                ),
            ],
            "foreign_pre_chain": _shared,
        },
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        "django": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
    },
}

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,  # what nobody reads is not made ready either
        *_shared,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)

DEFAULT_EXCEPTION_REPORTER_FILTER = "innomarket.common.reports.NothingWritten"
