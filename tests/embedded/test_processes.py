"""Programs are started, watched and stopped, and none is left behind."""

import os
import signal
import subprocess
import sys
import time

import pytest

from innomarket.embedded import processes
from innomarket.embedded.layout import ROOT

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's notice of a dead parent is Linux's")


def start(tmp_path, command, **options):
    return processes.start("sleeper", command, log=tmp_path / "log", env=os.environ, cwd=tmp_path, **options)


def until(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_stop_ends_it_by_the_gentle_signal(tmp_path):
    process = start(tmp_path, SLEEP)
    until(lambda: process.last_lines() == "up")
    assert process.ended() is None

    process.stop()

    assert process.ended() == -signal.SIGTERM


def test_stop_kills_what_does_not_listen(tmp_path):
    deaf = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEP[-1]
    process = start(tmp_path, [sys.executable, "-c", deaf])
    until(lambda: process.last_lines() == "up")

    process.stop(patience=0.2)

    assert process.ended() == -signal.SIGKILL


def test_stop_leaves_no_grandchild(tmp_path):
    born = (
        f"subprocess.Popen({SLEEP!r}, stdout=subprocess.DEVNULL)"  # what it prints is no line of its parent's
    )
    parent = f"import subprocess; p = {born}; print(p.pid, flush=True); p.wait()"
    process = start(tmp_path, [sys.executable, "-c", parent])
    until(lambda: process.last_lines().split()[:1])
    grandchild = int(process.last_lines().split()[0])
    assert processes.birth(grandchild)

    process.stop()

    until(lambda: processes.birth(grandchild) is None)


@linux
def test_child_ends_when_its_starter_is_killed(tmp_path):
    script = (
        "import os, sys, time\nfrom pathlib import Path\nfrom innomarket.embedded import processes\n"
        f"p = processes.start('sleeper', {SLEEP!r}, log=Path({str(tmp_path / 'log')!r}), env=os.environ, cwd='/')\n"
        "print(p.pid, flush=True)\ntime.sleep(600)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    child = int(starter.stdout.readline())
    assert processes.birth(child)

    starter.kill()
    starter.communicate()

    until(lambda: processes.birth(child) is None)


def test_leftover_is_not_mistaken_for_a_later_process_of_the_same_id():
    assert processes.end_leftover(os.getpid(), "another birth", gentle=signal.SIGTERM) is False


def test_leftover_is_ended(tmp_path):
    process = start(tmp_path, SLEEP)
    born = processes.birth(process.pid)
    assert born

    # Its starter would have died; here a thread that waits for it stands in, or it would stay a zombie.
    import threading

    waiter = threading.Thread(target=process.popen.wait)
    waiter.start()
    assert processes.end_leftover(process.pid, born, gentle=signal.SIGTERM, patience=3) is True
    waiter.join()

    assert process.ended() is not None


def test_last_lines_of_a_missing_log_are_empty(tmp_path):
    assert processes.last_lines(tmp_path / "none", 5) == ""


def test_last_lines_are_the_last(tmp_path):
    (tmp_path / "log").write_text("one\ntwo\nthree\n")
    assert processes.last_lines(tmp_path / "log", 2) == "two\nthree"
