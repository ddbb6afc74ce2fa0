"""Walking down a draw's order: the first time for the whole panel, later for whoever left or may not judge.

The caller holds the round's lock, then the draw's; here the rule's row follows, under which loads are counted.
"""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.db.models import Q

from innomarket.accounts.reads import staff_of
from innomarket.common.clock import KST, now
from innomarket.common.locks import lock
from innomarket.notifications.services import tell
from innomarket.submissions.models import Submission

from .. import beside, blindness, conflicts, drawing, words
from ..loads import hold_loads, loads_of
from ..models import Absence, Assignment, Draw, DrawStep, Entry, Evaluator, Panelist, Round
from ..states import DrawState, EvaluatorState, RoundState, SheetState
from .seating import assign, take_seat

AHEAD = 256
"""Of how many further candidates the facts are asked at once."""


def standing_draw(round: Round) -> Draw | None:
    """The committed or carried-out draw of a round."""
    return round.draws.filter(state__in=[DrawState.COMMITTED, DrawState.DRAWN]).first()


def first_walk(*, draw: Draw, round: Round, by: Any) -> list[Panelist]:
    """Fill the panel of a draw whose seed is known."""
    order = _Order(draw, round)
    balance = drawing.Balance(dict(order.rule["seats"]), order.rule["most_of_one_organisation"])
    return _walk(order, balance, cause=DrawStep.Cause.DRAW, by=by, fields={"origin": Panelist.Origin.DRAWN})


def call_next(
    *, round: Round, instead_of: Panelist, cause: str, by: Any, entries: Iterable[Entry] | None = None
) -> Panelist | None:
    """The next in the order for the seat of ``instead_of``, of the same kind; None where none is drawn, needed or left.

    ``entries``: only these (a substitute, while the other stays); None: the whole seat. A substitute who was
    called for the same seat before takes further entries too, where nothing stands against it.
    """
    only = None if entries is None else list(entries)
    draw = round.draws.filter(state=DrawState.DRAWN).first()
    if draw is None or only == []:
        return None
    draw = lock(Draw, draw.pk)
    order = _Order(draw, round)
    if only is not None:
        known = _substitute(round, instead_of, only)
        if known is not None:
            assign(round, [known], only)
            _tell_called(round, [known], only)
            return known
    balance = drawing.Balance({instead_of.kind: 1}, order.rule["most_of_one_organisation"], order.sitting())
    seated = _walk(
        order,
        balance,
        cause=cause,
        by=by,
        instead_of=instead_of,
        fields={
            "origin": Panelist.Origin.DRAWN if only is None else Panelist.Origin.SUBSTITUTE,
            "in_place_of": instead_of,
        },
    )
    if seated and round.state == RoundState.SCORING:
        theirs = left_over(instead_of) if only is None else only
        assign(round, seated, theirs)
        _tell_called(round, seated, theirs)
    return seated[0] if seated else None


def call_for_found(*, round: Round, by: Any) -> None:
    """Where the start found members of a drawn panel in conflict: the next are called, as after a declaration."""
    found: dict[Panelist, list[Entry]] = {}
    rows = Assignment.objects.filter(entry__round=round, recusal__isnull=False)
    for one in rows.select_related("panelist", "entry__submission").order_by(
        "panelist__place", "entry__order"
    ):
        found.setdefault(one.panelist, []).append(one.entry)
    for seat, entries in found.items():
        if seat.kind:
            call_next(round=round, instead_of=seat, cause=DrawStep.Cause.CONFLICT, by=by, entries=entries)


class _Order:
    """A draw's order with what its walks ask: who was seated before, who sits, what is known against whom."""

    def __init__(self, draw: Draw, round: Round) -> None:
        self.draw, self.round = draw, round
        self.day = now().astimezone(KST).date()
        hold_loads(self.day)
        file = json.loads(draw.pool)
        self.rule = file["rule"]
        self.pool = {
            one["code"]: drawing.Candidate(one["code"], one["kind"], one["organisation"], one["excluded"])
            for one in file["candidates"]
        }
        self.keys = dict(zip(self.pool, draw.evaluators, strict=True))
        self.codes = drawing.order_of(bytes.fromhex(draw.seed), self.pool)
        self.places = {code: n for n, code in enumerate(self.codes)}
        self.facts: dict[str, str] = {}
        self.known_until = 0
        seated = draw.steps.filter(result=DrawStep.Result.SEATED)
        self.seated = dict(seated.values_list("code", "panelist"))
        self.people: dict[int, Evaluator] = {}

    def sitting(self) -> dict[str, int]:
        """How many of each organisation sit now, substitutes included."""
        here = set(self.round.panelists.filter(left_at=None).values_list("pk", flat=True))
        counted: dict[str, int] = {}
        for code, panelist in self.seated.items():
            organisation = self.pool[code].organisation
            if organisation and panelist in here:
                counted[organisation] = counted.get(organisation, 0) + 1
        return counted

    def passed(self, candidate: drawing.Candidate) -> bool:
        return candidate.code in self.seated

    def unfit(self, candidate: drawing.Candidate) -> str:
        place = self.places[candidate.code]
        while place >= self.known_until:
            self._ask(self.codes[self.known_until : self.known_until + AHEAD])
            self.known_until += AHEAD
        return self.facts.get(candidate.code, "")

    @cached_property
    def sides(self) -> conflicts.Sides:
        counted = (
            Submission.objects.countable().filter(lot=self.round.lot_id)
            if self.round.is_first
            else beside.judges(self.round)
        )
        submissions = counted.only("pk", "applicant_organisation", "applicant_person")
        return conflicts.sides_of(submissions, owner=self.round.lot.owner_id)

    def _ask(self, codes: list[str]) -> None:
        """What is known now against these: conflicts, blindness, state, absence, load. A fixed number of statements."""
        rows = Evaluator.objects.select_related("user").in_bulk([self.keys[code] for code in codes])
        self.people |= rows
        users = [row.user_id for row in rows.values()]
        found = conflicts.weightiest(
            conflicts.find(users, self.sides, day=self.day, years=self.rule["look_back_years"])
        )
        knowing = blindness.unfit(users, self.round)
        until = self.round.due_at.astimezone(KST).date() if self.round.due_at else self.day
        away = set(
            Absence.objects.filter(
                evaluator__in=list(rows), from_on__lte=max(until, self.day), to_on__gte=self.day
            ).values_list("evaluator", flat=True)
        )
        sits = set(self.round.panelists.filter(user__in=users).values_list("user", flat=True))
        loads = loads_of(users, year=self.day.year)
        for code in codes:
            row = rows[self.keys[code]]
            cap = min(self.rule["load_cap"], row.most_panels or self.rule["load_cap"])
            if row.user_id in found:
                self.facts[code] = found[row.user_id]
            elif row.user_id in knowing:
                self.facts[code] = drawing.BLINDNESS
            elif row.state != EvaluatorState.ACTIVE or not row.user.is_active or row.user_id in sits:
                self.facts[code] = drawing.NOT_ACTIVE
            elif row.pk in away:
                self.facts[code] = drawing.AWAY
            elif loads.get(row.user_id, 0) >= cap:
                self.facts[code] = drawing.CAP


def _walk(
    order: _Order,
    balance: drawing.Balance,
    *,
    cause: str,
    by: Any,
    fields: dict[str, Any],
    instead_of: Panelist | None = None,
) -> list[Panelist]:
    """Walk, write every step, seat and tell who is seated; tell staff where the order came to its end."""
    steps, filled = drawing.walk(order.codes, order.pool, balance, passed=order.passed, unfit=order.unfit)
    last = order.draw.steps.order_by("-walk").values_list("walk", flat=True).first() or 0
    rows: list[DrawStep] = []
    seated: list[Panelist] = []
    common = {"draw": order.draw, "walk": last + 1, "cause": cause, "instead_of": instead_of}
    for place, step in enumerate(steps, start=1):
        code = step.candidate.code
        panelist = None
        if not step.ground:
            person = order.people[order.keys[code]]
            panelist = take_seat(
                round=order.round,
                user=person.user,
                by=by,
                verb="evaluation.seat_drawn",
                kind=step.candidate.kind,
                **fields,
            )
            seated.append(panelist)
        rows.append(
            DrawStep(
                **common,
                place=place,
                position=step.position,
                code=code,
                result=DrawStep.Result.SKIPPED if step.ground else DrawStep.Result.SEATED,
                ground=step.ground,
                evaluator_id=order.keys[code],
                panelist=panelist,
            )
        )
    if not filled:
        rows.append(DrawStep(**common, place=len(steps) + 1, result=DrawStep.Result.EXHAUSTED))
        _tell_exhausted(order.round, order.draw, last + 1)
    DrawStep.objects.bulk_create(rows)
    if order.round.state == RoundState.PREPARING:
        _tell_drawn(order.round, seated)
    return seated


def _substitute(round: Round, instead_of: Panelist, entries: list[Entry]) -> Panelist | None:
    """Who was called for this seat before, has no conflict with these entries and is as blind as the others."""
    known = (
        instead_of.substitutes.filter(origin=Panelist.Origin.SUBSTITUTE, left_at=None)
        .exclude(assignments__entry__in=entries)
        .select_related("user")
        .first()
    )
    if known is None:
        return None
    sides = conflicts.sides_of((entry.submission for entry in entries), owner=round.lot.owner_id)
    unfit = conflicts.find([known.user_id], sides) or blindness.unfit([known.user_id], round)
    return None if unfit else known


def left_over(panelist: Panelist) -> list[Entry]:
    """What a seat was to judge, without what its submitted sheets count for and what its substitutes judge."""
    theirs = Entry.objects.filter(assignments__panelist=panelist).select_related("submission")
    covered = Assignment.objects.filter(
        Q(panelist=panelist, sheet__state=SheetState.SUBMITTED)
        | Q(
            panelist__in_place_of=panelist,
            panelist__origin=Panelist.Origin.SUBSTITUTE,
            panelist__left_at=None,
        ),
        recusal=None,
    )
    return list(theirs.exclude(pk__in=covered.values("entry")).order_by("order"))


def _tell_drawn(round: Round, panel: list[Panelist]) -> None:
    for panelist in panel:
        tell(
            kind="evaluation.drawn",
            people=[panelist.user],
            about=panelist,
            values=words.of_round(round) | {"due": words.due(round)},
            url=words.seat_path(round),
        )


def _tell_called(round: Round, panel: list[Panelist], entries: list[Entry]) -> None:
    for panelist in panel:
        tell(
            kind="evaluation.called",
            people=[panelist.user],
            about=panelist,
            version="-".join(str(entry.order) for entry in entries[:20]),
            values=words.of_round(round) | {"entries": len(entries), "due": words.due(round)},
            url=words.seat_path(round),
        )


def _tell_exhausted(round: Round, draw: Draw, walk: int) -> None:
    tell(
        kind="evaluation.pool_exhausted",
        people=staff_of("run_rounds"),
        about=draw,
        version=walk,
        values=words.of_round(round) | {"draw": draw.number},
        url=words.console_path(round),
    )
