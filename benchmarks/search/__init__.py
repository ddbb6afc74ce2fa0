"""How well and how fast products are found: NDCG@10, MRR and latency on judged queries, and what each piece earns.

`products.csv` is a small hand-written catalogue, `queries.csv` are queries with judged answers (3 what was meant,
2 good, 1 related; what is not named is 0), both written before anything was tuned. A third of them (part `held`)
is never looked at while tuning.
"""

from benchmarks.table import Table


def measure(table: Table, *, products: int) -> None:
    # Importing it starts servers; the ground, a process of its own, imports this package too.
    from benchmarks.deployments import deployment, lay

    with deployment() as made:
        quality = lay(made, "found", 0)
    for way, parts in quality.items():
        for part, (ndcg, mrr, took, n) in parts.items():
            goal = "≥ 0.85" if way == "every piece" and part == "held" else ""
            table.add(f"search, {way}, {part} ({n} queries): NDCG@10", [ndcg], "", goal)
            table.add(f"search, {way}, {part}: MRR", [mrr], "")
            if way == "every piece":
                table.add(f"search, {part}: a query with its order", took, "ms")
    with deployment() as made:
        speed = lay(made, "searched", products)
    for what, took in speed.items():
        unit = "×" if what.endswith("of the limit") else "ms"
        table.add(f"{products:,} products: {what}", took, unit, GOALS.get(what, ""))


GOALS = {
    f"{kind}, {what}, database": goal
    for kind, goal in (("topical", "≤ 3"), ("broad", "≤ 30"))
    for what in ("search", "facets")
}
"""Milliseconds at 100,000 products; three times as much at 1,000,000."""
