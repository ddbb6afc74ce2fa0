"""Closing a call with many drafts: one transaction, in a fresh database each time."""

from benchmarks.deployments import deployment, lay
from benchmarks.table import Table


def measure(table: Table, *, drafts: int, rounds: int) -> None:
    seconds = []
    for _ in range(rounds):
        with deployment() as made:
            seconds.append(lay(made, "closings", drafts))
    table.add(f"closing a call with {drafts:,} drafts", seconds, "s")
