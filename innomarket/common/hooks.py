"""Facts that an earlier step announces and later steps listen to, in the same transaction."""

from collections.abc import Callable
from typing import Any


class Hook:
    """A named fact in the past tense. Subscribers run in the order in which they registered."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._subscribers: list[Callable[..., object]] = []

    def subscribe(self, function: Callable[..., object]) -> Callable[..., object]:
        """Register in ``AppConfig.ready()``; registering twice counts once."""
        if function not in self._subscribers:
            self._subscribers.append(function)
        return function

    def announce(self, **facts: Any) -> None:
        """Tell every subscriber; an exception in one undoes the whole transaction."""
        for subscriber in self._subscribers:
            subscriber(**facts)
