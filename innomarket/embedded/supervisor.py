"""Everything in one foreground process: start, watch, stop."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NoReturn

from innomarket.embedded import lock, ports, processes, programs, proxy, services, state
from innomarket.embedded.layout import ROOT, Layout, Trouble
from innomarket.embedded.progress import step

READY_PATIENCE = 90.0
HINT = "`make stop` ends it, `make status` says what runs; another checkout can run beside it with its own PORT=."


class Supervisor:
    """Starts the servers and the portal, ends all when one ends or when it is asked to."""

    def __init__(self, layout: Layout, *, host: str = ports.LOOPBACK, port: int = 8000) -> None:
        self.layout = layout
        self.host = host
        self.port = port
        self.services = services.Services()
        self.programs: list[processes.Process] = []
        self.ready = False
        self.env: dict[str, str] = {}

    @property
    def running(self) -> list[processes.Process]:
        return [*self.services.processes, *self.programs]

    @property
    def address(self) -> str:
        host = ports.LOOPBACK if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104
        return os.environ.get("PUBLIC_URL", f"http://{host}:{self.port}").rstrip("/")

    def run(self, *, services_only: bool = False) -> int:
        """Run until Ctrl-C, SIGTERM or the end of one program. Returns the exit code.

        Raises AlreadyRunning, and Trouble for what a person must act on.
        """
        self.layout.make()
        with lock.take(self.layout.lock, hint=HINT):
            if left := state.end_leftovers(self.layout):
                print(f"  The last run was killed; ended what it left: {', '.join(left)}", flush=True)
            if not services_only:
                self._check_port()
            os.environ.pop(
                "PYTHONDONTWRITEBYTECODE", None
            )  # every later start would compile all modules again
            signal.signal(signal.SIGTERM, _interrupt)
            signal.signal(signal.SIGHUP, _interrupt)
            try:
                self._start(services_only=services_only)
                return self._watch()
            except KeyboardInterrupt:
                print("\nStopping.", flush=True)
                return 0
            finally:
                self._stop()

    def _check_port(self) -> None:
        if ports.is_free(self.port, self.host):
            return
        another = next(ports.free_ports(self.port + 1), None)
        raise Trouble(
            f"Port {self.port} is in use by another program. Choose one that is free: PORT={another} make up"
        )

    def _start(self, *, services_only: bool) -> None:
        began = time.perf_counter()
        services.start(self.layout, self.services, started=self._record)
        variables = self.services.variables | {"PORT": str(self.port), "PUBLIC_URL": self.address}
        self.env = {
            "LOG_FORMAT": "console",
            **os.environ,
            **variables,
            "INNOMARKET_VAR": str(self.layout.var),
        }
        services.write(self.layout, variables)
        self._record()
        if services_only:
            self.ready = True
            self._record()
            print(
                f"Both servers run ({time.perf_counter() - began:.1f} s); .venv/bin/python manage.py … finds them."
            )
            print("Ctrl-C stops them.", flush=True)
            return
        self._prepare()
        with step("Proxy (nginx)") as note:
            front = proxy.program()
            note.text = f"{proxy.version_of(front)}, buffers uploads" if front else proxy.MISSING
        with step("Web, worker, beat"):
            self._start_programs(front)
            self._wait_until_ready()
        self.ready = True
        self._record()
        print(f"Ready in {time.perf_counter() - began:.1f} s\n\n  {self.address}/\n")
        print(_read(self.layout.signins))
        print("Ctrl-C stops everything.", flush=True)

    def _prepare(self) -> None:
        """Run the preparation in a process of its own: it needs Django, the supervisor stays small."""
        command = [sys.executable, "-m", "innomarket.embedded.preparation", str(self.layout.signins)]
        prepared = subprocess.Popen(
            command, cwd=ROOT, env=self.env, preexec_fn=processes.ends_with_parent(signal.SIGTERM)
        )
        try:
            code = prepared.wait()
        except KeyboardInterrupt:
            prepared.terminate()
            prepared.wait()
            raise
        if code:
            raise Trouble("The preparation failed; what it said stands above.")

    def _start_programs(self, front: Path | None) -> None:
        """With a proxy in front the web server listens on this machine alone, on a port of its own."""
        self._start_program("worker", programs.worker())
        self._start_program("beat", programs.beat())
        if front is None:
            self._start_program("web", programs.web(host=self.host, port=self.port))
            return
        upstream = proxy.free_port()
        self._start_program("web", programs.web(host=ports.LOOPBACK, port=upstream), BEHIND_PROXY="on")
        command = proxy.command(front, self.layout, host=self.host, port=self.port, upstream=upstream)
        self._start_program("proxy", command)

    def _start_program(self, name: str, command: list[str], **variables: str) -> None:
        env = self.env | variables
        self.programs.append(programs.start(name, command, layout=self.layout, env=env))
        self._record()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_PATIENCE
        missing = "no answer"
        while time.monotonic() < deadline:
            self._raise_if_one_ended()
            missing = unready(f"http://{ports.LOOPBACK}:{self.port}")
            if not missing:
                return
            time.sleep(0.1)
        raise Trouble(
            f"Not ready after {READY_PATIENCE:.0f} seconds: {missing}. `make logs` shows what they say."
        )

    def _watch(self) -> int:
        """Sleep until a program ends."""
        while True:
            self._raise_if_one_ended()
            time.sleep(0.25)

    def _raise_if_one_ended(self) -> None:
        for process in self.running:
            code = process.ended()
            if code is not None:
                how = (
                    f"was killed by {signal.Signals(-code).name}"
                    if code < 0
                    else f"ended with exit code {code}"
                )
                raise Trouble(
                    f"{process.name} {how}, so everything stops. Its last lines ({process.log}):\n"
                    f"{process.last_lines()}"
                )

    def _record(self) -> None:
        state.write(
            self.layout, pid=os.getpid(), address=self.address, ready=self.ready, running=self.running
        )

    def _stop(self) -> None:
        """Stop all; a second Ctrl-C in the meantime is no reason to leave one behind."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        for program in self.programs:
            program.ask_to_end()
        processes.stop_all(self.programs)
        processes.stop_all(self.services.processes)
        for path in (self.layout.services, self.layout.state, self.layout.signins):
            path.unlink(missing_ok=True)
        print("Stopped.", flush=True)


def unready(address: str) -> str:
    """What /readyz misses, in words; empty when the whole stands. Asked by loopback, so HTTPS must not redirect it."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=10):
            return ""
    except urllib.error.HTTPError as answer:
        try:
            parts = json.load(answer)["parts"]
        except (ValueError, KeyError, TypeError):
            return f"/readyz answers {answer.code}"
        return ", ".join(f"{name}: {reason}" for name, reason in parts.items() if reason != "ok")
    except OSError as failure:
        return f"no answer ({failure})"


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
