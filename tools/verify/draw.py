"""A draw once more: what was promised, the seed, the order, and every walk down it."""

import hashlib
import re
from typing import Any

from .files import NATURAL, POSITIVE, SHA256
from .report import Report
from .words import say

POOL = {
    "format": str,
    "draw": str,
    "round": str,
    "secret_sha256": SHA256,
    "public_value": {"source": re.compile("receipts|named")},
    "rule": {"seats": dict, "most_of_one_organisation": POSITIVE},
    "candidates": [{"code": str, "kind": str, "organisation": str, "excluded": str}],
}
STEP = {
    "walk": POSITIVE,
    "cause": str,
    "position": (POSITIVE, None),
    "code": str,
    "result": re.compile("seated|skipped|exhausted"),
    "ground": str,
    "seat": (POSITIVE, None),
    "single_entries": bool,
    "in_place_of": (POSITIVE, None),
}
DRAW = {
    "format": str,
    "draw": str,
    "round": str,
    "state": re.compile("committed|drawn|void"),
    "pool_sha256": SHA256,
    "secret_sha256": SHA256,
    "secret": (SHA256, None),
    "receipts": [SHA256],
    "named_value": str,
    "seed": (SHA256, None),
    "steps": [STEP],
    "appointed": [{"seat": NATURAL, "kind": str}],
}
FACTS = {
    "applicant", "same_organisation", "past_organisation", "author", "tie", "recused_before", "fellow", "lot_owner",
    "past_lot_owner", "away", "cap", "not_active", "former_panel", "blindness",
}  # fmt: skip
Data = dict[str, Any]


def verify(draw: Data, pool: Data, pool_raw: bytes, report: Report) -> None:
    """Everything that follows from pool.json and draw.json; ``pool_raw`` are the bytes as they were published."""
    words = say(
        "The pool is not the one that was promised before the draw: something in pool.json was changed."
    )
    report.compare(words, "draw.pool_sha256", draw["pool_sha256"], _sha(pool_raw).hex())
    report.compare(say("draw.json is of another format."), "draw.format", draw["format"], "innomarket-draw-1")
    report.compare(
        say("pool.json is of another format."), "pool.format", pool["format"], "innomarket-draw-pool-1"
    )
    for name in ("draw", "round", "secret_sha256"):
        words = say("draw.json and pool.json are not of the same draw.")
        report.compare(words, f"draw.{name} ({say('as in pool.json')})", draw[name], pool[name])
    codes = [one["code"] for one in pool["candidates"]]
    words = say("The candidates of the pool do not stand in the order of their codes, each once.")
    report.compare(words, f"pool.candidates ({say('codes, each once, in order')})", codes, sorted(set(codes)))
    report.repeated.append(
        say("hash of the pool of {n} candidates, draw {draw}", n=len(codes), draw=draw["draw"])
    )
    if draw["state"] != "drawn":
        words = say("Steps are stated of a draw that is not carried out.")
        report.compare(words, f"draw.steps ({say('before it is carried out')})", len(draw["steps"]), 0)
        report.taken.append(say("the draw is not carried out: its secret is still closed"))
        return
    if draw["secret"] is None:
        report.compare(say("The secret was not opened."), "draw.secret", None, say("32 bytes in hexadecimal"))
        return
    secret = bytes.fromhex(draw["secret"])
    words = say("The secret is not the one that was promised before the draw.")
    report.compare(words, f"draw.secret ({say('its SHA-256')})", pool["secret_sha256"], _sha(secret).hex())
    seed = _sha(_prefixed(secret) + _prefixed(_public_value(draw, pool)))
    words = say(
        "The seed does not follow from the secret and the public value: one of the three was changed."
    )
    report.compare(words, "draw.seed", draw["seed"], seed.hex())
    order = sorted(codes, key=lambda code: _sha(_prefixed(seed) + _prefixed(code.encode())))
    _Walks(draw, pool, order, report).verify()
    report.repeated.append(say("secret, public value, seed and order of the draw"))


def _sha(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def _prefixed(value: bytes) -> bytes:
    return len(value).to_bytes(8, "big") + value


def _public_value(draw: Data, pool: Data) -> bytes:
    if pool["public_value"]["source"] == "named":
        return draw["named_value"].encode()
    return _sha(b"".join(bytes.fromhex(one) for one in draw["receipts"]))


class _Walks:
    """Every walk in turn, with what earlier ones left: who was seated where, and who left."""

    def __init__(self, draw: Data, pool: Data, order: list[str], report: Report) -> None:
        self.draw, self.order, self.report = draw, order, report
        self.rule = pool["rule"]
        self.pool = {one["code"]: one for one in pool["candidates"]}
        self.seats: dict[int, str] = {}  # the seat's number: who was seated on it
        self.left: set[int] = set()
        self.kinds = {one["seat"]: one["kind"] for one in draw["appointed"]}

    def verify(self) -> None:
        walks: dict[int, list[Data]] = {}
        for step in self.draw["steps"]:
            walks.setdefault(step["walk"], []).append(step)
        words = say("A walk down the order is missing, or stands in another place.")
        expected = list(range(1, max(len(walks), 1) + 1))
        self.report.compare(words, f"draw.steps ({say('walks')})", list(walks), expected)
        for walk in sorted(walks):
            self._walk(walk, walks[walk])
        self.report.repeated.append(
            say("{steps} steps in {walks} walks", steps=len(self.draw["steps"]), walks=len(walks))
        )
        for step in self.draw["steps"]:
            if step["ground"] in FACTS and not self._excluded(step["code"]):
                self.report.taken.append(
                    say(
                        "walk {walk}: {code} {ground} (agency's records)",
                        walk=step["walk"],
                        code=step["code"],
                        ground=step["ground"],
                    )
                )

    def _excluded(self, code: str) -> str:
        return self.pool[code]["excluded"] if code in self.pool else ""

    def _open(self, walk: int, steps: list[Data]) -> dict[str, int]:
        """The open seats of a walk; a later one has a single seat, of the kind of whom it replaces."""
        first = steps[0]
        if walk == 1:
            words = say("The first walk is the draw itself.")
            self.report.compare(words, "draw.steps[walk 1].cause", first["cause"], "draw")
            return dict(self.rule["seats"])
        place = first["in_place_of"]
        if first["cause"] in ("declined", "left") and place is not None:
            self.left.add(place)
        if place in self.seats:
            return {self.pool[self.seats[place]]["kind"]: 1}
        if place in self.kinds:
            return {self.kinds[place]: 1}
        seated = [step["code"] for step in steps if step["result"] == "seated" and step["code"] in self.pool]
        self.report.taken.append(
            say("walk {walk}: the kind of seat {place}, which the files do not name", walk=walk, place=place)
        )
        return {self.pool[seated[0]]["kind"]: 1} if seated else {"": 1}

    def _walk(self, walk: int, steps: list[Data]) -> None:
        open_ = self._open(walk, steps)
        sitting: dict[str, int] = {}
        for seat, code in self.seats.items():
            house = self.pool[code]["organisation"]
            if house and seat not in self.left:
                sitting[house] = sitting.get(house, 0) + 1
        before = set(self.seats.values())
        stated = {step["code"]: step for step in steps if step["result"] != "exhausted"}
        looked: list[str] = []
        for position, code in enumerate(self.order, start=1):
            if not any(open_.values()):
                break
            if code in before:
                continue
            looked.append(code)
            one, path = self.pool[code], f"draw.steps[walk {walk}, {code}]"
            ground = one["excluded"] or self._balance(one, open_, sitting)
            step = stated.get(code)
            if step is None:
                words = say(
                    "{code} comes next in the order of walk {walk} and was not looked at.",
                    code=code,
                    walk=walk,
                )
                expected = say(
                    "a step at position {position} {ground}", position=position, ground=ground
                ).strip()
                self.report.compare(words, path, say("no step"), expected)
                continue
            words = say("{code} stands at another position of the order.", code=code)
            self.report.compare(words, f"{path}.position", step["position"], position)
            if self._step(step, ground, path):
                open_[one["kind"]] = open_.get(one["kind"], 0) - 1
                if one["organisation"]:
                    sitting[one["organisation"]] = sitting.get(one["organisation"], 0) + 1
        told = [step["code"] for step in steps if step["result"] != "exhausted"]
        if told != looked:
            words = say(
                "Walk {walk} does not go down the order: somebody was left out, put in, or taken out of turn.",
                walk=walk,
            )
            self.report.compare(words, f"draw.steps[walk {walk}] ({say('who was looked at')})", told, looked)
        exhausted = [step["result"] == "exhausted" for step in steps]
        ended = [False] * len(told) + [True] * any(open_.values())
        words = say("Whether walk {walk} came to the end of the order is stated wrongly.", walk=walk)
        self.report.compare(words, f"draw.steps[walk {walk}] ({say('exhausted')})", exhausted, ended)

    def _balance(self, one: Data, open_: dict[str, int], sitting: dict[str, int]) -> str:
        if open_.get(one["kind"], 0) < 1:
            return "kind_full"
        house = one["organisation"]
        full = house and sitting.get(house, 0) >= self.rule["most_of_one_organisation"]
        return "organisation_full" if full else ""

    def _step(self, step: Data, ground: str, path: str) -> bool:
        """Compare one step with what follows from the files; returns whether its candidate is seated."""
        if ground or step["ground"] not in FACTS:
            words = say(
                "{code} was passed over without a ground that holds, or seated against one.",
                code=step["code"],
            )
            self.report.compare(words, f"{path}.ground", step["ground"], ground)
            passed = bool(ground)
        else:
            passed = True
        words = (
            say("{code} was to be passed over.", code=step["code"])
            if passed
            else say("{code} was to be seated.", code=step["code"])
        )
        self.report.compare(words, f"{path}.result", step["result"], "skipped" if passed else "seated")
        if passed:
            words = say("{code} was passed over and has a seat all the same.", code=step["code"])
            self.report.compare(words, f"{path}.seat", step["seat"], None)
        elif step["seat"] is None or step["seat"] in self.seats:
            words = say("{code} was seated and has no seat of its own.", code=step["code"])
            self.report.compare(words, f"{path}.seat", step["seat"], say("a seat of its own"))
        else:
            self.seats[step["seat"]] = step["code"]
        return not passed
