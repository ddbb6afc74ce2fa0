"""`python -m benchmarks [drafts|closing|messages|ranking] [--drafts N] [--messages N] [--entries N] [--rounds N]`.

All are measured, or those that are named.
"""

import argparse
import os
import platform

from benchmarks.table import Table

NAMES = ("drafts", "closing", "messages", "ranking")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; none named: all")
    made.add_argument("--drafts", type=int, default=500, help="drafts of the call that closes (goal: 20000)")
    made.add_argument("--messages", type=int, default=10_000, help="messages told and sent (goal: 100000)")
    made.add_argument("--entries", type=int, default=5000, help="entries of the round that is ranked")
    made.add_argument("--rounds", type=int, default=5, help="how often each is measured; the median counts")
    return made


def main() -> None:
    options = parser().parse_args()
    if unknown := set(options.names) - set(NAMES):
        raise SystemExit(f"No such benchmark: {', '.join(sorted(unknown))}")
    # Importing them starts servers of their own (tests.support.engines): not before the arguments are understood.
    from benchmarks import closing, drafts, messages, ranking

    table = Table()
    if not options.names or "drafts" in options.names:
        drafts.measure(table, rounds=options.rounds)
    if not options.names or "closing" in options.names:
        closing.measure(table, drafts=options.drafts, rounds=options.rounds)
    if not options.names or "messages" in options.names:
        messages.measure(table, messages=options.messages, rounds=options.rounds)
    if not options.names or "ranking" in options.names:
        ranking.measure(table, entries=options.entries, rounds=options.rounds)
    print(table)
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}, PostgreSQL without fsync.")


if __name__ == "__main__":
    main()
