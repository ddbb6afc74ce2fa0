"""Bars for a plot: numbers to SVG lengths. The page draws them and puts the table beneath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ROW, WIDTH = 66, 440


@dataclass(frozen=True)
class Bar:
    """One horizontal bar with the places of its words, in units of the viewBox."""

    label: Any
    value: int
    y: int
    width: int
    fill: int

    @property
    def label_y(self) -> int:
        """The label stands over its bar: beside it, it would run into it on a phone."""
        return self.y + 20

    @property
    def bar_y(self) -> int:
        return self.y + 28

    @property
    def value_y(self) -> int:
        return self.y + 48

    @property
    def value_x(self) -> int:
        return self.width + 10


def bars(rows: list[tuple[Any, int, int]]) -> list[Bar]:
    """(label, value, fill 1–4) to bars that share one scale from zero; a value above zero stays visible."""
    most = max((value for _label, value, _fill in rows), default=0) or 1
    return [
        Bar(label, value, i * ROW, max(round(WIDTH * value / most), 3 if value else 0), fill)
        for i, (label, value, fill) in enumerate(rows)
    ]
