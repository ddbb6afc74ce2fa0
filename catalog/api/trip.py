"""What a request asks of the cache, in one trip: to count it, and which version of the catalogue is known."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache as once
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from ..services.known_version import GENERATION, VERSION, server

log = structlog.get_logger(__name__)

COUNT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('GET', KEYS[2]) or '0', redis.call('GET', KEYS[3]) or ''}
"""


@dataclass(frozen=True)
class Trip:
    """``used``: how often this window's counter was asked, this time included; 0 where the cache is away.

    ``state`` is the catalogue's version and when it was written, None where it must be read from the database.
    """

    used: int = 0
    generation: int = 0
    state: tuple[int, datetime | None] | None = None


def trip(counter: str, window: int) -> Trip:
    """Count, and bring the version along."""
    try:
        used, generation, kept = _script()(
            keys=[cache.make_key(counter), GENERATION, VERSION], args=[window + 5]
        )
    except (RedisError, OSError):
        log.warning("api limits are not counted", exc_info=True)
        return Trip()
    of, _space, state = kept.partition(b" ")
    return Trip(used, int(generation), _state(state.decode()) if of == generation else None)


def _state(text: str) -> tuple[int, datetime | None]:
    version, _space, written_at = text.partition(" ")
    return int(version), datetime.fromisoformat(written_at) if written_at else None


@once
def _script() -> Any:
    return server().register_script(COUNT)
