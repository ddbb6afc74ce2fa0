"""Who leads the judging of a lot: evaluation adds its sentence here in ``AppConfig.ready()``."""

from collections.abc import Callable
from typing import Any

Known = Callable[[int], set[int]]
_known: list[Known] = []


def register(known: Known) -> Known:
    """``known`` takes the key of a lot and answers the keys of the people who lead its rounds."""
    if known not in _known:
        _known.append(known)
    return known


def of_lot(lot: Any) -> set[int]:
    """The keys of the chiefs of a lot's rounds; empty where none is named."""
    return {person for known in _known for person in known(lot)}
