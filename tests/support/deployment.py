"""A portal of its own: cloned database, own Redis numbers, own var/, real processes."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path

import redis

from innomarket.embedded import ports, processes, programs, valkey
from innomarket.embedded.layout import ROOT, Layout
from tests.support import databases, engines

PATIENCE = 180.0
"""Seconds for anything at all: a machine that others share is slow, and a process that ended is noticed at once."""
_numbers = engines.portal_numbers()


class Deployment:
    """Processes on a database cloned for them. Stop it with `close()`; the fixtures do."""

    def __init__(self, var: Path, *, template: str | None = None) -> None:
        """``template`` is a database to copy instead of the empty one; nobody may be connected to it."""
        self.layout = Layout(var)
        self.layout.make()
        self.database = databases.clone(template=template)
        self._number = _numbers.pop()
        self.redis_url = engines.redis_url(self._number)
        self.processes: list[processes.Process] = []
        self.url = ""
        self.env = os.environ | {
            "DATABASE_URL": databases.url(self.database),
            "REDIS_URL": self.redis_url,
            "INNOMARKET_VAR": str(var),
            "INNOMARKET_EMBEDDED": "on",
            "LOG_FORMAT": "console",
            "LOG_LEVEL": "INFO",
        }
        self.lose_redis()

    def lose_redis(self) -> None:
        """Redis forgets everything, as after the loss of its machine."""
        server, _, number = self.redis_url.rpartition("/")
        for each in (int(number), int(number) + 1):
            client = redis.Redis.from_url(f"{server}/{each}")
            client.flushdb()
            client.close()

    def web(self) -> "Deployment":
        """Start the web server on a free port; `url` is its address without a slash at the end."""
        first = 29_000 + 200 * engines.worker_index() + os.getpid() % 150
        port = next(ports.free_ports(first))
        self.url = f"http://{ports.LOOPBACK}:{port}"
        self.env |= {"PORT": str(port), "PUBLIC_URL": self.url}
        process = self._start("web", programs.web(host=ports.LOOPBACK, port=port))
        self.wait(lambda: self.get("/healthz")[0] == 200, "the web server answers", process)
        return self

    def worker(self, *options: str, concurrency: int = 1) -> "Deployment":
        """Start a real Celery worker and wait until one has run a task. More options go to Celery."""
        log = self.layout.log / "worker.log"
        before = log.stat().st_size if log.exists() else 0
        process = self._start("worker", [*programs.worker(concurrency=concurrency), *options])
        # Its first heartbeat expires where much else waits before it and the machine is busy.
        self.wait(
            lambda: self._has_beaten("worker") or b" succeeded in " in log.read_bytes()[before:],
            "the worker runs a task",
            process,
        )
        return self

    def beat(self) -> "Deployment":
        """Start Celery beat and wait for its heartbeat."""
        process = self._start("beat", programs.beat())
        self.wait(lambda: self._has_beaten("beat"), "beat is alive", process)
        return self

    def stop(self, name: str) -> None:
        """Stop one of its processes, as a deployment would."""
        for process in [each for each in self.processes if each.name == name]:
            process.stop()
            self.processes.remove(process)

    def kill(self, name: str) -> None:
        """Kill one of its processes, as a crash would."""
        for process in [each for each in self.processes if each.name == name]:
            processes.kill_group(process.pid)
            process.popen.wait()
            self.processes.remove(process)

    def manage(self, *arguments: str) -> str:
        """Run a management command on this database; returns what it printed.

        Raises AssertionError with its output when it fails.
        """
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def stand_at(self, instant: datetime) -> "Deployment":
        """Let the clock stand at an instant for every process: sessions that begin from now on, and none is older."""
        databases.stand_at(self.database, instant)
        return self

    def own_redis(self) -> "Deployment":
        """A Redis-compatible server of its own, in memory only, that may be lost."""
        started = valkey.start(self.layout, durable=False)
        self.processes.append(started.process)
        self.redis_url = started.url(0)
        self.env |= {"REDIS_URL": self.redis_url}
        return self

    def start_redis_again(self) -> "Deployment":
        """After `stop("valkey")`: empty, at the same address."""
        config = self.layout.valkey / "valkey.conf"
        process = processes.start(
            "valkey",
            [str(valkey.program()), str(config)],
            log=self.layout.log / "valkey.log",
            env=self.env,
            cwd=self.layout.valkey,
        )
        self.processes.append(process)
        client = redis.Redis.from_url(self.redis_url)
        self.wait(lambda: _answers(client), "Redis answers", process)
        client.close()
        return self

    def rows(self, query: str, *parameters: object) -> list[tuple]:
        """Look into the database from outside (for journeys, which must not use the ORM)."""
        with databases.cursor(self.database) as asked:
            asked.execute(query, parameters)
            return asked.fetchall() if asked.description else []

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET without cookies; status 0 when nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read()
        except OSError:
            return 0, b""

    def ready(self) -> dict[str, str]:
        """What /readyz says of each part."""
        return json.loads(self.get("/readyz")[1])["parts"]

    def wait(self, condition, what: str, process: processes.Process | None = None) -> None:
        """Wait until the condition holds.

        Raises AssertionError with the process's last lines when it ends or after three minutes.
        """
        deadline = time.monotonic() + PATIENCE
        while not condition():
            lines = process.last_lines() if process else ""
            assert process is None or process.ended() is None, f"{process.name} ended:\n{lines}"
            assert time.monotonic() < deadline, f"waited {PATIENCE:.0f} seconds until {what}:\n{lines}"
            time.sleep(0.05)

    def close(self) -> None:
        processes.stop_all(self.processes)
        databases.drop(self.database)
        _numbers.append(self._number)

    def _start(self, name: str, command: list[str]) -> processes.Process:
        process = programs.start(name, command, layout=self.layout, env=self.env)
        self.processes.append(process)
        return process

    def _has_beaten(self, name: str) -> bool:
        return bool(self.rows("SELECT 1 FROM common_heartbeat WHERE process = %s", name))


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
