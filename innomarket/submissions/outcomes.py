"""Which calls have their results: evaluation adds its sentence here in ``AppConfig.ready()``."""

from collections.abc import Callable, Iterable

Known = Callable[[Iterable[int]], set[int]]
_known: list[Known] = []


def register(known: Known) -> Known:
    """``known`` takes the keys of calls and answers those whose results are all published."""
    if known not in _known:
        _known.append(known)
    return known


def published(calls: Iterable[int]) -> set[int]:
    """The keys of those calls whose results are published, whoever registered them."""
    keys = list(calls)
    return {key for known in _known for key in known(keys)} if keys else set()
