"""Parts of what is published of a round, each a file of its own: its rule, its sheets, and who was to judge what.

All are canonical JSON. Rule and sheets are cut from the frozen ``result.json``, whose SHA-256 they name; assignments
are made from the rows once, when the round is published, and frozen then (``AssignmentsFile``). Their shapes are
docs/schemas/round-{rule,sheets,assignments}.json.
"""

from typing import Any

from innomarket.submissions.freezing import canonical

from . import result_file
from .models import Assignment, AssignmentsFile, Round
from .states import SheetState

Data = dict[str, Any]
HEAD = ("round", "call", "lot", "published_at")
PARTS = ("rule", "sheets", "assignments")


def content_of(round: Round, part: str) -> bytes:
    """The bytes of one part of a published round, one of ``names_of`` it. Raises KeyError for another's name."""
    if part == "assignments":
        return round.assignments_file.content.encode()
    cut = {"rule": rule_of, "sheets": sheets_of}[part]
    file = round.result_file
    return canonical(cut(result_file.read(file.content), file.sha256))


def names_of(round: Round) -> list[str]:
    """The parts that there are of a published round."""
    return [part for part in PARTS if part != "assignments" or frozen_assignments(round) is not None]


def frozen_assignments(round: Round) -> AssignmentsFile | None:
    """Who was to judge what, as it was frozen; None of a round that was published by a version before that file.

    It is not made afterwards: the rows may have changed since, and nobody could tell.
    """
    return getattr(round, "assignments_file", None)


def rule_of(data: Data, sha256: str) -> Data:
    """Stage, rule, criteria and checks: what was announced with the call, and what counts."""
    named = {name: data[name] for name in ("stage", "rule", "groups", "checks")}
    return _head(data, sha256, "innomarket-round-rule-1") | named


def sheets_of(data: Data, sha256: str) -> Data:
    """The sheets that count, by the code of their entry and the place of their evaluator, without comments."""
    entries = [{"code": entry["code"], "sheets": entry["sheets"]} for entry in data["entries"]]
    return _head(data, sha256, "innomarket-round-sheets-1") | {"entries": entries}


def assignments_of(round: Round, data: Data, sha256: str, codes: dict[int, str] | None = None) -> Data:
    """Which place of the panel was to judge which entry, and what became of it; grounds of recusals are not said.

    From the rows as they stand. ``codes``: by the entry's key, before the results carry theirs.
    """
    counted = {entry["code"]: {sheet["place"] for sheet in entry["sheets"]} for entry in data["entries"]}
    found: dict[str, list[Data]] = {code: [] for code in counted}
    rows = Assignment.objects.filter(entry__round=round).order_by("panelist__place")
    columns = ("entry_id", "entry__result__code", "panelist__place", "recusal", "sheet__state")
    for entry, stored, place, recusal, state in rows.values_list(*columns):
        code = codes[entry] if codes is not None else stored
        found[code].append({"place": place, "became": _became(place in counted[code], recusal, state)})
    entries = [{"code": code, "assigned": found[code]} for code in counted]
    return _head(data, sha256, "innomarket-round-assignments-1") | {"entries": entries}


def _head(data: Data, sha256: str, form: str) -> Data:
    return {"format": form, "result_sha256": sha256, **{name: data[name] for name in HEAD}}


def _became(counted: bool, recusal: int | None, state: str | None) -> str:
    if counted:
        return "counted"
    if recusal is not None:
        return "recused"
    return "set_aside" if state == SheetState.SET_ASIDE else "not_submitted"
