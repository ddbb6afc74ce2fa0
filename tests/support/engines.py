"""PostgreSQL and Valkey for one test run, under var/test/, independent of what `make up` runs.

Loaded by `-p tests.support.engines` before pytest-django reads the settings, because these are read from the
environment. The first process starts both servers and makes the template database; xdist's workers inherit where
they are. Two runs at once in one checkout take separate folders (var/test, var/test-2, …).
"""

import atexit
import os
import subprocess
import sys
from pathlib import Path

from innomarket.embedded import lock, postgres, processes, valkey
from innomarket.embedded.layout import ROOT, Layout, Trouble
from tools import messages

# Whatever the developer's shell names must neither be used nor harmed.
FOREIGN = (
    "DATABASE_URL", "REDIS_URL", "CACHE_URL", "MAIL_URL", "MAIL_FROM", "MEDIA_STORE", "SEALING_KEYS",
    "SECRET_KEY", "PUBLIC_URL",
    "ALLOWED_HOSTS", "HTTPS", "BEHIND_PROXY", "OUTER_PROXY", "UPLOAD_LIMIT", "NGINX_BIN",
    "DEBUG", "PORT", "HOST_ADDRESS", "LOAD_SAMPLE", "LOG_FORMAT",
    "PYTHONDONTWRITEBYTECODE",
)  # fmt: skip
NUMBERS_PER_WORKER = 16
"""Numbered Redis databases of one xdist worker: a pair for its tests, the others for portals it starts."""
SLOTS = 10


def worker_index() -> int:
    """0 without xdist, else 1, 2, … for gw0, gw1, …"""
    name = os.environ.get("PYTEST_XDIST_WORKER", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


def redis_url(number: int) -> str:
    return f"{os.environ['INNOMARKET_TEST_REDIS']}/{number}"


def free_layout() -> tuple[Layout, object]:
    """The first folder that no other run holds, with its lock."""
    names = ["test", *(f"test-{number}" for number in range(2, SLOTS))]
    for name in names:
        layout = Layout(ROOT / "var" / name)
        layout.make()
        try:
            return layout, lock.take(layout.lock, hint="")
        except lock.AlreadyRunning:
            continue
    raise Trouble(f"{SLOTS - 1} test runs hold this checkout already.")


def start() -> None:
    """Start both servers without durability and make the template. Sets the environment that settings read."""
    layout, held = free_layout()
    started: list[processes.Process] = []
    atexit.register(_stop, started, held)
    for stale in ("postgres", "valkey"):
        (layout.log / f"{stale}.log").unlink(missing_ok=True)
    database = postgres.start(layout, durable=False)
    started.append(database.process)
    broker = valkey.start(layout, durable=False)
    started.append(broker.process)
    os.environ |= {
        "INNOMARKET_VAR": str(layout.var),
        "INNOMARKET_EMBEDDED": "on",
        "INNOMARKET_TEST_POSTGRES": database.url("postgres"),
        "INNOMARKET_TEST_REDIS": broker.url().rpartition("/")[0],
        "LOG_LEVEL": "WARNING",
    }
    os.environ["INNOMARKET_TEST_TEMPLATE"] = template()


def template() -> str:
    """Make the template database on the server that the environment names, and say its name.

    Raises Trouble with what was said instead.
    """
    made = subprocess.run(
        [sys.executable, "-m", "tests.support.template"],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise Trouble(f"The template database was not made:\n{made.stdout}{made.stderr}")
    return made.stdout.split()[-1]


def _stop(started: list[processes.Process], held: object) -> None:
    processes.stop_all(started)
    held.close()  # type: ignore[attr-defined]


def _point_settings() -> None:
    from tests.support import databases

    number = worker_index() * NUMBERS_PER_WORKER
    # The database itself is cloned by the first test that asks for one; the settings need a name now.
    os.environ["DATABASE_URL"] = databases.url(databases.name_of_worker())
    os.environ["REDIS_URL"] = redis_url(number)


def portal_numbers() -> list[int]:
    """Broker numbers for portals that this worker starts: each has one to itself, or it would do another's tasks."""
    first = worker_index() * NUMBERS_PER_WORKER
    return list(range(first + 2, first + NUMBERS_PER_WORKER, 2))


def _begin() -> None:
    if "INNOMARKET_TEST_POSTGRES" not in os.environ:
        for name in FOREIGN:
            os.environ.pop(name, None)
        messages.compile_all(only_stale=True)  # Korean is half of what the tests read
        start()
    _point_settings()


def root() -> Path:
    return ROOT


try:
    _begin()
except Trouble as trouble:
    raise SystemExit(f"The engines for the tests did not start: {trouble}") from None
