"""/healthz: this process answers. /readyz: the whole stands, each part named."""

from collections.abc import Callable
from datetime import timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from innomarket.common.models import Heartbeat

# Three missed beats of 15 seconds, and one second for the clocks.
OLDEST_HEARTBEAT = timedelta(seconds=46)


class Unready(Exception):
    """A part is missing; the message says which and why."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the process answers; asks nothing else, so that a lost database does not restart the web."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis, migrations, worker and beat all stand, else 503; each part with its state.

    A reason names the kind of failure, never an address or a password.
    """
    parts = {name: _state_of(check) for name, check in CHECKS.items()}
    ready = all(state == "ok" for state in parts.values())
    parts |= {name: _state_of(check) for name, check in SHOWN.items()}
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "parts": parts}, status=200 if ready else 503
    )


def _state_of(check: Callable[[], None]) -> str:
    try:
        check()
    except Unready as missing:
        return str(missing)
    except DatabaseError:
        return "database does not answer"
    except Exception as failure:  # a health page reports every failure instead of being one
        return f"does not answer ({type(failure).__name__})"
    return "ok"


def check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def check_redis() -> None:
    cache.set("readyz", "1", timeout=10)
    if cache.get("readyz") != "1":
        raise Unready("does not keep what is written")


def check_migrations() -> None:
    """Every migration of this code is applied."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        raise Unready(f"{len(missing)} not applied")


def age_of(process: str) -> timedelta | None:
    """How long ago the process was seen, in real time (not the movable clock: processes are real)."""
    last = Heartbeat.objects.filter(process=process).values_list("at", flat=True).first()
    return None if last is None else timezone.now() - last


def check_heartbeat(process: str) -> None:
    """`process` wrote its heartbeat lately."""
    age = age_of(process)
    if age is None:
        raise Unready("no heartbeat yet")
    if age > OLDEST_HEARTBEAT:
        raise Unready(f"last heartbeat {int(age.total_seconds())} seconds ago")


def check_worker() -> None:
    """The worker runs tasks. Beat asks for its heartbeat: with beat away, that is said instead of blaming it."""
    try:
        check_heartbeat("worker")
    except Unready as missing:
        beat = age_of("beat")
        if beat is None or beat > OLDEST_HEARTBEAT:
            raise Unready(f"{missing} (beat, which asks for it, is away)") from None
        raise


def check_beat() -> None:
    check_heartbeat("beat")


CHECKS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "redis": check_redis,
    "migrations": check_migrations,
    "worker": check_worker,
    "beat": check_beat,
}

# Shown beside the parts, but the portal stands without them (a virus scanner that is away only delays): apps add
# theirs in ready().
SHOWN: dict[str, Callable[[], None]] = {}
