"""The ranking rule once more, in plain Python with exact fractions: what the SQL is compared with.

Written from the rule, sharing no code with ``innomarket.evaluation.ranking``.
"""

import hashlib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


@dataclass
class Group:
    order: int
    minimum_percent: int
    tie_order: int
    criteria: list[tuple[int, int]]  # weight, highest points


@dataclass
class GivenSheet:
    place: int
    points: list[list[int]]  # by group, by criterion
    counts: bool = True
    version: int = 1


@dataclass
class Found:
    sheets: int
    total: Decimal | None = None
    group_means: list[Decimal] | None = None
    criterion_means: list[list[Decimal]] | None = None
    passed: bool = False
    rank: int | None = None
    inputs_sha256: str = ""


def rounded(value: Fraction) -> Decimal:
    """Half up to two decimals, by Decimal's own rounding over many digits where the fraction ends, else exact."""
    hundredths = value * 100
    whole = hundredths.numerator // hundredths.denominator
    rest = hundredths - whole
    cents = Decimal(whole)
    if rest:
        # A stand-in digit below, at or above the half keeps the rounding in Decimal.
        cents += (
            Decimal("0.4")
            if rest < Fraction(1, 2)
            else Decimal("0.5")
            if rest == Fraction(1, 2)
            else Decimal("0.6")
        )
    return (cents / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


def weighted(group: Group, points: list[int]) -> Fraction:
    return sum(
        (
            Fraction(given * weight, most)
            for (weight, most), given in zip(group.criteria, points, strict=True)
        ),
        Fraction(0),
    )


def total(groups: list[Group], sheet: GivenSheet) -> Fraction:
    return sum(
        (weighted(group, points) for group, points in zip(groups, sheet.points, strict=True)), Fraction(0)
    )


def kept(groups: list[Group], sheets: list[GivenSheet], trim_from: int | None) -> list[GivenSheet]:
    if trim_from is None or len(sheets) < trim_from:
        return sheets
    best = max(total(groups, sheet) for sheet in sheets)
    highest = min((sheet for sheet in sheets if total(groups, sheet) == best), key=lambda sheet: sheet.place)
    rest = [sheet for sheet in sheets if sheet is not highest]
    worst = min(total(groups, sheet) for sheet in rest)
    lowest = min((sheet for sheet in rest if total(groups, sheet) == worst), key=lambda sheet: sheet.place)
    return [sheet for sheet in rest if sheet is not lowest]


def judge(
    groups: list[Group],
    entries: list[tuple[str, list[GivenSheet]]],
    *,
    pass_mark: Decimal,
    least_sheets: int,
    trim_from: int | None,
    group_minimum: str,
) -> list[Found]:
    """``entries``: the revision's hash and its sheets."""
    rule = (pass_mark, least_sheets, trim_from, group_minimum)
    found = [_one(groups, sha, sheets, *rule) for sha, sheets in entries]
    order = sorted(range(len(groups)), key=lambda n: (groups[n].tie_order, groups[n].order))

    def strength(one: Found) -> tuple:
        return (one.total, [one.group_means[n] for n in order])

    passing = [one for one in found if one.passed]
    for one in passing:
        one.rank = 1 + sum(strength(other) > strength(one) for other in passing)
    return found


def _one(groups, sha, sheets, pass_mark, least_sheets, trim_from, group_minimum) -> Found:
    counting = sorted((sheet for sheet in sheets if sheet.counts), key=lambda sheet: sheet.place)
    result = Found(
        len(counting),
        inputs_sha256=inputs(groups, sha, counting, pass_mark, least_sheets, trim_from, group_minimum),
    )
    if len(counting) < least_sheets:
        return result
    left = kept(groups, counting, trim_from)
    n = len(left)
    result.total = rounded(sum((total(groups, sheet) for sheet in left), Fraction(0)) / n)
    result.group_means = [
        rounded(sum((weighted(group, sheet.points[place]) for sheet in left), Fraction(0)) / n)
        for place, group in enumerate(groups)
    ]
    result.criterion_means = [
        [
            rounded(sum((Fraction(sheet.points[place][k] * weight, most) for sheet in left), Fraction(0)) / n)
            for k, (weight, most) in enumerate(group.criteria)
        ]
        for place, group in enumerate(groups)
    ]
    minima = [
        Decimal(group.minimum_percent) * sum(weight for weight, _ in group.criteria) / 100 for group in groups
    ]
    if group_minimum == "mean":
        reach = [mean >= least for mean, least in zip(result.group_means, minima, strict=True)]
    else:
        below = [
            [weighted(group, sheet.points[place]) < Fraction(minima[place]) for sheet in counting]
            for place, group in enumerate(groups)
        ]
        reach = [sum(sheets) * 2 <= len(sheets) for sheets in below]
    result.passed = result.total >= pass_mark and all(reach)
    return result


def inputs(groups, sha, counting, pass_mark, least_sheets, trim_from, group_minimum) -> str:
    trim = "-" if trim_from is None else trim_from
    lines = [
        "innomarket-result-2",
        f"revision {sha}",
        f"rule {pass_mark:.2f} {least_sheets} {trim} {group_minimum}",
    ]
    lines += [f"group {group.order} {group.minimum_percent} {group.tie_order}" for group in groups]
    lines += [
        f"criterion {group.order}.{k} {weight} {most}"
        for group in groups
        for k, (weight, most) in enumerate(group.criteria, start=1)
    ]
    lines += [
        f"sheet {s.place} {s.version} " + " ".join(str(p) for points in s.points for p in points)
        for s in counting
    ]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
