"""What a start prints: one line a step, with its time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Note:
    """What a step found out, shown behind its name."""

    text = ""


@contextmanager
def step(name: str) -> Iterator[Note]:
    """Print the step's name when it begins, and when it ends what it took in seconds. `note.text` may add a word."""
    note = Note()
    started = time.perf_counter()
    print(f"  {name:<34}", end="", flush=True)
    try:
        yield note
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.perf_counter() - started:>6.1f} s  {note.text}".rstrip(), flush=True)
