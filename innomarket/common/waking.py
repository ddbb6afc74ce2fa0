"""Wake a Celery task after the commit. What it does is asked from the database, and a sweep finds whatever is due."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.db import connection, transaction

from .away import Away

log = logging.getLogger(__name__)
_away = Away()


def wake(task: str, **options: Any) -> None:
    """On commit, send the task, once however often the transaction asks for it; ``options`` go to Celery.

    A broker that is away is no harm, and keeps nobody waiting for long: it is tried once, not again and again.
    """
    waking = _Waking(task, options)
    if not any(function == waking for _sids, function, *_ in connection.run_on_commit):
        transaction.on_commit(waking)


@dataclass(frozen=True)
class _Waking:
    """Two are equal when they send the same."""

    task: str
    options: Mapping[str, Any]

    def __call__(self) -> None:
        """Not `robust`: Django's own report of a failure asks for the name of a function."""
        if _away:
            return
        try:
            with _away.asked():
                current_app.send_task(self.task, retry=False, **self.options)
        except Exception:
            log.warning("%s was not sent, its sweep will do it", self.task, exc_info=True)
