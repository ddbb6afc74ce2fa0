"""``make demo``: against this checkout's running portal, or one that it starts for the time of the play."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from .people import ROOT, Stopped
from .play import Round


def main() -> int:
    parser = argparse.ArgumentParser(description="Play a whole small round over HTTP, as each role in turn.")
    parser.add_argument("--url", default="", help="the portal; default: this checkout's")
    url = parser.parse_args().url or running()
    started = not url
    if started:
        print("No portal runs in this checkout: starting one.", flush=True)
        subprocess.run([sys.executable, "-m", "innomarket.embedded", "start"], cwd=ROOT, check=True)
        url = running()
    began = time.monotonic()
    try:
        Round(url).play()
    except (Stopped, LookupError) as stopped:
        print(f"\nThe play stopped: {stopped}", file=sys.stderr)
        return 1
    finally:
        if started:
            subprocess.run([sys.executable, "-m", "innomarket.embedded", "stop"], cwd=ROOT, check=False)
    print(f"\nDone in {time.monotonic() - began:.0f} s: a product in the catalogue and a committed purchase.")
    return 0


def running() -> str:
    """The address of this checkout's portal, or "" where none runs."""
    var = Path(os.environ.get("INNOMARKET_VAR", ROOT / "var"))
    try:
        state = json.loads((var / "run" / "state.json").read_text())
    except (OSError, ValueError):
        return ""
    return state["address"] if state.get("ready") else ""


if __name__ == "__main__":
    sys.exit(main())
