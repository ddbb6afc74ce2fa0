"""Headless Chromium: found, installed where the machine can, else a reason to skip (in CI: to fail)."""

import fcntl
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from innomarket.embedded.layout import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-cjk")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def find() -> str | None:
    """The program, by CHROMIUM or on PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


def install() -> str:
    """Install browser and Korean font by apt as root. Returns why it could not; empty when it did."""
    if not shutil.which("apt-get"):
        return "no Chromium here, and no apt-get to install it"
    if os.geteuid() != 0:
        return f"no Chromium here; install it as root: apt-get install {' '.join(PACKAGES)}"
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", *command], env=environment, capture_output=True, text=True)
        if done.returncode and command[0] == "install":
            return f"apt-get could not install Chromium: {done.stderr.strip()[-300:]}"
    return ""


@cache
def chromium() -> tuple[str, str]:
    """The program and an empty reason, or an empty program and the reason. Workers do not install at once."""
    if found := find():
        return found, ""
    if os.environ.get("CHROMIUM"):
        return "", f"CHROMIUM names {os.environ['CHROMIUM']}, which is not there"
    with (ROOT / "var" / "browser.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        reason = "" if find() else install()
    found = find()
    return (found, "") if found else ("", reason or "Chromium was installed but is not on PATH")


def must_be_there() -> bool:
    """In CI a missing browser is a failure, not a reason to skip."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}
