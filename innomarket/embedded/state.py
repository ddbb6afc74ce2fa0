"""What runs: written by the supervisor, read by `status`, `stop` and the next start."""

import json
import signal
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from innomarket.embedded import processes
from innomarket.embedded.layout import Layout, write_private


@dataclass
class Child:
    """One started program, with the mark that tells it from a later one of the same id."""

    name: str
    pid: int
    born: str
    gentle: int


@dataclass
class State:
    """The supervisor's own account of itself."""

    pid: int
    address: str = ""
    ready: bool = False
    children: list[Child] = field(default_factory=list)


def write(
    layout: Layout, *, pid: int, address: str, ready: bool, running: Sequence[processes.Process]
) -> None:
    """Record what was started; after kill -9 the next start finds leftovers by it."""
    children = [
        Child(each.name, each.pid, processes.birth(each.pid) or "", int(each.gentle)) for each in running
    ]
    state = State(pid, address, ready, children)
    write_private(layout.state, json.dumps(asdict(state), indent=1))


def read(layout: Layout) -> State | None:
    """The last record, or None when there is none that can be read."""
    try:
        found = json.loads(layout.state.read_text())
        children = [Child(**child) for child in found.pop("children")]
        return State(**found, children=children)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def end_leftovers(layout: Layout) -> list[str]:
    """Wait for, and if need be end, what a killed start left running. Returns the names."""
    former = read(layout)
    if former is None:
        return []
    ended = [
        child.name
        for child in reversed(former.children)
        if processes.end_leftover(child.pid, child.born, gentle=signal.Signals(child.gentle))
    ]
    layout.state.unlink(missing_ok=True)
    return ended
