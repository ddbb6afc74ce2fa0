"""The sample, loaded once in a run: each portal that wants it begins with copies of its database and its files."""

import fcntl
import os
import shutil
from pathlib import Path

import redis

from tests.support import databases
from tests.support.deployment import Deployment

LOADED = "test_sample"
"""The database that is copied; nobody is connected to it. Its name says that it is whole."""


def portal(var: Path) -> Deployment:
    """A web server and a worker on a copy of the sample. Whoever asks first loads it; the others wait meanwhile."""
    kept = Path(os.environ["INNOMARKET_VAR"]) / "sample"
    with open(kept.with_suffix(".lock"), "w", encoding="ascii") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not databases.exists(LOADED):
            _load(kept)
        made = Deployment(var, template=LOADED)
    # Its files, and the keys with which they and the database's texts were sealed.
    shutil.copytree(kept, var, dirs_exist_ok=True, ignore=shutil.ignore_patterns("log"))
    return made.web().worker()


def _load(var: Path) -> None:
    shutil.rmtree(var, ignore_errors=True)
    made = Deployment(var)
    made.manage("load_sample")
    made.worker()
    made.wait(lambda: not _waits(made.redis_url), "the worker has done what the sample left to it")
    made.stop("worker")
    databases.rename(made.database, LOADED)
    made.close()


def _waits(broker: str) -> bool:
    """Whether a task waits or is being done."""
    client = redis.Redis.from_url(broker)
    try:
        return any(client.type(key) == b"list" or key == b"unacked" for key in client.scan_iter())
    finally:
        client.close()
