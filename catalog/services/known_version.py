"""The catalogue's version as the cache knows it, so that "nothing has changed" is said without asking the database.

The cache holds a generation, which every commit that changes a listing counts up before its writer is answered, and
the version that somebody read in that generation. A version of an earlier generation counts for nothing: whoever has
saved never sees an older state afterwards. What is written past the services (plain SQL) is seen when the kept version
ends, a few seconds later.
"""

from datetime import datetime
from functools import cache as once

import redis
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

GENERATION = cache.make_key("catalog:generation")
VERSION = cache.make_key("catalog:version")
KEPT = 5
"""Seconds for which a version is believed."""


@once
def server() -> redis.Redis:
    """The cache's own server, for what its common interface cannot say."""
    kept = settings.CACHES["default"]
    return redis.Redis.from_url(kept["LOCATION"], **kept["OPTIONS"])


def rises_on_commit() -> None:
    """Called by whatever changes a public listing, in its transaction."""
    transaction.on_commit(rise)


def rise() -> None:
    """Let no kept version count any more. Where the cache is away, its version ends by itself."""
    try:
        server().incr(GENERATION)
    except (RedisError, OSError):
        log.warning("the catalogue's kept version was not ended", exc_info=True)


def keep(generation: int, version: int, written_at: datetime | None) -> None:
    """Note the version, and when it was written, as read from the database after this generation had been read."""
    at = written_at.isoformat() if written_at else ""
    try:
        server().set(VERSION, f"{generation} {version} {at}", ex=KEPT)
    except (RedisError, OSError):
        log.warning("the catalogue's version was not kept", exc_info=True)
