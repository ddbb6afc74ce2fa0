"""The known word that a mistyped one probably meant: compared by letters, so that 깜 and 감 are one letter apart."""

from collections.abc import Iterable

from . import korean


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, change or swap with a neighbour; ``most`` + 1 where it is more.

    Optimal string alignment: a pair is swapped once.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != against))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def allowed(letters: str) -> int:
    """How many mistakes a word may have: one in five letters, at least one, at most three; none in a very short one."""
    return max(1, min(3, len(letters) // 5 + 1)) if len(letters) > 3 else 0


def nearest(word: str, known: Iterable[str]) -> str:
    """The nearest of the known words, or the beginning of one: 누수감지 of 누수감지기. "" where none is near."""
    letters = korean.jamo(word)
    most = allowed(letters)
    best: tuple[int, int, str] | None = None
    for other in known:
        for candidate in dict.fromkeys((other, other[: len(word)])):
            far = distance(letters, korean.jamo(candidate), most)
            if 0 < far <= most and (best is None or (far, len(other), candidate) < best):
                best = (far, len(other), candidate)
    return best[2] if best else ""
