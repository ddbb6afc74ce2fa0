"""A database whose commits cost what they cost on a disk.

The servers of a measurement flush nothing, and a flush is cheap on most machines that measure: what is bound by commits
looks better than it will be. Here each commit is flushed, and waits a millisecond before.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from innomarket.embedded import postgres, processes
from innomarket.embedded.layout import Layout
from tests.support import databases, engines

MICROSECONDS = 1000


@contextmanager
def of_a_millisecond() -> Iterator[None]:
    """Deployments made inside stand on a server of their own, which is gone afterwards.

    `commit_delay` alone waits before the flush; without `commit_siblings` it waits where one commits alone, too.
    Whoever commits meanwhile goes along with the same flush, as on a disk.
    """
    names = ("INNOMARKET_TEST_POSTGRES", "INNOMARKET_TEST_TEMPLATE")
    before = {name: os.environ[name] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout(Path(folder) / "var")
        layout.make()
        Path(folder).chmod(0o711)  # the server's account passes through
        server = postgres.start(layout)
        try:
            os.environ["INNOMARKET_TEST_POSTGRES"] = server.url("postgres")
            with databases.cursor() as cursor:
                cursor.execute(f"ALTER SYSTEM SET commit_delay = {MICROSECONDS}")
                cursor.execute("ALTER SYSTEM SET commit_siblings = 0")
                cursor.execute("SELECT pg_reload_conf()")
            os.environ["INNOMARKET_TEST_TEMPLATE"] = engines.template()
            yield
        finally:
            os.environ |= before
            processes.stop_all([server.process])


def commits_a_second(seconds: float = 1.0) -> float:
    """How many one connection makes after each other: what shows that the wait is there."""
    with databases.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS flushed (n integer)")
        began, made = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            cursor.execute("INSERT INTO flushed VALUES (1)")
            made += 1
        return made / (time.perf_counter() - began)
