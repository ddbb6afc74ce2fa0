#!/usr/bin/env python3
"""Build `.venv` from the lock with the system's Python alone: standard library only, any Python from 3.11.

    python3 tools/venv.py          what running needs (requirements/run.txt)
    python3 tools/venv.py --dev    and what tests and checks need (requirements/dev.txt)

A stamp in `.venv` holds the hash of the lock, so that a second call does nothing and takes no time. Packages are
installed by the uv that the lock itself names; uv is installed by pip, with its hash checked.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".lock-stamp"
RUN_LOCK = ROOT / "requirements" / "run.txt"
DEV_LOCK = ROOT / "requirements" / "dev.txt"
OLDEST_PYTHON = (3, 11)


def fingerprint(lock: Path) -> str:
    """What the environment was made of: the lock's bytes and the interpreter's minor version."""
    return f"{lock.stem} {sys.version_info[0]}.{sys.version_info[1]} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


def is_current(*, dev: bool, stamp: Path = STAMP) -> bool:
    """True when `.venv` was built from the present lock. One with the tests' packages also serves for running."""
    try:
        stood = stamp.read_text().splitlines()
    except OSError:
        return False
    if not (VENV / "bin" / "python").exists():
        return False
    wanted = [DEV_LOCK] if dev else [DEV_LOCK, RUN_LOCK]
    return any(fingerprint(lock) in stood for lock in wanted)


def was_for_development(stamp: Path = STAMP) -> bool:
    """True when the environment last held the tests' packages: a new lock must not take them away."""
    try:
        return stamp.read_text().startswith("dev ")
    except OSError:
        return False


def requirement_of(package: str, lock: Path) -> str:
    """The lines of one package in a lock, with its hashes.

    Raises LookupError when the lock does not name it.
    """
    found = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*", lock.read_text(), re.MULTILINE)
    if not found:
        raise LookupError(f"{lock.name} does not name {package}")
    return found.group(0) + "\n"


def check_python() -> None:
    """Stop with a sentence a newcomer can act on when this Python cannot build the environment."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise SystemExit(
            f"Python {sys.version.split()[0]} is too old: 3.11 or newer is needed. "
            "Name another one with: make PYTHON=python3.12 up"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SystemExit(
            f"This Python ({sys.executable}) comes without the venv module. Install it and start again:\n"
            f"  Debian, Ubuntu:  apt-get install python{minor}-venv\n"
            "or name a Python that has it: make PYTHON=/path/to/python3 up"
        ) from None


def run(command: list[str], **environment: str) -> None:
    """Run one step; its output is shown when it fails, and the whole stops."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True
    )
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        raise SystemExit(f"failed: {' '.join(command[:4])} …")


def build(*, dev: bool) -> None:
    """Make `.venv` anew or bring it to the lock."""
    lock = DEV_LOCK if dev else RUN_LOCK
    python = VENV / "bin" / "python"
    STAMP.unlink(missing_ok=True)
    if not works(python) or not (VENV / "bin" / "uv").exists():  # uv's sync takes pip away: begin anew
        shutil.rmtree(VENV, ignore_errors=True)
        started = time.perf_counter()
        run([sys.executable, "-m", "venv", str(VENV)])
        say("virtual environment", started)
    uv = VENV / "bin" / "uv"
    if not uv.exists():
        started = time.perf_counter()
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as alone:
            alone.write(requirement_of("uv", RUN_LOCK))
            alone.flush()
            run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                 "--require-hashes", "--no-deps", "-r", alone.name])  # fmt: skip
        say("installer (uv)", started)
    started = time.perf_counter()
    # uv may replace itself while it runs: it works from a copy.
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy2(uv, folder)
        run(
            [
                copy,
                "pip",
                "sync",
                "--quiet",
                "--no-config",
                "--require-hashes",
                "--python",
                str(python),
                str(lock),
            ],
            UV_PYTHON=str(python),
            UV_PYTHON_DOWNLOADS="never",
        )
    STAMP.write_text(fingerprint(lock) + "\n")
    say(f"packages of requirements/{lock.name}", started)


def works(python: Path) -> bool:
    """True when the environment's Python runs and is the one that was asked for (a moved checkout breaks it)."""
    if not python.exists():
        return False
    ask = "import sys; print(sys.prefix, *sys.version_info[:2])"
    answer = subprocess.run([str(python), "-c", ask], capture_output=True, text=True)
    return answer.stdout.strip() == f"{VENV} {sys.version_info[0]} {sys.version_info[1]}"


def say(what: str, started: float) -> None:
    print(f"  {what:<44}{time.perf_counter() - started:>7.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dev", action="store_true", help="with the packages for tests and checks")
    dev = parser.parse_args().dev
    if is_current(dev=dev):
        return
    check_python()
    print("Building .venv from the lock", flush=True)
    build(dev=dev or was_for_development())


if __name__ == "__main__":
    main()
