#!/usr/bin/env python3
"""Ask, then drop `var/`: database, uploaded files, logs. Standard library only."""

import fcntl
import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("INNOMARKET_VAR") or ROOT / "var").resolve()


def runs(var: Path) -> bool:
    """True while a supervisor holds the lock."""
    try:
        with (var / "run" / "lock").open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def main() -> None:
    if not VAR.exists():
        raise SystemExit("There is nothing to drop.")
    if runs(VAR):
        raise SystemExit("It runs: `make stop` first.")
    print(f"This drops {VAR} with the database and every uploaded file of this checkout.")
    try:
        answer = input("Type yes to go on: ")
    except EOFError:
        answer = ""
    if answer.strip() != "yes":
        raise SystemExit("Nothing was dropped.")
    shutil.rmtree(VAR)
    print("Dropped.")


if __name__ == "__main__":
    main()
