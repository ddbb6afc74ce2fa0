"""assignments.json against draw.json: who judges was drawn or appointed, a substitute judges what it was called for."""

from typing import Any

from .report import Report
from .words import say

Data = dict[str, Any]
NOT_ASSIGNED = ""


def verify(assignments: Data, drawn: Data, report: Report) -> None:
    """Every assignment follows from a seat of the draw; ``drawn`` is the draw that was carried out."""
    entries = {entry["code"]: _places(entry) for entry in assignments["entries"]}
    steps = {step["seat"]: step for step in drawn["steps"] if step["seat"] is not None}
    appointed = {one["seat"] for one in drawn["appointed"]}
    for code, here in entries.items():
        for place in sorted(set(here) - set(steps) - appointed):
            words = say(
                "Entry {code} was assigned to place {place}, which was neither drawn nor appointed.",
                code=code,
                place=place,
            )
            report.compare(
                words,
                _at(code, place),
                here[place],
                say("no such place"),
            )
    gone = {step["in_place_of"] for step in drawn["steps"] if step["cause"] in ("declined", "left")}
    for seat, step in sorted(steps.items()):
        if step["single_entries"]:
            _single(seat, step, entries, report)
        elif step["walk"] == 1 or step["in_place_of"] is None:
            _whole(seat, seat in gone, entries, report)
        else:
            _replacement(seat, step["in_place_of"], seat in gone, entries, report)
    for seat in sorted(appointed - set(steps)):
        _whole(seat, True, entries, report)
    report.repeated.append(
        say("who was assigned what, against the seats of the draw, in {n} entries", n=len(entries))
    )


def _at(code: str, place: int) -> str:
    return f"assignments.entries[{code}] ({say('place {place}', place=place)})"


def _places(entry: Data) -> dict[int, str]:
    return {one["place"]: one["became"] for one in entry["assigned"]}


def _whole(seat: int, left: bool, entries: dict[str, dict[int, str]], report: Report) -> None:
    """A seat of the panel judges every entry; or none, where it was given up before the round began."""
    without = [code for code, here in entries.items() if seat not in here]
    if left and len(without) == len(entries):
        return
    for code in without:
        words = say("Place {seat} sits on the panel and was not assigned entry {code}.", seat=seat, code=code)
        report.compare(
            words,
            _at(code, seat),
            say("not assigned"),
            say("assigned"),
        )


def _replacement(
    seat: int, former: int, left: bool, entries: dict[str, dict[int, str]], report: Report
) -> None:
    """Who replaces a seat takes what that one left over: all of it, where it had left before the round began."""
    if not any(former in here for here in entries.values()):
        _whole(seat, left, entries, report)
        return
    for code, here in entries.items():
        path = _at(code, seat)
        if here.get(former) == "counted" and seat in here:
            words = say(
                "Place {seat} replaced place {former}, whose sheet for entry {code} counts: both were assigned it.",
                seat=seat,
                former=former,
                code=code,
            )
            report.compare(words, path, here[seat], say("not assigned"))
        if here.get(former) == "not_submitted" and seat not in here:
            words = say(
                "Place {seat} replaced place {former}, who left entry {code} open, and was not assigned it.",
                seat=seat,
                former=former,
                code=code,
            )
            report.compare(words, path, say("not assigned"), say("assigned"))


def _single(seat: int, step: Data, entries: dict[str, dict[int, str]], report: Report) -> None:
    """A substitute judges the entries for which it was called, and no others."""
    former = step["in_place_of"]
    mine = [code for code, here in entries.items() if seat in here]
    if not mine:
        words = say("Place {seat} was called for single entries and was assigned none.", seat=seat)
        report.compare(
            words,
            f"assignments ({say('place {place}', place=seat)})",
            say("not assigned"),
            say("in place of {former}", former=former),
        )
    for code in mine:
        became = entries[code].get(former, NOT_ASSIGNED)
        if step["cause"] == "conflict" and became != "recused":
            words = say(
                "Place {seat} was called for what place {former} may not judge, and entry {code} is none of it.",
                seat=seat,
                former=former,
                code=code,
            )
            report.compare(
                words,
                _at(code, former),
                became or say("not assigned"),
                "recused",
            )
        elif became == NOT_ASSIGNED:
            words = say(
                "Place {seat} replaces place {former} in single entries, and entry {code} is none of them.",
                seat=seat,
                former=former,
                code=code,
            )
            report.compare(
                words,
                _at(code, former),
                became or say("not assigned"),
                say("assigned"),
            )
