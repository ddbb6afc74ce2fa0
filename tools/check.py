"""`make check`: everything that can be said about the code without running the portal.

All checks run, also after one has failed; the last lines name what failed.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from tools.check_compose import NOT_RUN

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PYTHON = sys.executable
# A server as it should be: what `check --deploy` looks at. No address in it is asked for anything.
DEPLOYED = {
    "INNOMARKET_EMBEDDED": "off",
    "SECRET_KEY": "only-for-the-check-of-the-settings-0123456789-abcdefghijklmnopqrstuvwxyz",
    "PUBLIC_URL": "https://portal.example",
    "SEALING_KEYS": "/run/secrets/sealing.json",
    "MAIL_URL": "smtps://portal:password@mail.example",
    "HTTPS": "on",
    "DEBUG": "off",
}


@dataclass(frozen=True)
class Check:
    """One command, and what of the environment it needs."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)


CHECKS = [
    Check("style", [str(BIN / "ruff"), "check", "--quiet", "--no-cache", "."]),
    Check("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "--no-cache", "."]),
    Check("types", [PYTHON, "-m", "mypy"]),
    Check("arrows between apps", [str(BIN / "lint-imports"), "--no-cache"]),
    Check("upward references", [PYTHON, "-m", "tools.check_upward"]),
    Check("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
    Check("deployment", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], DEPLOYED),
    Check("translations", [PYTHON, "-m", "tools.messages", "check"]),
    Check("templates", [str(BIN / "djlint"), "--lint", "--quiet", "templates"]),
    Check("Dockerfile", [str(BIN / "hadolint"), "--no-color", "Dockerfile"]),
    Check("compose file", [PYTHON, "-m", "tools.check_compose"]),
]


def run(check: Check) -> bool:
    """Run one and show its output when it fails."""
    started = time.perf_counter()
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}
    }
    # A folder of its own: the checks neither see nor need what `make up` runs.
    environment |= {"INNOMARKET_VAR": str(ROOT / "var" / "check"), "PYTHONWARNINGS": "ignore"} | check.env
    done = subprocess.run(check.command, cwd=ROOT, env=environment, capture_output=True, text=True)
    # What a developer's machine may lack, CI may not.
    passed = done.returncode == 0 or (done.returncode == NOT_RUN and not os.environ.get("CI"))
    verdict = "ok" if passed else "FAILED"
    if done.returncode == NOT_RUN:  # a tool that this machine does not have: said, never taken for a success
        verdict = done.stdout.strip()
    print(f"  {check.name:<24}{time.perf_counter() - started:>6.1f} s  {verdict}", flush=True)
    if not passed:
        print(done.stdout + done.stderr, flush=True)
    return passed


def main(names: list[str]) -> int:
    """Run all, or those whose name contains one of the arguments."""
    wanted = [check for check in CHECKS if not names or any(name in check.name for name in names)]
    failed = [check.name for check in wanted if not run(check)]
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
