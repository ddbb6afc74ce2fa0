"""A portal of its own for a measurement, and the ground in its database."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from innomarket.embedded.layout import ROOT
from tests.support.deployment import Deployment


@contextmanager
def deployment() -> Iterator[Deployment]:
    """A cloned database with its processes, ended and dropped at the end."""
    with tempfile.TemporaryDirectory() as folder:
        made = Deployment(Path(folder) / "var")
        made.env |= {"DJANGO_SETTINGS_MODULE": "innomarket.settings", "LOG_LEVEL": "WARNING"}
        try:
            yield made
        finally:
            made.close()


def lay(made: Deployment, name: str, count: int) -> Any:
    """What benchmarks.ground makes under this name.

    Raises SystemExit with what it said when it fails.
    """
    command = [sys.executable, "-m", "benchmarks.ground", name, str(count)]
    done = subprocess.run(command, cwd=ROOT, env=made.env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The ground could not be laid:\n{done.stdout}{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])
