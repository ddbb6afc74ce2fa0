"""Check docker-compose.yml by dclint, which comes from npm. Exit code 77, with the reason, where it cannot be had."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DCLINT = "dclint@3.1.0"
NOT_RUN = 77
# These want keys and services in the order of the alphabet; ours stand in the order in which they start.
ORDER = ("service-keys-order", "services-alphabetical-order", "top-level-properties-order")
# Wants quotes around everything that is named ports or expose, quoted lists of the short form included.
QUOTES = ("require-quotes-in-ports",)
# nginx:stable is the series that gets the fixes, as postgres:18 is.
TAGS = ("service-image-require-explicit-tag",)


def program(folder: Path) -> Path | str:
    """dclint in a folder of its own under var/, installed at first use; else the reason why not, in words."""
    npm = shutil.which("npm")
    if not npm or not shutil.which("node"):
        return "no npm here"
    found = folder / "node_modules" / ".bin" / "dclint"
    if found.exists():
        return found
    folder.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund", DCLINT]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return "npm does not reach its registry"
    return found if done.returncode == 0 else f"npm could not install {DCLINT}"


def main() -> int:
    """0 without a finding, 1 with some, 77 when it could not be run."""
    found = program(ROOT / "var" / "cache" / DCLINT.replace("@", "-"))
    if isinstance(found, str):
        print(f"not run: {found}")
        return NOT_RUN
    rules = [part for rule in (*ORDER, *QUOTES, *TAGS) for part in ("--disable-rule", rule)]
    command = [str(found), "docker-compose.yml", "--max-warnings", "0", *rules]
    return 1 if subprocess.run(command, cwd=ROOT).returncode else 0


if __name__ == "__main__":
    sys.exit(main())
