"""Closing a call with many drafts, the notices to the people behind them with it, beside the bare statements."""

from benchmarks.deployments import deployment, lay
from benchmarks.table import Table


def measure(table: Table, *, drafts: int) -> None:
    with deployment() as made:
        seconds = lay(made, "closing", drafts)
    table.add(f"closing a call with {drafts:,} drafts, everyone told", seconds["ours"], "s")
    table.add("  the bare UPDATE and INSERT … SELECT", seconds["bare"], "s")
    ratios = [ours / bare for ours, bare in zip(seconds["ours"], seconds["bare"], strict=True)]
    table.add("  ratio", ratios, "")
