"""The draw itself: seed, order and walk, as docs/verification.md describes them. Pure: no database, no clock.

Whoever has the published files repeats it in a few lines of any language::

    prefixed(x)  = length of x in bytes as 8 bytes, big-endian, then x
    seed         = SHA-256(prefixed(secret) + prefixed(public value))
    key(code)    = SHA-256(prefixed(seed) + prefixed(code in UTF-8))
    order        = the codes sorted by key, the lowest first, compared byte by byte
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SECRET_BYTES = 32

# Why somebody is passed over for the sake of balance; conflicts have the codes of ``conflicts.py``.
KIND_FULL = "kind_full"
ORGANISATION_FULL = "organisation_full"
CAP = "cap"
NOT_ACTIVE = "not_active"
AWAY = "away"
FORMER_PANEL = "former_panel"
BLINDNESS = "blindness"


@dataclass(frozen=True)
class Candidate:
    """One line of the frozen pool. ``organisation`` is a code, or "" for who has none."""

    code: str
    kind: str
    organisation: str = ""
    excluded: str = ""


@dataclass(frozen=True)
class Step:
    """``ground`` is empty where the candidate was seated. ``position`` counts from 1."""

    position: int
    candidate: Candidate
    ground: str = ""


@dataclass
class Balance:
    """The seats that are still open for each kind, and how many of each organisation sit."""

    open: dict[str, int]
    most_of_one_organisation: int
    sitting: dict[str, int] = field(default_factory=dict)

    def full(self) -> bool:
        return not any(self.open.values())

    def against(self, candidate: Candidate) -> str:
        """Why this candidate cannot sit now: kind first, then organisation; "" where nothing is against it."""
        if not self.open.get(candidate.kind):
            return KIND_FULL
        if candidate.organisation and (
            self.sitting.get(candidate.organisation, 0) >= self.most_of_one_organisation
        ):
            return ORGANISATION_FULL
        return ""

    def seat(self, candidate: Candidate) -> None:
        self.open[candidate.kind] -= 1
        if candidate.organisation:
            self.sitting[candidate.organisation] = self.sitting.get(candidate.organisation, 0) + 1


def prefixed(*parts: bytes) -> bytes:
    """Each part behind its length (8 bytes, big-endian): no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def receipts_value(hashes: Sequence[str]) -> bytes:
    """The default public value: SHA-256 over the receipts' hashes (32 bytes each) in the given order."""
    return hashlib.sha256(b"".join(bytes.fromhex(one) for one in hashes)).digest()


def seed_of(secret: bytes, public_value: bytes) -> bytes:
    return hashlib.sha256(prefixed(secret, public_value)).digest()


def order_of(seed: bytes, codes: Iterable[str]) -> list[str]:
    """All codes in the order of the draw."""
    start = hashlib.sha256(prefixed(seed))
    keyed = []
    for code in codes:
        key = start.copy()
        key.update(prefixed(code.encode()))
        keyed.append((key.digest(), code))
    keyed.sort()
    return [code for _key, code in keyed]


def walk(
    order: Sequence[str],
    pool: Mapping[str, Candidate],
    balance: Balance,
    *,
    passed: Callable[[Candidate], bool] = lambda candidate: False,
    unfit: Callable[[Candidate], str] = lambda candidate: "",
) -> tuple[list[Step], bool]:
    """Down the order until the seats are full: (steps, whether all were filled).

    Each candidate is asked in this order: taken or gone before (``passed``: no step), excluded when the pool was
    frozen, balance, then what has come to be known since (``unfit``: conflict, cap). ``balance`` is filled.
    """
    steps: list[Step] = []
    for position, code in enumerate(order, start=1):
        if balance.full():
            break
        candidate = pool[code]
        if passed(candidate):
            continue
        ground = candidate.excluded or balance.against(candidate) or unfit(candidate)
        steps.append(Step(position, candidate, ground))
        if not ground:
            balance.seat(candidate)
    return steps, balance.full()
