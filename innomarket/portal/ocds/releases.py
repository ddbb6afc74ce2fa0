"""From facts to releases: one for each instant at which what is public of the process changed.

A release holds the sections that changed, whole (of awards and contracts the ones that changed), and the parties that
it names. So merging the releases gives what stands now (a test holds the two together), and no release depends on what
came later: an export of tomorrow repeats those of today.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalog.public_documents import instant

from .awards import awards_at
from .contracts import contracts_at
from .facts import Process
from .parties import Parties
from .planning import planning_at
from .tender import tender_at

Release = dict[str, Any]
BEFORE_A_CALL = ("planning", "planned")


def ocid_of(local: str) -> str:
    """The prefix that the agency registered, and the number that people know."""
    return f"{settings.OCDS_PREFIX}-{local}"


def record_address(local: str) -> str:
    """Where the record of a process is."""
    return settings.PUBLIC_URL + reverse("ocds:record", args=[ocid_of(local)])


def state_at(process: Process, at: datetime) -> dict[str, Any]:
    """What was public of the process at that instant, section by section; absent is what did not exist yet."""
    parties = Parties()
    sections = {
        "planning": planning_at(process, at, parties),
        "tender": tender_at(process, at, parties),
        "awards": awards_at(process, at, parties),
        "contracts": contracts_at(process, at, parties),
    }
    state = {name: section for name, section in sections.items() if section}
    if state.get("contracts"):
        state["buyer"] = parties.agency("buyer")
    if state and process.earlier:
        state["relatedProcesses"] = _related(process)
    return {"parties": parties.list(), **state} if state else {}


def releases_of(process: Process) -> list[Release]:
    """In the order of their dates."""
    return list(_releases(process))


def _releases(process: Process) -> Iterator[Release]:
    before: dict[str, Any] = {}
    for at in process.instants():
        state = state_at(process, at)
        if state == before:
            continue
        changed = _changed(before, state)
        yield {
            "ocid": ocid_of(process.local),
            "id": f"{ocid_of(process.local)}-{at:%Y%m%dT%H%M%S%f}Z",
            "date": instant(at),
            "language": "ko",
            "tag": _tags(before, state, changed),
            "initiationType": "tender",
            **changed,
        }
        before = state


def _changed(before: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """The sections that differ, in the order of the standard, and the parties that they name or that changed."""
    changed: dict[str, Any] = {}
    for name in ("buyer", "planning", "tender", "awards", "contracts", "relatedProcesses"):
        old, new = before.get(name), state.get(name)
        if new is None or new == old:
            continue
        if isinstance(new, list):
            known = {row["id"]: row for row in old or []}
            new = [row for row in new if known.get(row["id"]) != row]
        changed[name] = new
    named = set(_named(changed))
    known = {party["id"]: party for party in before.get("parties", [])}
    parties = [party for party in state["parties"] if party["id"] in named or known.get(party["id"]) != party]
    return {**({"parties": parties} if parties else {}), **changed}


def _named(value: Any) -> Iterator[str]:
    """The identifiers of the organisations that are referred to."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each)
    elif isinstance(value, dict):
        if set(value) == {"id", "name"}:
            yield value["id"]
        for each in value.values():
            yield from _named(each)


def _related(process: Process) -> list[dict[str, Any]]:
    """A further call for a task follows the one that was cancelled, and the planning that is told in the first."""
    relations = {process.base: ["planning"]}
    relations.setdefault(process.earlier, []).append("unsuccessfulProcess")
    return [
        {
            "id": str(place),
            "relationship": relationship,
            "scheme": "ocid",
            "identifier": ocid_of(local),
            "uri": record_address(local),
        }
        for place, (local, relationship) in enumerate(relations.items(), start=1)
    ]


# ── tags ──


def _tags(before: dict[str, Any], state: dict[str, Any], changed: dict[str, Any]) -> list[str]:
    tags: list[str] = []
    if "planning" in changed:
        tags.append("planningUpdate" if "planning" in before else "planning")
    if "tender" in changed and (tag := _tender_tag(before.get("tender"), state["tender"])):
        tags.append(tag)
    for name in ("awards", "contracts"):
        known = {row["id"]: row for row in before.get(name, [])}
        for row in changed.get(name, []):
            found = _award_tag if name == "awards" else _contract_tags
            tags += found(known.get(row["id"]), row)
    return list(dict.fromkeys(tags))


def _tender_tag(old: dict[str, Any] | None, new: dict[str, Any]) -> str:
    if new["status"] in BEFORE_A_CALL:
        return ""
    if old is None or old["status"] in BEFORE_A_CALL:
        return "tender"
    if new["status"] == "cancelled":
        return "tenderCancellation"
    return "tenderAmendment" if old.get("amendments") != new.get("amendments") else "tenderUpdate"


def _award_tag(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    if old is None:
        return ["award"]
    ended = new["status"] == "cancelled" and old["status"] != "cancelled"
    return ["awardCancellation" if ended else "awardUpdate"]


def _contract_tags(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    if old is None:
        return ["contract"]
    tags = []
    if _terms(new) != _terms(old):
        tags.append("contractUpdate")
    delivered = "milestones" in old and old["milestones"] != new["milestones"]
    if delivered or old.get("implementation") != new.get("implementation"):
        tags.append("implementationUpdate" if _is_under_way(old) else "implementation")
    if new["status"] == "terminated" and old["status"] != "terminated":
        tags.append("contractTermination")
    return tags or ["contractUpdate"]


def _terms(contract: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in contract.items()
        if name not in ("status", "milestones", "implementation")
    }


def _is_under_way(contract: dict[str, Any]) -> bool:
    reported = any(milestone["status"] != "scheduled" for milestone in contract.get("milestones", []))
    return reported or "implementation" in contract
