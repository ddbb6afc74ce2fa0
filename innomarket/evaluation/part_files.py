"""Parts of what is published of a round, each a file of its own: its rule, its sheets, and who was to judge what.

All are canonical JSON. Rule and sheets are cut from the frozen ``result.json``, whose SHA-256 they name; assignments
are read from rows that stand since the publication. Their shapes are docs/schemas/round-{rule,sheets,assignments}.json.
"""

from typing import Any

from innomarket.submissions.freezing import canonical

from . import result_file
from .models import Assignment, Round
from .states import SheetState

HEAD = ("round", "call", "lot", "published_at")


def rule_of(round: Round) -> dict[str, Any]:
    """Stage, rule, criteria and checks: what was announced with the call, and what counts."""
    data = _data(round)
    named = {name: data[name] for name in ("stage", "rule", "groups", "checks")}
    return _head(round, data, "innomarket-round-rule-1") | named


def sheets_of(round: Round) -> dict[str, Any]:
    """The sheets that count, by the code of their entry and the place of their evaluator, without comments."""
    data = _data(round)
    entries = [{"code": entry["code"], "sheets": entry["sheets"]} for entry in data["entries"]]
    return _head(round, data, "innomarket-round-sheets-1") | {"entries": entries}


def assignments_of(round: Round) -> dict[str, Any]:
    """Which place of the panel was to judge which entry, and what became of it; grounds of recusals are not said."""
    data = _data(round)
    counted = {entry["code"]: {sheet["place"] for sheet in entry["sheets"]} for entry in data["entries"]}
    found: dict[str, list[dict[str, Any]]] = {code: [] for code in counted}
    rows = Assignment.objects.filter(entry__round=round).order_by("panelist__place")
    columns = ("entry__result__code", "panelist__place", "recusal", "sheet__state")
    for code, place, recusal, state in rows.values_list(*columns):
        found[code].append({"place": place, "became": _became(place in counted[code], recusal, state)})
    entries = [{"code": code, "assigned": found[code]} for code in counted]
    return _head(round, data, "innomarket-round-assignments-1") | {"entries": entries}


PARTS = {"rule": rule_of, "sheets": sheets_of, "assignments": assignments_of}


def content_of(round: Round, part: str) -> bytes:
    """The bytes of one part of a published round. Raises KeyError for another's name."""
    return canonical(PARTS[part](round))


def _data(round: Round) -> dict[str, Any]:
    return result_file.read(round.result_file.content)


def _head(round: Round, data: dict[str, Any], form: str) -> dict[str, Any]:
    named = {name: data[name] for name in HEAD}
    return {"format": form, "result_sha256": round.result_file.sha256, **named}


def _became(counted: bool, recusal: int | None, state: str | None) -> str:
    if counted:
        return "counted"
    if recusal is not None:
        return "recused"
    return "set_aside" if state == SheetState.SET_ASIDE else "not_submitted"
