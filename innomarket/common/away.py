"""A service that kept its asker waiting is left alone for a while: a person's page asks it many times."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

NOTICED = 0.4
"""Seconds that somebody notices; who refuses at once costs nothing, and is asked again."""
LEFT_ALONE = 5.0


class Away:
    """Whether a service is to be asked now, by how long its last failure took. One for each service and process."""

    def __init__(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return time.monotonic() < self._until

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Ask within; whatever is raised is noted by its time, and raised on."""
        began = time.monotonic()
        try:
            yield
        except Exception:
            failed = time.monotonic()
            if failed - began > NOTICED:
                self._until = failed + LEFT_ALONE
            raise
