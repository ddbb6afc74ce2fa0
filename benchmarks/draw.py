"""Drawing panels from a large pool: the order alone (the limit), the walk, conflicts in SQL, the services."""

import random
import time

from benchmarks.deployments import deployment, lay
from benchmarks.table import Table
from innomarket.evaluation.drawing import Balance, Candidate, order_of, walk

KINDS = {"technical": 3, "policy": 2, "market": 1, "user": 1}
POOL = 10_000


def pool() -> dict[str, Candidate]:
    """10,000 people of four kinds in 2,000 organisations."""
    dice, kinds = random.Random(1), list(KINDS)
    return {
        code: Candidate(code, kinds[n % 4], f"O{dice.randrange(2000):04}")
        for n, code in enumerate(f"C{n:05}" for n in range(POOL))
    }


def drawn(panels: int, known: dict[str, Candidate], *, walked: bool) -> float:
    began = time.perf_counter()
    for n in range(panels):
        order = order_of(n.to_bytes(32, "big"), known)
        if walked:
            _steps, filled = walk(order, known, Balance(dict(KINDS), 1))
            assert filled
    return time.perf_counter() - began


def measure(table: Table, *, panels: int = 5000, rounds: int = 5) -> None:
    """``panels`` is spread over the rounds; what is printed is for all of them."""
    known, share = pool(), max(1, panels // rounds)
    scale = panels / share
    limit, ours = [], []
    for _ in range(rounds):
        limit.append(drawn(share, known, walked=False) * scale)
        ours.append(drawn(share, known, walked=True) * scale)
    table.add(f"order of {POOL:,} alone, {panels:,} times", limit, "s")
    table.add(f"{panels:,} panels drawn from {POOL:,}", ours, "s", "≤ 1.1 × the order alone")
    with deployment() as made:
        for label, values in lay(made, "draws", POOL).items():
            table.add(label, values, "ms")
