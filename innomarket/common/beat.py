"""Beat with a heartbeat: the process itself writes it, whether or not a worker takes its messages."""

import time
from typing import Any

import structlog
from celery.beat import PersistentScheduler
from django.db import Error, close_old_connections
from django.utils import timezone

from innomarket.celery import HEARTBEAT_SECONDS
from innomarket.common.heartbeats import write_heartbeat

log = structlog.get_logger(__name__)


class HeartbeatScheduler(PersistentScheduler):
    """The usual scheduler, which writes the row of "beat" at most every 15 seconds (real time)."""

    _next_heartbeat = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if time.monotonic() >= self._next_heartbeat:
            self._next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
            self._write()
        return super().tick(*args, **kwargs)

    def _write(self) -> None:
        try:
            close_old_connections()
            write_heartbeat("beat", timezone.now())
        except Error:  # a database that restarts must not end the schedule
            log.exception("heartbeat not written")
