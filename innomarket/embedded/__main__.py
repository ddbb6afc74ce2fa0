"""The command line of the embedded services. `make` calls it."""

import argparse
import os
import sys

from innomarket.embedded import background
from innomarket.embedded.layout import Trouble, default_layout
from innomarket.embedded.supervisor import Supervisor


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m innomarket.embedded", description=__doc__)
    made.add_argument(
        "command",
        nargs="?",
        default="up",
        choices=["up", "start", "stop", "status", "logs"],
        help="up: foreground",
    )
    made.add_argument("name", nargs="?", default="", help="logs: of which program (web, worker, postgres …)")
    made.add_argument("--services-only", action="store_true", help="PostgreSQL and Valkey without the portal")
    made.add_argument("--no-follow", action="store_true", help="logs: show and end")
    made.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    made.add_argument("--host", default=os.environ.get("HOST_ADDRESS") or "127.0.0.1")
    return made


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    layout = default_layout()
    passed = ["--port", str(options.port), "--host", options.host]
    if options.services_only:
        passed.append("--services-only")
    try:
        if options.command == "start":
            return background.start(layout, passed)
        if options.command == "stop":
            return background.stop(layout)
        if options.command == "status":
            return background.status(layout)
        if options.command == "logs":
            return background.logs(layout, options.name, follow=not options.no_follow)
        return Supervisor(layout, host=options.host, port=options.port).run(
            services_only=options.services_only
        )
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
