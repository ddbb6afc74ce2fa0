"""One start at a time in one checkout."""

import os
import subprocess
import sys

import pytest

from innomarket.embedded import lock


def test_second_taker_is_told_who_holds_it(tmp_path):
    with lock.take(tmp_path / "lock", hint="Do this."), pytest.raises(lock.AlreadyRunning) as refusal:
        lock.take(tmp_path / "lock", hint="Do this.")

    assert f"process {os.getpid()}" in str(refusal.value)
    assert str(refusal.value).endswith("Do this.")


def test_holder_is_known_while_it_holds(tmp_path):
    path = tmp_path / "lock"
    assert lock.holder(path) is None

    with lock.take(path, hint=""):
        assert lock.holder(path) == os.getpid()

    assert lock.holder(path) is None


def test_lock_ends_with_a_killed_holder(tmp_path):
    path = tmp_path / "lock"
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom innomarket.embedded import lock\n"
        f"held = lock.take(Path({str(path)!r}), hint='')\nos.kill(os.getpid(), 9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script])
    assert killed.returncode == -9

    with lock.take(path, hint=""):
        assert path.read_text().strip() == str(os.getpid())
