"""rule.json, sheets.json and assignments.json: cut from the same publication, they must say the same as result.json."""

import re
from collections.abc import Iterator
from typing import Any

from .files import POSITIVE, SHA256
from .report import Report
from .result import RULED, SHEET
from .words import say

HEAD = {"format": str, "result_sha256": SHA256, "round": str}
RULE = HEAD | RULED
SHEETS = HEAD | {"entries": [{"code": str, "sheets": [SHEET]}]}
BECAME = re.compile("counted|recused|set_aside|not_submitted")
ASSIGNMENTS = HEAD | {"entries": [{"code": str, "assigned": [{"place": POSITIVE, "became": BECAME}]}]}
SHAPES = {"rule": RULE, "sheets": SHEETS, "assignments": ASSIGNMENTS}
OF_THE_RULE = {
    "pass_mark": "The pass mark in rule.json is not the one that the result was computed with.",
    "weight": "The weight of a criterion in rule.json is not the one that the result was computed with.",
    "max_points": "The highest points of a criterion in rule.json are not those that the result was computed with.",
    "minimum_percent": "The minimum of a group in rule.json is not the one that the result was computed with.",
    "tie_order": "The order in which ties are broken in rule.json is not the one that the result was computed with.",
    "least_sheets": "The fewest sheets in rule.json are not those that the result was computed with.",
    "trim_from": (
        "The number of sheets from which the highest and the lowest are dropped in rule.json is not the one that the "
        "result was computed with."
    ),
    "group_minimum": (
        "How a group's minimum is asked in rule.json is not the way in which the result was computed."
    ),
}
OF_THE_STAGE = "What was announced of the stage in rule.json is not what the result was computed with."
UNCHECKED = {
    "rule": "rule.json is not among the files: whether it says what the result was computed with.",
    "sheets": "sheets.json is not among the files: whether it holds the sheets that the result was computed from.",
    "assignments": (
        "assignments.json is not among the files (a round that was published before that file was made has none): "
        "whether the sheets that count are those of members to whom the entry was assigned, and whether these are the "
        "ones who were drawn. Nothing is wrong with the other files for that."
    ),
}
Data = dict[str, Any]


def verify(part: str, data: Data, outcome: Data, sha256: str, report: Report) -> None:
    """One part against result.json (``outcome``), whose bytes have that SHA-256."""
    words = say("{part}.json is of another format.", part=part)
    report.compare(words, f"{part}.format", data["format"], f"innomarket-round-{part}-1")
    words = say("{part}.json was not published with this result.json: one of the two was changed.", part=part)
    report.compare(words, f"{part}.result_sha256", data["result_sha256"], sha256)
    report.compare(
        say("{part}.json is of another round.", part=part), f"{part}.round", data["round"], outcome["round"]
    )
    {"rule": _rule, "sheets": _sheets, "assignments": _assignments}[part](data, outcome, report)


def _rule(data: Data, outcome: Data, report: Report) -> None:
    for name in RULED:
        for path, published, expected in _leaves(data[name], outcome[name], f"rule.{name}"):
            report.compare(_of_the_rule(path), path, published, expected)
    report.repeated.append(say("rule.json against result.json: stage, rule, weights, minima and checks"))


def _of_the_rule(path: str) -> str:
    return say(OF_THE_RULE.get(path.rpartition(".")[2], OF_THE_STAGE))


def _leaves(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Each value of two alike structures with its place; where they are not alike the structures themselves."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for name in one:
            yield from _leaves(one[name], other[name], f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for n, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from _leaves(mine, theirs, f"{path}[{n}]")
    else:
        yield path, one, other


def _sheets(data: Data, outcome: Data, report: Report) -> None:
    if not _same_entries("sheets", data, outcome, report):
        return
    for mine, theirs in zip(data["entries"], outcome["entries"], strict=True):
        path = f"sheets.entries[{mine['code']}].sheets"
        words = say(
            "The sheets of entry {code} in sheets.json are not of the places that the result counts.",
            code=mine["code"],
        )
        places = [[sheet["place"] for sheet in one["sheets"]] for one in (mine, theirs)]
        if not report.compare(words, f"{path} ({say('places')})", *places):
            continue
        for given, counted in zip(mine["sheets"], theirs["sheets"], strict=True):
            words = say(
                "Another sheet of place {place} for entry {code} was counted in result.json.",
                place=given["place"],
                code=mine["code"],
            )
            for name in ("points", "version"):
                report.compare(words, f"{path}[place {given['place']}].{name}", given[name], counted[name])
    report.repeated.append(say("sheets.json against result.json: every point of every sheet"))


def _assignments(data: Data, outcome: Data, report: Report) -> None:
    """Whose sheet is said to count must be those whose sheets were counted."""
    if not _same_entries("assignments", data, outcome, report):
        return
    for mine, theirs in zip(data["entries"], outcome["entries"], strict=True):
        code = mine["code"]
        places = [one["place"] for one in mine["assigned"]]
        words = say(
            "The places to which entry {code} was assigned do not stand in their order, each once.", code=code
        )
        path = f"assignments.entries[{code}].assigned"
        report.compare(words, f"{path} ({say('places, each once, in order')})", places, sorted(set(places)))
        counted = [one["place"] for one in mine["assigned"] if one["became"] == "counted"]
        words = say(
            "The sheets that count for entry {code} are of other places than it was assigned to.", code=code
        )
        expected = [sheet["place"] for sheet in theirs["sheets"]]
        report.compare(words, f"{path} ({say('places that count')})", counted, expected)
    report.repeated.append(say("assignments.json against result.json: whose sheets count"))


def _same_entries(part: str, data: Data, outcome: Data, report: Report) -> bool:
    words = say("{part}.json does not name the same entries as result.json, in the same order.", part=part)
    codes = [[entry["code"] for entry in one["entries"]] for one in (data, outcome)]
    return report.compare(words, f"{part}.entries ({say('codes')})", *codes)
