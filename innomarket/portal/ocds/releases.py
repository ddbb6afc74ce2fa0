"""From facts to releases: one for each instant at which what is public of the process changed.

A release holds the sections that changed, whole (of awards and contracts the ones that changed), and the parties that
it names. So merging the releases gives what stands now (a test holds the two together), and no release depends on what
came later: an export of tomorrow repeats those of today.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalog.public_documents import instant

from .awards import award_at
from .contracts import contract_at
from .facts import Process
from .parties import Parties
from .planning import planning_at
from .tender import tender_at

Release = dict[str, Any]
Section = dict[str, Any]
BEFORE_A_CALL = ("planning", "planned")
LISTS = ("awards", "contracts")


def ocid_of(local: str) -> str:
    """The prefix that the agency registered, and the number that people know."""
    return f"{settings.OCDS_PREFIX}-{local}"


def record_address(local: str) -> str:
    """Where the record of a process is."""
    return settings.PUBLIC_URL + reverse("ocds:record", args=[ocid_of(local)])


@dataclass(frozen=True)
class Unit:
    """What changes by itself: a section, or one award or contract; ``instants`` are those at which it may change."""

    section: str
    instants: frozenset[datetime]
    at: Callable[[datetime, Parties], Section | None]


@dataclass(frozen=True)
class Step:
    """A unit that says something else than before (nothing, where it is new)."""

    section: str
    old: Section | None
    new: Section


def units_of(process: Process) -> Iterator[Unit]:
    """In the order in which they stand in a release."""
    yield Unit("planning", _set(process.planning_instants()), partial(planning_at, process))
    yield Unit("tender", _set(process.tender_instants()), partial(tender_at, process))
    for answer in process.answers:
        yield Unit("awards", _set(answer.instants()), partial(award_at, answer))
    for answer in process.answers:
        for purchase in answer.purchases:
            yield Unit("contracts", _set(purchase.instants()), partial(contract_at, answer, purchase))


def _set(instants: Iterable[datetime | None]) -> frozenset[datetime]:
    return frozenset(instant for instant in instants if instant is not None)


def state_at(process: Process, at: datetime) -> dict[str, Any]:
    """What was public of the process at that instant, section by section; absent is what did not exist yet."""
    parties = Parties()
    state: dict[str, Any] = {}
    for unit in units_of(process):
        found = unit.at(at, parties)
        if found is not None:
            _put(state, unit.section, found)
    if not state:
        return {}
    state |= _beside(process, parties, bought="contracts" in state, first=True)
    return {"parties": parties.of(parties.taken()), **state}


def releases_of(process: Process) -> list[Release]:
    """In the order of their dates. At each instant only what may have changed then is asked: a lot may have hundreds
    of awards.
    """
    return list(_releases(process))


def _releases(process: Process) -> Iterator[Release]:
    units, parties = list(units_of(process)), Parties()
    due: dict[datetime, list[int]] = {}
    for place, unit in enumerate(units):
        for at in unit.instants:
            due.setdefault(at, []).append(place)
    standing: dict[int, Section] = {}
    told: set[str] = set()
    for at in sorted(due):
        steps = list(_steps(units, due[at], at, parties, standing))
        if steps:
            yield _release(process, at, steps, parties, told)


def _steps(
    units: list[Unit], places: list[int], at: datetime, parties: Parties, standing: dict[int, Section]
) -> Iterator[Step]:
    for place in places:
        new, old = units[place].at(at, parties), standing.get(place)
        if new is not None and new != old:
            standing[place] = new
            yield Step(units[place].section, old, new)


def _release(process: Process, at: datetime, steps: list[Step], parties: Parties, told: set[str]) -> Release:
    changed: dict[str, Any] = {}
    for step in steps:
        _put(changed, step.section, step.new)
    bought = "contracts" in changed and "contracts" not in told
    beside = _beside(process, parties, bought=bought, first=not told)
    told |= set(changed)
    named = parties.of({*_named([changed, beside]), *parties.taken()})
    return {
        "ocid": ocid_of(process.local),
        "id": f"{ocid_of(process.local)}-{at:%Y%m%dT%H%M%S%f}Z",
        "date": instant(at),
        "language": "ko",
        "tag": list(dict.fromkeys(tag for step in steps for tag in _tags(step))),
        "initiationType": "tender",
        **({"parties": named} if named else {}),
        **changed,
        **beside,
    }


def _put(sections: dict[str, Any], name: str, section: Section) -> None:
    if name in LISTS:
        sections.setdefault(name, []).append(section)
    else:
        sections[name] = section


def _beside(process: Process, parties: Parties, *, bought: bool, first: bool) -> dict[str, Any]:
    """What is told once: who buys, with the first contract; and which process this one follows."""
    return {
        **({"buyer": parties.agency("buyer")} if bought else {}),
        **({"relatedProcesses": _related(process)} if first and process.earlier else {}),
    }


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


def _tags(step: Step) -> list[str]:
    if step.section == "planning":
        return ["planningUpdate" if step.old else "planning"]
    if step.section == "tender":
        return _tender_tag(step.old, step.new)
    return (_award_tag if step.section == "awards" else _contract_tags)(step.old, step.new)


def _tender_tag(old: Section | None, new: Section) -> list[str]:
    if new["status"] in BEFORE_A_CALL:
        return []
    if old is None or old["status"] in BEFORE_A_CALL:
        return ["tender"]
    if new["status"] == "cancelled":
        return ["tenderCancellation"]
    return ["tenderAmendment" if old.get("amendments") != new.get("amendments") else "tenderUpdate"]


def _award_tag(old: Section | None, new: Section) -> list[str]:
    if old is None:
        return ["award"]
    ended = new["status"] == "cancelled" and old["status"] != "cancelled"
    return ["awardCancellation" if ended else "awardUpdate"]


def _contract_tags(old: Section | None, new: Section) -> list[str]:
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


def _terms(contract: Section) -> Section:
    return {
        name: value
        for name, value in contract.items()
        if name not in ("status", "milestones", "implementation")
    }


def _is_under_way(contract: Section) -> bool:
    reported = any(milestone["status"] != "scheduled" for milestone in contract.get("milestones", []))
    return reported or "implementation" in contract
