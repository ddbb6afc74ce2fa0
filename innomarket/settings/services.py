"""The database, the cache and what tells a trial from the real thing."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from innomarket.settings.environment import EMBEDDED, flag, text

# A socket folder that cannot exist: commands that need no database work, others name the remedy in their error.
NO_DATABASE = "/DATABASE_URL is not set and the embedded services do not run: make up"


def database_from(url: str) -> dict[str, object]:
    """Django's settings for `postgres://user:password@host:port/name?option=value`.

    Raises ValueError on another scheme: only PostgreSQL is used.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must begin with postgres:// or postgresql://")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def next_number(url: str) -> str:
    """The same Redis, next database number: clearing the cache must not clear the broker's queues."""
    parts = urlsplit(url)
    number = int(parts.path.strip("/") or 0)
    return urlunsplit(parts._replace(path=f"/{number + 1}"))


_url = text("DATABASE_URL")
_named = database_from(_url) if _url else {"NAME": "innomarket", "HOST": NO_DATABASE, "OPTIONS": {}}

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **_named,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Plans agree everywhere: the embedded server has no JIT.
            "options": "-c jit=off",
            **_named["OPTIONS"],  # type: ignore[dict-item]
        },
    }
}

REDIS_URL = text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "innomarket.common.cache.ForgetfulRedisCache",
        "LOCATION": text("CACHE_URL") or next_number(REDIS_URL),
        "KEY_PREFIX": "innomarket",
        # A machine that does not answer at all holds up no page for longer than this.
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

# Numbers that people quote begin with T (trial) in a checkout's own database and with R on a server.
NUMBER_PREFIX = "T" if EMBEDDED else "R"
# A line on every page says that this is a demonstration; with the embedded servers it always is one.
DEMO = flag("DEMO", default=EMBEDDED)
# The dated rule "announced calls close on the hour" is asked on a server; a trial may play a call in a minute.
CLOSING_ON_THE_HOUR = flag("CLOSING_ON_THE_HOUR", default=not EMBEDDED)
