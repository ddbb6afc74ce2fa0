"""What was repeated, and what came out differently: in words, with the place in the file."""

from dataclasses import dataclass, field
from typing import Any

from .words import say


class Unreadable(Exception):
    """A file cannot be read as what it should be; the message says where."""


@dataclass(frozen=True)
class Difference:
    """``words`` say what is wrong; ``path`` names the place in the file, the other two what stands there and should."""

    words: str
    path: str
    published: Any
    recomputed: Any

    def __str__(self) -> str:
        published, recomputed = _shown(self.published, self.recomputed)
        stands = say(
            "published {published}, recomputed {recomputed}", published=published, recomputed=recomputed
        )
        return f"{self.words} {self.path}: {stands}"


SHOWN = 8


def _shown(one: Any, other: Any) -> tuple[Any, Any]:
    """Both values; of long lists only from the place on where they part."""
    if not (isinstance(one, list) and isinstance(other, list)) or max(len(one), len(other)) <= SHOWN:
        return one, other
    part = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    part = min(len(one), len(other)) if part is None else part
    first, second = (
        say("{some} (from {first} of {n} on)", some=value[part : part + SHOWN], first=part + 1, n=len(value))
        for value in (one, other)
    )
    return first, second


@dataclass
class Report:
    """``taken`` is what the files state and nobody can recompute; ``unchecked`` what a missing file would say."""

    repeated: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    def compare(self, words: str, path: str, published: Any, recomputed: Any) -> bool:
        """Note a difference, said in ``words``, unless both are equal; returns whether they are."""
        same = type(published) is type(recomputed) and published == recomputed
        if not same:
            self.differences.append(Difference(words, path, published, recomputed))
        return same

    def lines(self) -> list[str]:
        """The whole report in plain words."""
        lines = [say("repeated: {what}", what=one) for one in self.repeated]
        lines += [say("taken as stated: {what}", what=one) for one in self.taken]
        lines += [say("not checked: {what}", what=one) for one in self.unchecked]
        lines += [say("DIFFERS {what}", what=one) for one in self.differences]
        n = len(self.differences)
        if not n:
            return [*lines, say("Nothing differs.")]
        return [*lines, say("1 difference.") if n == 1 else say("{n} differences.", n=n)]
