"""One start at a time in one checkout."""

import fcntl
import os
from pathlib import Path
from typing import IO

from innomarket.embedded.layout import Trouble


class AlreadyRunning(Trouble):
    """Another supervisor holds this checkout's lock."""


def take(path: Path, *, hint: str) -> IO[str]:
    """Hold the lock until the returned file is closed or this process ends, however it ends.

    Raises AlreadyRunning, with the holder's process id and the hint.
    """
    file = open(path, "a+")  # noqa: SIM115 — open as long as the lock is held
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise AlreadyRunning(f"It already runs in this checkout (process {holder}). {hint}") from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def holder(path: Path) -> int | None:
    """The process id of who holds the lock now, or None when nobody does."""
    try:
        file = open(path, "r+")  # noqa: SIM115
    except FileNotFoundError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read().strip() or 0) or None
    return None
