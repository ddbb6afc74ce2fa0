"""`python -m benchmarks [NAME …] [--drafts N] [--people N] [--messages N] …`: all, or those that are named."""

import argparse
import os
import platform

from benchmarks.table import Table

NAMES = ("drafts", "closing", "lastminute", "messages", "ranking", "draw", "console", "search", "catalog")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    made.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; none named: all")
    made.add_argument("--drafts", type=int, default=20_000, help="drafts of the call that closes")
    made.add_argument("--people", type=int, default=300, help="who submits in the last minute")
    made.add_argument("--slow", type=int, default=24, help="how many of them have a slow line")
    made.add_argument("--messages", type=int, default=100_000, help="messages told and sent")
    made.add_argument(
        "--entries", type=int, default=5000, help="entries of the round that is ranked and shown"
    )
    made.add_argument("--panels", type=int, default=5000, help="panels drawn from 10,000 evaluators")
    made.add_argument(
        "--products",
        type=int,
        nargs="+",
        default=[10_000],
        help="products of the catalogue (goals: 10000 100000 1000000)",
    )
    made.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="how often drafts, messages, rankings and draws are measured; the median counts",
    )
    return made


def main() -> None:
    options = parser().parse_args()
    if unknown := set(options.names) - set(NAMES):
        raise SystemExit(f"No such benchmark: {', '.join(sorted(unknown))}")
    # Importing them starts servers of their own (tests.support.engines): not before the arguments are understood.
    from benchmarks import catalog, closing, console, drafts, draw, lastminute, messages, ranking, search

    table, wanted = Table(), options.names or NAMES
    if "drafts" in wanted:
        drafts.measure(table, rounds=options.rounds)
    if "closing" in wanted:
        closing.measure(table, drafts=options.drafts)
    if "lastminute" in wanted:
        lastminute.measure(table, people=options.people, slow=options.slow)
    if "draw" in wanted:
        draw.measure(table, panels=options.panels, rounds=options.rounds)
    if "messages" in wanted:
        messages.measure(table, messages=options.messages, rounds=options.rounds)
    if "ranking" in wanted:
        ranking.measure(table, entries=options.entries, rounds=options.rounds)
    if "console" in wanted:
        console.measure(table, entries=options.entries)
    for products in options.products:
        if "search" in wanted:
            search.measure(table, products=products)
    if "catalog" in wanted:
        catalog.measure(table, products=options.products, rounds=options.rounds)
    print(table)
    print(f"{os.cpu_count()} processors, Python {platform.python_version()}.")
    print("PostgreSQL without fsync, but where a flush is named.")


if __name__ == "__main__":
    main()
