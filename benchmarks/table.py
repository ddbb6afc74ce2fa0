"""What is printed."""

from statistics import median, quantiles


class Table:
    """Rows of what was measured; prints as Markdown."""

    HEAD = ("Measured", "Median", "All", "Goal")

    def __init__(self) -> None:
        self.rows: list[tuple[str, ...]] = []

    def add(self, name: str, values: list[float], unit: str, goal: str = "") -> None:
        """One row: the median of the values, and each of them in the order of measuring."""
        shown = ", ".join(f"{value:,.3g}" if value < 100 else f"{value:,.0f}" for value in values)
        middle = median(values)
        text = f"{middle:,.3g}" if middle < 100 else f"{middle:,.0f}"
        self.rows.append((name, f"{text} {unit}".strip(), shown, goal))

    def spread(self, name: str, seconds: list[float]) -> None:
        """One row: the median of many times, and how long the slowest twentieth and the slowest one took."""
        if not seconds:
            self.rows.append((name, "–", "none", ""))
            return
        late = quantiles(seconds, n=20)[18] if len(seconds) > 1 else seconds[0]
        self.rows.append(
            (name, f"{median(seconds):.3g} s", f"p95 {late:.3g}, longest {max(seconds):.3g}", "")
        )

    def __str__(self) -> str:
        rows = [self.HEAD, *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self.HEAD))]
        lines = [
            "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
            for row in rows
        ]
        lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
        return "\n".join(["", *lines, ""])
