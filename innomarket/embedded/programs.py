"""The portal's own processes: which commands they are (nginx's is in proxy.py)."""

import os
import sys
from collections.abc import Mapping

from innomarket.embedded import processes
from innomarket.embedded.layout import ROOT, Layout


def web(*, host: str, port: int) -> list[str]:
    """Granian: two processes, threads for requests that wait on the database."""
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backlog", "1024", "--no-ws",
        "innomarket.wsgi:application",
    ]  # fmt: skip


def worker(*, concurrency: int = 2) -> list[str]:
    """The Celery worker; threads where the prefork pool cannot live (no writable /dev/shm)."""
    pool = "prefork" if os.access("/dev/shm", os.W_OK) or sys.platform != "linux" else "threads"  # noqa: S108
    return [
        sys.executable, "-m", "celery", "-A", "innomarket", "worker", "--loglevel", "INFO", "--pool", pool,
        "--concurrency", str(concurrency), "--without-gossip", "--without-mingle",
    ]  # fmt: skip


def beat() -> list[str]:
    """Celery beat; its lock is the supervisor's, so it needs no pid file."""
    return [sys.executable, "-m", "celery", "-A", "innomarket", "beat", "--loglevel", "INFO", "--pidfile="]


def start(name: str, command: list[str], *, layout: Layout, env: Mapping[str, str]) -> processes.Process:
    """Start one of them with its own log, in the checkout's folder."""
    return processes.start(name, command, log=layout.log / f"{name}.log", env=env, cwd=ROOT)
