"""`python -m benchmarks [drafts|closing|messages] [--drafts N] [--messages N] [--rounds N]`: all, or those named."""

import argparse
import os
import platform

from benchmarks.table import Table


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("names", nargs="*", metavar="NAME", help="drafts, closing, messages; none named: all")
    made.add_argument("--drafts", type=int, default=500, help="drafts of the call that closes (goal: 20000)")
    made.add_argument("--messages", type=int, default=10_000, help="messages told and sent (goal: 100000)")
    made.add_argument("--rounds", type=int, default=5, help="how often each is measured; the median counts")
    return made


def main() -> None:
    options = parser().parse_args()
    if unknown := set(options.names) - {"drafts", "closing", "messages"}:
        raise SystemExit(f"No such benchmark: {', '.join(sorted(unknown))}")
    # Importing them starts servers of their own (tests.support.engines): not before the arguments are understood.
    from benchmarks import closing, drafts, messages

    table = Table()
    if not options.names or "drafts" in options.names:
        drafts.measure(table, rounds=options.rounds)
    if not options.names or "closing" in options.names:
        closing.measure(table, drafts=options.drafts, rounds=options.rounds)
    if not options.names or "messages" in options.names:
        messages.measure(table, messages=options.messages, rounds=options.rounds)
    print(table)
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, PostgreSQL without fsync.")


if __name__ == "__main__":
    main()
