"""Starting, watching and stopping programs, so that none is left behind whatever happens to the starter."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 20.0
"""Seconds that a program gets to end by itself before it is killed."""

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: afterwards, as another user, the interpreter's own files may be out of reach.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass
class Process:
    """A running program of ours."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    gentle: signal.Signals

    @property
    def pid(self) -> int:
        return self.popen.pid

    def ended(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self.popen.poll()

    def ask_to_end(self) -> None:
        if self.popen.poll() is None:
            self.popen.send_signal(self.gentle)

    def stop(self, patience: float = PATIENCE) -> None:
        """End it and whatever it started. Comes back when it is gone."""
        self.ask_to_end()
        try:
            self.popen.wait(patience)
        except subprocess.TimeoutExpired:
            pass
        kill_group(self.pid)
        self.popen.wait()

    def last_lines(self, count: int = 25) -> str:
        return last_lines(self.log, count)


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path | str,
    gentle: signal.Signals = signal.SIGTERM,
    popen: Mapping[str, object] | None = None,
) -> Process:
    """Start a program in a session of its own, its output appended to `log`.

    A session of its own: Ctrl-C reaches the supervisor alone, which then stops all in order. On Linux the kernel
    sends `gentle` to the program when this process dies, even by kill -9. Call it from the main thread: the kernel
    means the starting thread, not the process.
    """
    with log.open("ab") as output:
        started = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
            preexec_fn=ends_with_parent(gentle),
            **(popen or {}),  # type: ignore[call-overload]
        )
    return Process(name, started, log, gentle)


def ends_with_parent(gentle: signal.Signals) -> Callable[[], None] | None:
    """What a child runs before its program: ask the kernel for `gentle` at the parent's death. Imports nothing."""
    if _libc is None:
        return None
    prctl, parent, getppid, leave = _libc.prctl, os.getpid(), os.getppid, os._exit

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(gentle))
        if getppid() != parent:  # it died in between
            leave(1)

    return ask


def stop_all(processes: Sequence[Process]) -> None:
    """Stop in the opposite order of starting, so that the servers outlive those who use them."""
    for process in reversed(processes):
        process.stop()


def kill_group(pid: int) -> None:
    """Kill what is left of a program's session; nothing is left as a rule."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def birth(pid: int) -> str | None:
    """A mark of the process that now has this id: ids are given out again. None when there is none."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        if Path("/proc/self/stat").exists():
            return None
        asked = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True)
        return asked.stdout.strip() or None
    return None if fields[0] == "Z" else fields[19]


def end_leftover(pid: int, born: str, *, gentle: signal.Signals, patience: float = PATIENCE) -> bool:
    """End a process that an earlier, killed start left. True when there was one.

    It was asked to end by the kernel already; usually this only waits until the database has shut down.
    """
    if birth(pid) != born:
        return False
    deadline = time.monotonic() + patience
    asked = False
    while birth(pid) == born:
        if not asked and time.monotonic() > deadline - patience + 1:
            os.kill(pid, gentle)
            asked = True
        if time.monotonic() > deadline:
            kill_group(pid)
        time.sleep(0.05)
    kill_group(pid)
    return True


def last_lines(path: Path, count: int) -> str:
    """The last lines of a text file, without reading a long one whole."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 64_000))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])
