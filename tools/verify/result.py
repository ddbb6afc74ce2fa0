"""The result of a round once more: totals, means, minima, places, outcomes. Exact fractions, rounded once, half up."""

import hashlib
import re
from fractions import Fraction
from typing import Any

from .files import DECIMAL, NATURAL, POSITIVE, SHA256, ask
from .report import Report
from .words import say

CRITERION = {"order": NATURAL, "weight": POSITIVE, "max_points": POSITIVE}
SHEET = {"place": POSITIVE, "version": POSITIVE, "points": [NATURAL]}
ENTRY = {
    "code": str,
    "sheets": [SHEET],
    "total": (DECIMAL, None),
    "group_means": ([DECIMAL], None),
    "criterion_means": ([DECIMAL], None),
    "checks": ([[NATURAL]], None),
    "passed": bool,
    "place": (POSITIVE, None),
    "outcome": str,
}
RULED = {
    "stage": {"method": re.compile("points|fit")},
    "rule": {
        "pass_mark": (DECIMAL, None),
        "least_sheets": POSITIVE,
        "trim_from": (POSITIVE, None),
        "group_minimum": re.compile("mean|each"),
    },
    "groups": [{"order": NATURAL, "minimum_percent": NATURAL, "tie_order": NATURAL, "criteria": [CRITERION]}],
    "checks": [{"order": NATURAL}],
}
SHAPE = {"format": str, "round": str} | RULED | {"entries": [ENTRY]}
# What is published of an entry, and what is said where it does not follow from the sheets.
FOUND = {
    "total": "The score of entry {code} is not what its sheets and the weights give.",
    "group_means": "The means of the groups of entry {code} are not what its sheets and the weights give.",
    "criterion_means": "The means of the criteria of entry {code} are not what its sheets and the weights give.",
    "checks": "How many found entry {code} fit is not what its sheets say.",
    "passed": "Whether entry {code} passes does not follow from its score, the pass mark and the minima.",
    "place": "The place of entry {code} does not follow from the scores.",
}
BESIDE = {"round": str, "result_sha256": (SHA256, None)}
Data = dict[str, Any]


def verify(data: Data, report: Report, beside: Data | None = None) -> None:
    """Everything that follows from the sheets of result.json.

    ``beside``: result.json of the round beside which this one stands; its places are those of that list.
    """
    words = say("result.json is of another format.")
    report.compare(words, "result.format", data["format"], "innomarket-round-result-1")
    codes = [entry["code"] for entry in data["entries"]]
    words = say("The entries do not stand in the order of their codes, each once.")
    report.compare(words, f"result.entries ({say('codes, each once, in order')})", codes, sorted(set(codes)))
    if "beside" in data:
        ask(data["beside"], BESIDE, "result.beside")
    points = data["stage"]["method"] == "points"
    if points and data["rule"]["pass_mark"] is None:
        report.compare(say("The rule names no pass mark."), "result.rule.pass_mark", None, say("a mark"))
        return
    found = [_entry(data, entry, points, report) for entry in data["entries"]]
    if points and "beside" not in data:
        _places(data, found)
    elif points:
        _places_beside(data, found, beside, report)
    for entry, one in zip(data["entries"], found, strict=True):
        if one is None:
            continue
        path = f"result.entries[{entry['code']}]"
        for name, words in FOUND.items():
            if name in one:
                report.compare(say(words, code=entry["code"]), f"{path}.{name}", entry[name], one[name])
        if entry["outcome"] not in one["outcomes"]:
            words = say(
                "The outcome of entry {code} cannot follow from its score and the rule.", code=entry["code"]
            )
            report.compare(words, f"{path}.outcome", entry["outcome"], say(" or ").join(one["outcomes"]))
        _inputs(data, entry, path, report)
    report.repeated.append(
        say(
            "totals, means, minima, pass and places of {n} entries, round {round}",
            n=len(codes),
            round=data["round"],
        )
        if points
        else say("checks and who is fit of {n} entries, round {round}", n=len(codes), round=data["round"])
    )
    report.taken.append(say("which sheets count, and whom staff selected among those who pass"))


def inputs_sha256(data: Data, entry: Data, revision: str) -> str:
    """The hash over what an entry's result was computed from; ``revision`` is the hash on the receipt."""
    rule = data["rule"]
    if data["stage"]["method"] == "points":
        trim = "-" if rule["trim_from"] is None else rule["trim_from"]
        groups = [group for group in data["groups"] if group["criteria"]]
        lines = [
            "innomarket-result-2",
            f"revision {revision}",
            f"rule {rule['pass_mark']} {rule['least_sheets']} {trim} {rule['group_minimum']}",
            *(f"group {one['order']} {one['minimum_percent']} {one['tie_order']}" for one in groups),
            *(
                f"criterion {group['order']}.{one['order']} {one['weight']} {one['max_points']}"
                for group in groups
                for one in group["criteria"]
            ),
        ]
    else:
        lines = ["innomarket-fit-1", f"revision {revision}", f"rule {rule['least_sheets']}"]
        lines += [f"check {one['order']}" for one in data["checks"]]
    lines += [
        f"sheet {one['place']} {one['version']} {' '.join(map(str, one['points']))}"
        for one in entry["sheets"]
    ]
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def rounded(value: Fraction) -> str:
    """Two places, half up; what is rounded is never negative."""
    cents = (200 * value.numerator + value.denominator) // (2 * value.denominator)
    return f"{cents // 100}.{cents % 100:02d}"


def _entry(data: Data, entry: Data, points: bool, report: Report) -> Data | None:
    """What the sheets give; None where they cannot be computed from, which is noted."""
    path = f"result.entries[{entry['code']}].sheets"
    places = [sheet["place"] for sheet in entry["sheets"]]
    words = say(
        "The sheets of entry {code} do not stand in the order of the panel, each place once.",
        code=entry["code"],
    )
    sound = report.compare(
        words, f"{path} ({say('places, each once, in order')})", places, sorted(set(places))
    )
    most = (
        [one["max_points"] for group in data["groups"] for one in group["criteria"]]
        if points
        else [1] * len(data["checks"])
    )
    for sheet in entry["sheets"]:
        given, where = sheet["points"], f"{path}[place {sheet['place']}].points"
        if len(given) != len(most):
            words = say(
                "A sheet of entry {code} has another number of points than there are criteria.",
                code=entry["code"],
            )
            sound = report.compare(words, f"{where} ({say('how many')})", len(given), len(most))
        elif any(one > highest for one, highest in zip(given, most, strict=True)):
            words = say(
                "A sheet of entry {code} gives more points than the criterion has.", code=entry["code"]
            )
            sound = report.compare(words, where, given, say("at most {most}", most=most))
    if not sound:
        return None
    return _scored(data, entry["sheets"]) if points else _checked(data, entry["sheets"])


NOTHING: Data = dict.fromkeys(("total", "group_means", "criterion_means", "checks", "place"))


def _scored(data: Data, sheets: list[Data]) -> Data:
    rule, groups = data["rule"], data["groups"]
    if len(sheets) < rule["least_sheets"] or not sheets:
        return NOTHING | {"passed": False, "outcomes": ["no_result"]}
    weighed = [_weighed(groups, sheet["points"]) for sheet in sheets]
    left = _left(weighed, rule["trim_from"])
    of_criteria = [
        sum((sheet[g][c] for sheet in left), Fraction(0)) / len(left)
        for g, group in enumerate(groups)
        for c in range(len(group["criteria"]))
    ]
    of_groups = [
        rounded(sum((sum(sheet[g], Fraction(0)) for sheet in left), Fraction(0)) / len(left))
        for g in range(len(groups))
    ]
    total = rounded(sum(of_criteria, Fraction(0)))
    passed = Fraction(total) >= Fraction(rule["pass_mark"]) and all(
        _reaches(
            rule["group_minimum"], group, of_groups[g], [sum(sheet[g], Fraction(0)) for sheet in weighed]
        )
        for g, group in enumerate(groups)
    )
    outcomes = ["selected", "advances", "not_selected"] if passed else ["below_pass"]
    return NOTHING | {
        "total": total,
        "group_means": of_groups,
        "criterion_means": [rounded(one) for one in of_criteria],
        "passed": passed,
        "outcomes": outcomes,
    }


def _weighed(groups: list[Data], points: list[int]) -> list[list[Fraction]]:
    """Points ÷ highest points × weight, by group and criterion."""
    given = iter(points)
    return [
        [Fraction(next(given) * one["weight"], one["max_points"]) for one in group["criteria"]]
        for group in groups
    ]


def _left(sheets: list[list[list[Fraction]]], trim_from: int | None) -> list[list[list[Fraction]]]:
    """Without the highest and the lowest; the sheets stand by place, so the first among equals goes."""
    if trim_from is None or len(sheets) < trim_from:
        return sheets
    totals = [sum((sum(group, Fraction(0)) for group in sheet), Fraction(0)) for sheet in sheets]
    left = list(range(len(sheets)))
    left.remove(max(left, key=lambda n: (totals[n], -n)))
    if len(left) > 1:
        left.remove(min(left, key=lambda n: (totals[n], n)))
    return [sheets[n] for n in left]


def _reaches(how: str, group: Data, mean: str, sheets: list[Fraction]) -> bool:
    least = Fraction(group["minimum_percent"] * sum(one["weight"] for one in group["criteria"]), 100)
    if how == "mean":
        return Fraction(mean) >= least
    return 2 * sum(one < least for one in sheets) <= len(sheets)


def _checked(data: Data, sheets: list[Data]) -> Data:
    said = [
        [sum(sheet["points"][n] == 1 for sheet in sheets), sum(sheet["points"][n] == 0 for sheet in sheets)]
        for n in range(len(data["checks"]))
    ]
    enough = bool(sheets) and len(sheets) >= data["rule"]["least_sheets"]
    fits = enough and all(unfit <= fit for fit, unfit in said)
    outcomes = ["advances", "selected"] if fits else ["unfit"] if enough else ["no_result"]
    return NOTHING | {"checks": said if sheets and said else None, "passed": fits, "outcomes": outcomes}


def _places(data: Data, found: list[Data | None]) -> None:
    """1, 1, 3 among those who pass: by total, then by the groups in the order of ties."""
    groups = data["groups"]
    ties = sorted(range(len(groups)), key=lambda n: (groups[n]["tie_order"], groups[n]["order"]))

    def strength(one: Data) -> list[Fraction]:
        return [Fraction(one["total"]), *(Fraction(one["group_means"][n]) for n in ties)]

    passing = sorted((one for one in found if one and one["passed"]), key=strength, reverse=True)
    for n, one in enumerate(passing):
        tied = n and strength(passing[n - 1]) == strength(one)
        one["place"] = passing[n - 1]["place"] if tied else n + 1


def _places_beside(data: Data, found: list[Data | None], beside: Data | None, report: Report) -> None:
    """In the list beside which the round stands: one more than those who are stronger, its own old line left out."""
    if beside is None:
        for one in found:
            if one and one["passed"]:
                del one["place"]
        report.taken.append(
            say(
                "places in the list of round {round}: give its file with --beside",
                round=data["beside"]["round"],
            )
        )
        return
    words = say("The other file is not of the round beside which this one stands.")
    path = f"result.beside.round ({say('as in the other file')})"
    report.compare(words, path, data["beside"]["round"], beside["round"])
    ties = sorted(
        range(len(data["groups"])), key=lambda n: (data["groups"][n]["tie_order"], data["groups"][n]["order"])
    )

    def strength(one: Data) -> list[Fraction]:
        return [Fraction(one["total"]), *(Fraction(one["group_means"][n]) for n in ties)]

    listed = {
        entry["code"]: strength(entry)
        for entry in beside["entries"]
        if entry["passed"] and entry["total"] and len(entry["group_means"] or ()) == len(ties)
    }
    taken = [
        listed[entry["code"]]
        for entry in beside["entries"]
        if entry["outcome"] in ("selected", "advances") and entry["code"] in listed
    ]
    mine = [strength(one) if one and one["passed"] else None for one in found]
    for n, (entry, one, own_strength) in enumerate(zip(data["entries"], found, mine, strict=True)):
        if one is None or own_strength is None:
            continue
        own = entry.get("in_the_list")
        others = [theirs for code, theirs in listed.items() if code != own]
        others += [theirs for m, theirs in enumerate(mine) if m != n and theirs is not None]
        one["place"] = 1 + sum(theirs > own_strength for theirs in others)
        within = len(taken) == len(listed) or (bool(taken) and own_strength >= min(taken))
        if within != (entry["outcome"] in ("selected", "advances")):
            report.taken.append(
                say(
                    "{code}: {outcome}, against the line of the list, with a reason",
                    code=entry["code"],
                    outcome=entry["outcome"],
                )
            )
    report.repeated.append(say("places in the list of round {round}, and its line", round=beside["round"]))


def _inputs(data: Data, entry: Data, path: str, report: Report) -> None:
    revision, published = entry.get("revision_sha256"), entry.get("inputs_sha256")
    if entry["outcome"] != "selected":
        return
    for name, value in (("revision_sha256", revision), ("inputs_sha256", published)):
        if not (isinstance(value, str) and SHA256.fullmatch(value)):
            words = say("Entry {code} was selected and lacks a hash.", code=entry["code"])
            report.compare(words, f"{path}.{name}", value, say("a SHA-256"))
            return
    words = say(
        "Entry {code} was not computed from what is published: a score, a version, a weight, "
        "the rule or the revision was changed.",
        code=entry["code"],
    )
    report.compare(words, f"{path}.inputs_sha256", published, inputs_sha256(data, entry, str(revision)))
