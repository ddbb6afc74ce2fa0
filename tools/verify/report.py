"""What was repeated, and what came out differently."""

from dataclasses import dataclass, field
from typing import Any


class Unreadable(Exception):
    """A file cannot be read as what it should be; the message says where."""


@dataclass(frozen=True)
class Difference:
    """``path`` names the place in the file; the other two are what stands there and what should."""

    path: str
    published: Any
    recomputed: Any

    def __str__(self) -> str:
        return f"{self.path}: published {self.published}, recomputed {self.recomputed}"


@dataclass
class Report:
    """``taken`` is what the files state and nobody can recompute from them."""

    repeated: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def compare(self, path: str, published: Any, recomputed: Any) -> bool:
        """Note a difference unless both are equal; returns whether they are."""
        same = type(published) is type(recomputed) and published == recomputed
        if not same:
            self.differences.append(Difference(path, published, recomputed))
        return same

    def lines(self) -> list[str]:
        """The whole report in plain English."""
        lines = [f"repeated: {one}" for one in self.repeated]
        lines += [f"taken as stated: {one}" for one in self.taken]
        lines += [f"DIFFERS {one}" for one in self.differences]
        n = len(self.differences)
        lines.append(f"{n} differences." if n != 1 else "1 difference.")
        return lines if n else [*lines[:-1], "Nothing differs."]
