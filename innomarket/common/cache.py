"""The cache of a portal that goes on while Redis is away: it then finds nothing and keeps nothing.

Everything in it is a copy or a count: sessions are rows, limits on guessing count again when it is back.
Django's own backend raises instead, and every page of whoever is signed in would answer 500.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from .away import Away

log = logging.getLogger(__name__)
SAID_EVERY_SECONDS = 60.0
_said_at = 0.0
_away = Away()


def _or(absent: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Answer ``absent(default)`` where Redis does not answer."""

    def decorate(method: Any) -> Any:
        @wraps(method)
        def asked(self: Any, *args: Any, **kwargs: Any) -> Any:
            if not _away:
                try:
                    with _away.asked():
                        return method(self, *args, **kwargs)
                except RedisError as failure:
                    _say(failure)
            return absent(args[1] if len(args) > 1 else kwargs.get("default"))

        return asked

    return decorate


def _say(failure: RedisError) -> None:
    """Once in a while: a page asks the cache many times."""
    global _said_at
    if time.monotonic() - _said_at > SAID_EVERY_SECONDS:
        _said_at = time.monotonic()
        log.warning("the cache does not answer, its copies are left out: %s", type(failure).__name__)


class ForgetfulRedisCache(RedisCache):
    """``get`` finds the default, ``add`` says that it was new (nothing counts), ``incr`` counts from one."""

    add = _or(lambda _default: True)(RedisCache.add)
    get = _or(lambda default: default)(RedisCache.get)
    set = _or(lambda _default: None)(RedisCache.set)
    touch = _or(lambda _default: False)(RedisCache.touch)
    delete = _or(lambda _default: False)(RedisCache.delete)
    get_many = _or(lambda _default: {})(RedisCache.get_many)
    has_key = _or(lambda _default: False)(RedisCache.has_key)
    incr = _or(lambda _default: 1)(RedisCache.incr)
    set_many = _or(lambda _default: [])(RedisCache.set_many)
    delete_many = _or(lambda _default: None)(RedisCache.delete_many)
