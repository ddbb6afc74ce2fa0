"""Running things at once, each with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass
class Outcome:
    """What one of the racers returned or raised."""

    value: Any = None
    error: BaseException | None = None


def at_once(*calls: Callable[[], Any], patience: float = 60) -> list[Outcome]:
    """Call all in threads that start together; outcomes in the order of the calls. Needs `fresh_database`.

    Raises AssertionError when one has not come back after `patience` seconds (a deadlock, as a rule).
    """
    gate = threading.Barrier(len(calls))
    outcomes = [Outcome() for _ in calls]

    def run(index: int, call: Callable[[], Any]) -> None:
        try:
            connections["default"].ensure_connection()
            gate.wait(patience)
            outcomes[index].value = call()
        except BaseException as error:
            outcomes[index].error = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    assert not any(thread.is_alive() for thread in threads), "one of the racers has not come back"
    return outcomes


def values(outcomes: Sequence[Outcome]) -> list[Any]:
    """The returned values; an error of one is raised."""
    for outcome in outcomes:
        if outcome.error:
            raise outcome.error
    return [outcome.value for outcome in outcomes]
