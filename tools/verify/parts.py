"""rule.json, sheets.json and assignments.json: cut from the same publication, they must say the same as result.json."""

import re
from collections.abc import Iterator
from typing import Any

from .files import POSITIVE, SHA256
from .report import Report
from .result import RULED, SHEET

HEAD = {"format": str, "result_sha256": SHA256, "round": str}
RULE = HEAD | RULED
SHEETS = HEAD | {"entries": [{"code": str, "sheets": [SHEET]}]}
BECAME = re.compile("counted|recused|set_aside|not_submitted")
ASSIGNMENTS = HEAD | {"entries": [{"code": str, "assigned": [{"place": POSITIVE, "became": BECAME}]}]}
SHAPES = {"rule": RULE, "sheets": SHEETS, "assignments": ASSIGNMENTS}
Data = dict[str, Any]


def verify(part: str, data: Data, outcome: Data, sha256: str, report: Report) -> None:
    """One part against result.json (``outcome``), whose bytes have that SHA-256."""
    words = f"{part}.json is of another format."
    report.compare(words, f"{part}.format", data["format"], f"innomarket-round-{part}-1")
    words = f"{part}.json was not published with this result.json: one of the two was changed."
    report.compare(words, f"{part}.result_sha256", data["result_sha256"], sha256)
    report.compare(f"{part}.json is of another round.", f"{part}.round", data["round"], outcome["round"])
    {"rule": _rule, "sheets": _sheets, "assignments": _assignments}[part](data, outcome, report)


def _rule(data: Data, outcome: Data, report: Report) -> None:
    for name in RULED:
        for path, published, expected in _leaves(data[name], outcome[name], f"rule.{name}"):
            report.compare(_of_the_rule(path), path, published, expected)
    report.repeated.append("rule.json against result.json: stage, rule, weights, minima and checks")


def _of_the_rule(path: str) -> str:
    name = path.rpartition(".")[2]
    what = {
        "pass_mark": "The pass mark",
        "weight": "The weight of a criterion",
        "max_points": "The highest points of a criterion",
        "minimum_percent": "The minimum of a group",
        "tie_order": "The order in which ties are broken",
        "least_sheets": "The fewest sheets",
        "trim_from": "The number of sheets from which the highest and the lowest are dropped",
        "group_minimum": "How a group's minimum is asked",
    }.get(name, "What was announced of the stage")
    return f"{what} in rule.json is not the one that the result was computed with."


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
        words = (
            f"The sheets of entry {mine['code']} in sheets.json are not of the places that the result counts."
        )
        places = [[sheet["place"] for sheet in one["sheets"]] for one in (mine, theirs)]
        if not report.compare(words, f"{path} (places)", *places):
            continue
        for given, counted in zip(mine["sheets"], theirs["sheets"], strict=True):
            words = f"Another sheet of place {given['place']} for entry {mine['code']} was counted in result.json."
            for name in ("points", "version"):
                report.compare(words, f"{path}[place {given['place']}].{name}", given[name], counted[name])
    report.repeated.append("sheets.json against result.json: every point of every sheet")


def _assignments(data: Data, outcome: Data, report: Report) -> None:
    """Whose sheet is said to count must be those whose sheets were counted."""
    if not _same_entries("assignments", data, outcome, report):
        return
    for mine, theirs in zip(data["entries"], outcome["entries"], strict=True):
        code = mine["code"]
        places = [one["place"] for one in mine["assigned"]]
        words = f"The places to which entry {code} was assigned do not stand in their order, each once."
        path = f"assignments.entries[{code}].assigned"
        report.compare(words, f"{path} (places, each once, in order)", places, sorted(set(places)))
        counted = [one["place"] for one in mine["assigned"] if one["became"] == "counted"]
        words = f"The sheets that count for entry {code} are of other places than it was assigned to."
        expected = [sheet["place"] for sheet in theirs["sheets"]]
        report.compare(words, f"{path} (places that count)", counted, expected)
    report.repeated.append("assignments.json against result.json: whose sheets count")


def _same_entries(part: str, data: Data, outcome: Data, report: Report) -> bool:
    words = f"{part}.json does not name the same entries as result.json, in the same order."
    codes = [[entry["code"] for entry in one["entries"]] for one in (data, outcome)]
    return report.compare(words, f"{part}.entries (codes)", *codes)
