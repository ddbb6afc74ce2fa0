"""Running things at once, each with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from . import databases


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


def overlapping(
    first: Callable[[], Any], then: Callable[[], Any], *, patience: float = 60
) -> tuple[Outcome, Outcome, bool]:
    """`then` begins when `first` is done and not committed; it commits once `then` waits for it, or has come back.

    The one order of events in which a forgotten lock shows, and always: `then` finds the rows as they were before
    `first`. Returns both outcomes, and whether `then` waited. Needs `fresh_database`.
    """
    name = connections["default"].settings_dict["NAME"]
    done, overtaken, finished = threading.Event(), threading.Event(), threading.Event()
    backends: dict[str, int] = {}
    waited: list[bool] = []

    def backend(who: str) -> None:
        connections["default"].ensure_connection()
        backends[who] = connections["default"].connection.info.backend_pid

    def held() -> Any:
        try:
            backend("first")
            with transaction.atomic():
                value = first()
                done.set()
                assert overtaken.wait(patience), "nobody has seen the other wait or come back"
            return value
        finally:
            done.set()

    def following() -> Any:
        try:
            backend("then")
            assert done.wait(patience)
            return then()
        finally:
            finished.set()

    def watching() -> None:
        try:
            assert done.wait(patience)
            with databases.cursor(name) as asked:
                while not finished.wait(0.01):
                    asked.execute(
                        "SELECT %s = ANY (pg_blocking_pids(%s))",
                        [backends["first"], backends.get("then", 0)],
                    )
                    if asked.fetchone()[0]:
                        waited.append(True)
                        return
        finally:
            overtaken.set()

    one, other, watched = at_once(held, following, watching, patience=patience)
    if watched.error:
        raise watched.error
    return one, other, bool(waited)


def values(outcomes: Sequence[Outcome]) -> list[Any]:
    """The returned values; an error of one is raised."""
    for outcome in outcomes:
        if outcome.error:
            raise outcome.error
    return [outcome.value for outcome in outcomes]
