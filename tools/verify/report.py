"""What was repeated, and what came out differently: in words, with the place in the file."""

from dataclasses import dataclass, field
from typing import Any


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
        return f"{self.words} {self.path}: published {published}, recomputed {recomputed}"


SHOWN = 8


def _shown(one: Any, other: Any) -> tuple[Any, Any]:
    """Both values; of long lists only from the place on where they part."""
    if not (isinstance(one, list) and isinstance(other, list)) or max(len(one), len(other)) <= SHOWN:
        return one, other
    part = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    part = min(len(one), len(other)) if part is None else part
    first, second = (
        f"{value[part : part + SHOWN]} (from {part + 1} of {len(value)} on)" for value in (one, other)
    )
    return first, second


@dataclass
class Report:
    """``taken`` is what the files state and nobody can recompute from them."""

    repeated: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def compare(self, words: str, path: str, published: Any, recomputed: Any) -> bool:
        """Note a difference, said in ``words``, unless both are equal; returns whether they are."""
        same = type(published) is type(recomputed) and published == recomputed
        if not same:
            self.differences.append(Difference(words, path, published, recomputed))
        return same

    def lines(self) -> list[str]:
        """The whole report in plain English."""
        lines = [f"repeated: {one}" for one in self.repeated]
        lines += [f"taken as stated: {one}" for one in self.taken]
        lines += [f"DIFFERS {one}" for one in self.differences]
        n = len(self.differences)
        lines.append(f"{n} differences." if n != 1 else "1 difference.")
        return lines if n else [*lines[:-1], "Nothing differs."]
