"""Resolve the packages of pyproject.toml into requirements/: names, versions and hashes, no addresses."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILE = [
    str(ROOT / ".venv" / "bin" / "uv"), "pip", "compile", "--quiet", "--no-config", "--universal",
    "--generate-hashes", "--python-version", "3.11", "--custom-compile-command", "make lock", "pyproject.toml",
]  # fmt: skip


def main() -> None:
    """Arguments go to uv, for example `--upgrade` or `--upgrade-package django`."""
    environment = {**os.environ, "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    for arguments in (
        ["--output-file", "requirements/run.txt"],
        # What runs in tests is what runs in service: the second lock is bound by the first.
        ["--constraint", "requirements/run.txt", "--group", "dev", "--output-file", "requirements/dev.txt"],
    ):
        subprocess.run([*COMPILE, *arguments, *sys.argv[1:]], cwd=ROOT, env=environment, check=True)
    print("requirements/ is written; the next make target installs it.")


if __name__ == "__main__":
    main()
