"""The same, in the background: start, stop, status, logs."""

import os
import signal
import subprocess
import sys
import time

from innomarket.embedded import lock, processes, state
from innomarket.embedded.layout import ROOT, Layout, Trouble
from innomarket.embedded.supervisor import HINT, unready

STOP_PATIENCE = 90.0


def start(layout: Layout, arguments: list[str]) -> int:
    """Start the supervisor detached, show what it says until it is ready. Returns its exit code if it ends before.

    Raises AlreadyRunning.
    """
    layout.make()
    if pid := lock.holder(layout.lock):
        raise lock.AlreadyRunning(f"It already runs in this checkout (process {pid}). {HINT}")
    log = layout.log / "supervisor.log"
    log.write_bytes(b"")
    with log.open("ab") as output:
        started = subprocess.Popen(
            [sys.executable, "-u", "-m", "innomarket.embedded", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    shown = 0
    while True:
        code = started.poll()
        with log.open("rb") as file:
            file.seek(shown)
            fresh = file.read()
        shown += len(fresh)
        sys.stdout.write(fresh.decode(errors="replace").replace("Ctrl-C stops", "`make stop` stops"))
        sys.stdout.flush()
        if code is not None:
            return code or 1
        present = state.read(layout)
        if present and present.ready and present.pid == started.pid and b"Ctrl-C stops" in fresh:
            return 0
        time.sleep(0.1)


def stop(layout: Layout) -> int:
    """Ask the supervisor to stop and wait until everything is gone.

    Raises Trouble when it does not go.
    """
    pid = lock.holder(layout.lock)
    if pid is None:
        left = state.end_leftovers(layout)
        print(f"Nothing runs here.{' Ended what a killed run left: ' + ', '.join(left) if left else ''}")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE
    while lock.holder(layout.lock) == pid:
        if time.monotonic() > deadline:
            raise Trouble(f"Process {pid} has not stopped in {STOP_PATIENCE:.0f} seconds; see {layout.log}.")
        time.sleep(0.1)
    print("Stopped.")
    return 0


def status(layout: Layout) -> int:
    """Say what runs. 0 when it runs and is ready, 1 when something is missing, 3 when nothing runs."""
    pid = lock.holder(layout.lock)
    present = state.read(layout)
    if pid is None or present is None:
        print("Nothing runs in this checkout.")
        return 3
    print(f"supervisor  process {pid}  {'ready' if present.ready else 'starting'}  {present.address}/")
    for child in present.children:
        alive = processes.birth(child.pid) == child.born
        print(f"{child.name:<11} process {child.pid}  {'runs' if alive else 'ended'}")
    if not any(child.name == "web" for child in present.children):
        return 0 if present.ready else 1
    missing = unready(present.address)
    print(f"/readyz     {missing or 'ok'}")
    return 1 if missing else 0


def logs(layout: Layout, name: str = "", *, follow: bool = True, lines: int = 40) -> int:
    """Show the last lines of one log or of all, and what comes."""
    files = sorted(layout.log.glob(f"{name or '*'}.log"))
    if not files:
        known = ", ".join(sorted(path.stem for path in layout.log.glob("*.log"))) or "none yet"
        raise Trouble(f"No log {name!r} in {layout.log}. There are: {known}.")
    if not follow:
        for path in files:
            print(f"==> {path.name} <==\n{processes.last_lines(path, lines)}\n")
        return 0
    try:
        return subprocess.call(["tail", "-n", str(lines), "-F", *map(str, files)])
    except KeyboardInterrupt:
        return 0
