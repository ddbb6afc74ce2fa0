"""Rounds for tests. The call and its submissions are rows as they stand after the opening; the rest are services.

``round_with(entries=3, panelists=3, scored=True)`` gives a ``Made``: round, lot, staff, evaluators, submissions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

from innomarket.accounts.models import Organisation, User
from innomarket.common.clock import now
from innomarket.evaluation.models import (
    Assignment,
    Draw,
    Entry,
    Evaluator,
    Expertise,
    Objection,
    Panelist,
    Publication,
    PublishedRound,
    Result,
    Round,
    Sheet,
)
from innomarket.evaluation.services.conflict import declare_conflicts
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw
from innomarket.evaluation.services.pledge import sign_pledge
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import finish_round
from innomarket.evaluation.services.round import create_round, seat_panelist, start_round
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from innomarket.submissions.models import (
    Call,
    CallStage,
    Criterion,
    CriterionGroup,
    Lot,
    Revision,
    StageCheck,
    Submission,
)
from tests.accounts.factories import company, institution, member, person, staff
from tests.submissions import kind as test_kind
from tests.submissions.factories import opened_by_hand

test_kind.register()

APPOINTED = "풀에 맞는 사람이 없습니다."
_serial = itertools.count(1)

# name, minimum percent, place in breaking ties, [(weight, highest points), …]
Groups = Sequence[tuple[str, int, int, Sequence[tuple[int, int]]]]
THREE: Groups = [
    ("Publicness", 0, 1, [(40, 10)]),
    ("Innovation", 0, 2, [(40, 10)]),
    ("Feasibility", 0, 3, [(20, 10)]),
]


@dataclass
class Made:
    """What ``round_with`` made, to be asked by name."""

    round: Round
    lot: Lot
    staff: User
    evaluators: list[User]
    submissions: list[Submission]
    criteria: list[Criterion] = field(default_factory=list)

    def assignment(self, entry: int = 1, evaluator: int = 1) -> Assignment:
        """By the entry's order and the evaluator's place, both from 1."""
        return Assignment.objects.select_related("entry", "panelist").get(
            entry__round=self.round, entry__order=entry, panelist__place=evaluator
        )

    def entry(self, order: int = 1) -> Entry:
        return self.round.entries.get(order=order)

    def panelist(self, place: int = 1) -> Panelist:
        return self.round.panelists.get(place=place)

    def points(self, *given: int) -> dict[int, int]:
        """Points in the order of the criteria; one number alone is given to all."""
        values = given if len(given) > 1 else given * len(self.criteria)
        return {criterion.pk: value for criterion, value in zip(self.criteria, values, strict=True)}

    def score(self, entry: int, evaluator: int, *given: int, comment: str = "근거가 분명합니다.") -> Sheet:
        """Save and submit one sheet."""
        user = self.evaluators[evaluator - 1]
        sheet = save_sheet(
            assignment=self.assignment(entry, evaluator), by=user, points=self.points(*given), comment=comment
        )
        return submit_sheet(sheet=sheet, by=user)

    def again(self) -> Made:
        self.round.refresh_from_db()
        return self


RULE: dict[str, Any] = {"pass_mark": 70, "least_sheets": 3, "trim_from": 5}


def stages_for(call: Call, *kinds: str, **rule: Any) -> list[CallStage]:
    """Stages of a call in preparation, in this order; ``rule`` is of those that give points."""
    made = []
    for order, kind in enumerate(kinds, start=1):
        points = kind == "scored"
        stage = CallStage.objects.create(
            call=call,
            order=order,
            kind=kind,
            method="points" if points else "fit",
            name_ko=f"{order}단계",
            name_en=f"Stage {order}",
            **(RULE | rule if points else {"least_sheets": 1}),
        )
        if not points:
            for place in (1, 2):
                StageCheck.objects.create(
                    stage=stage, order=place, name_ko=f"확인 {place}", name_en=f"Check {place}"
                )
        made.append(stage)
    return made


def opened_lot(
    *,
    owner: Organisation | None = None,
    groups: Groups = THREE,
    kind: str = test_kind.TASK,
    stages: Sequence[str] = ("scored",),
    opened: bool = True,
    **rule: Any,
) -> Lot:
    """A lot of a call whose submissions were opened an hour ago, or (``opened``) of one that is still open.

    ``rule`` is its scored stages'.
    """
    serial, at = next(_serial), now()
    call = Call.objects.create(
        number=f"TEST-EV-{serial}",
        kind=kind,
        title_ko=f"평가 공모 {serial}",
        title_en=f"Call to evaluate {serial}",
        opens_at=at - timedelta(days=9),
        closes_at=at - timedelta(days=2) if opened else at + timedelta(days=2),
        opening_at=at - timedelta(days=1) if opened else at + timedelta(days=3),
    )
    scored = [stage for stage in stages_for(call, *stages, **rule) if stage.by_points]
    Call.objects.filter(pk=call.pk).update(blind=any(stage.blind for stage in scored))
    listed = [(stage, group) for stage in scored for group in groups]
    for order, (stage, (name, minimum, tie, criteria)) in enumerate(listed, start=1):
        group = CriterionGroup.objects.create(
            call=call,
            stage=stage,
            order=order,
            name_ko=f"{name} (ko)",
            name_en=name,
            minimum_percent=minimum,
            tie_order=tie,
        )
        for place, (weight, most) in enumerate(criteria, start=1):
            Criterion.objects.create(
                group=group,
                order=place,
                name_ko=f"{name} 기준 {place}",
                name_en=f"{name} criterion {place}",
                weight=weight,
                max_points=most,
            )
    if opened:
        Call.objects.filter(pk=call.pk).update(
            state="closed", announced_at=call.opens_at, closed_at=call.closes_at
        )
        opened_by_hand(call, at - timedelta(hours=1), staff("run_rounds"))
    else:
        Call.objects.filter(pk=call.pk).update(state="announced", announced_at=call.opens_at)
    return Lot.objects.create(
        call=Call.objects.get(pk=call.pk),
        order=1,
        title_ko=f"과제 {serial}",
        title_en=f"Task {serial}",
        owner=owner,
    )


def submitted(
    lot: Lot, *, organisation: Organisation | None = None, title: str = "", verified: bool = True
) -> Submission:
    """A submission with its revision, of a company that was verified before the opening (or not)."""
    serial = next(_serial)
    organisation = organisation or company()
    Organisation.objects.filter(pk=organisation.pk).update(
        decided_at=(lot.call.opened_at or now()) + timedelta(minutes=0 if not verified else -60)
    )
    user = person()
    member(user, organisation)
    submission = Submission.objects.create(
        number=f"TEST-SB-{serial:06d}",
        lot=lot,
        applicant_organisation=organisation,
        title=title or f"제안 {serial}",
        created_by=user,
        saved_by=user,
    )
    submission.current = Revision.objects.create(
        submission=submission,
        ordinal=0,
        title=submission.title,
        sections=[{"key": "what", "label_ko": "내용", "label_en": "Content", "value": f"canary-{serial}"}],
        sha256=sha256(submission.number.encode()).hexdigest(),
        submitted_by=user,
    )
    submission.state, submission.submitted_at = (
        "submitted",
        min(lot.call.closes_at, now()) - timedelta(days=1),
    )
    submission.save()
    return submission


LOT_FIELDS = (
    "owner", "groups", "stages", "pass_mark", "least_sheets", "trim_from", "group_minimum", "low_percent",
    "high_percent", "blind",
)  # fmt: skip


def prepared(
    entries: int = 3, panelists: int = 3, *, lot: Lot | None = None, by: User | None = None, **fields: Any
) -> Made:
    """A round with its panel, not started."""
    lot = lot or opened_lot(**{name: fields.pop(name) for name in LOT_FIELDS if name in fields})
    by = by or staff("run_rounds")
    submissions = [submitted(lot) for _ in range(entries)]
    round_ = create_round(lot=lot, by=by, **fields)
    evaluators = [person() for _ in range(panelists)]
    for user in evaluators:
        seat_panelist(round=round_, by=by, user=user, reason=APPOINTED)
    criteria = list(Criterion.objects.filter(group__stage=round_.stage).order_by("group__order", "order"))
    return Made(round_, lot, by, evaluators, submissions, criteria)


def round_with(
    entries: int = 3,
    panelists: int = 3,
    *,
    declared: bool = True,
    scored: bool = False,
    finished: bool = False,
    points: Callable[[int, int], Sequence[int]] = lambda entry, evaluator: [max(0, 10 - entry)],
    **fields: Any,
) -> Made:
    """A started round; ``scored``: every sheet submitted, the first entry best; ``finished``: results computed."""
    made = prepared(entries, panelists, **fields)
    made.round = start_round(round=made.round, by=made.staff)
    for user in made.evaluators:
        sign_pledge(panelist=made.round.panelists.get(user=user), by=user)
    if declared or scored or finished:
        for user in made.evaluators:
            declare_conflicts(round=made.round, by=user, conflicts={})
    if scored or finished:
        for entry in range(1, entries + 1):
            for evaluator in range(1, panelists + 1):
                made.score(entry, evaluator, *points(entry, evaluator))
    if finished:
        made.round = finish_round(round=made.round, by=made.staff)
    return made


def published(*mades: Made) -> Publication:
    """The rounds of these, prepared by their first one's staff and published by a second member of staff."""
    prepared = prepare_publication(rounds=[made.round for made in mades], by=mades[0].staff)
    publication = confirm_publication(publication=prepared, by=staff("run_rounds"))
    for made in mades:
        made.again()
    return publication


def published_by_hand(round_: Round) -> Round:
    """A finished round published now, past the services but as the database asks it; no file, no codes."""
    at = now()
    publication = Publication.objects.create(
        number=f"TEST-PB-{next(_serial)}",
        state="confirmed",
        prepared_at=at,
        prepared_by=staff("run_rounds"),
        confirmed_at=at,
        confirmed_by=staff("run_rounds"),
        sha256="0" * 64,
        **dict.fromkeys(("selected", "not_selected", "below_pass", "no_result", "applicants", "people"), 0),
    )
    PublishedRound.objects.create(publication=publication, round=round_)
    Round.objects.filter(pk=round_.pk).update(state="published", published_at=at)
    return Round.objects.get(pk=round_.pk)


def objected(submission: Submission, **fields: Any) -> Objection:
    """An objection to its published result, as filed; not past the database, but past the services."""
    result = Result.objects.standing().get(entry__submission=submission)
    at = result.published_at
    assert at is not None
    return Objection.objects.create(
        number=f"TEST-OB-{next(_serial)}",
        result=result,
        text="근거를 알려 주십시오.",
        until=at + timedelta(days=14),
        **{"state": "filed", "filed_at": at, "filed_by": submission.created_by, **fields},
    )


def answered_anew(objection: Objection) -> Objection:
    """The same, answered: to be evaluated anew."""
    Objection.objects.filter(pk=objection.pk).update(
        state="answered", outcome="anew", answer="다시 평가합니다.", answered_by=person(), ended_at=now()
    )
    return Objection.objects.get(pk=objection.pk)


def pledge_and_declare(round_: Round, user: User, conflicts: dict[int, str] | None = None) -> Panelist:
    """The two first steps of a panel member."""
    seat = round_.panelists.get(user=user, left_at=None)
    sign_pledge(panelist=seat, by=user)
    return declare_conflicts(round=round_, by=user, conflicts=conflicts or {})


# ── the pool and the draw ──

SEATS = {"technical": 2, "policy": 1}


def evaluator(
    kind: str = "technical", *, fields: Sequence[str] = ("ai",), user: User | None = None, **values: Any
) -> Evaluator:
    """Somebody in the pool, as after their verification."""
    made = Evaluator.objects.create(
        user=user or person(), kind=kind, **{"state": "active", "verified_at": now(), **values}
    )
    for code in fields:
        made.fields.add(field_of(code))
    return made


def field_of(code: str) -> Expertise:
    names = {"name_ko": f"{code} 분야", "name_en": code, "begins_on": "2019-01-01"}
    return Expertise.objects.get_or_create(code=code, defaults=names)[0]


def evaluators(technical: int = 8, policy: int = 6) -> list[Evaluator]:
    return [
        *(evaluator("technical") for _ in range(technical)),
        *(evaluator("policy") for _ in range(policy)),
    ]


def opened_again(lot: Lot) -> Lot:
    """Close and open the call of an open lot, as if its time had come."""
    at = now()
    Call.objects.filter(pk=lot.call_id).update(
        state="closed",
        closes_at=at - timedelta(minutes=3),
        closed_at=at - timedelta(minutes=2),
        opening_at=at - timedelta(minutes=2),
    )
    opened_by_hand(Call.objects.get(pk=lot.call_id), at, staff("run_rounds"))
    return Lot.objects.select_related("call").get(pk=lot.pk)


@dataclass
class Drawn:
    """What ``drawn_round`` made."""

    round: Round
    draw: Draw
    lot: Lot
    staff: User
    submissions: list[Submission]

    @property
    def panel(self) -> list[Panelist]:
        return list(self.round.panelists.filter(left_at=None).select_related("user").order_by("place"))

    def started(self, *, declared: bool = True) -> Drawn:
        self.round = start_round(round=self.round, by=self.staff)
        if declared:
            for seat in self.panel:
                pledge_and_declare(self.round, seat.user)
        return self

    def points(self, given: int) -> dict[int, int]:
        criteria = Criterion.objects.filter(group__call=self.lot.call)
        return dict.fromkeys(criteria.values_list("pk", flat=True), given)


def committed(
    seats: dict[str, int] | None = None,
    *,
    owner: Organisation | None = None,
    blind: bool = False,
    **fields: Any,
) -> Drawn:
    """A round whose draw is committed while its call is open; the pool must be there."""
    lot, by = opened_lot(owner=owner, opened=False, blind=blind), staff("run_rounds")
    round_ = create_round(lot=lot, by=by)
    draw = commit_draw(round=round_, by=by, seats=seats or SEATS, **fields)
    return Drawn(round_, draw, lot, by, [])


def opened_for(made: Drawn, *organisations: Organisation) -> Drawn:
    """Its call closed and opened, with a submission of each organisation."""
    made.submissions = [
        submitted(made.lot, organisation=one) for one in organisations or (company(), company())
    ]
    made.lot = opened_again(made.lot)
    made.submissions = list(
        Submission.objects.filter(lot=made.lot).select_related("current", "lot__call").order_by("pk")
    )
    made.round = Round.objects.select_related("lot__call").get(pk=made.round.pk)
    made.draw = Draw.objects.select_related("round__lot__call").get(pk=made.draw.pk)
    return made


def drawn_round(
    *organisations: Organisation, seats: dict[str, int] | None = None, blind: bool = False
) -> Drawn:
    """A panel that was drawn from the pool."""
    made = opened_for(committed(seats, blind=blind), *organisations)
    made.draw = carry_out_draw(draw=made.draw, by=made.staff)
    return made


def owner_of(lot: Lot) -> User:
    """A person who writes for the institution whose task the lot is."""
    user = person()
    member(user, lot.owner)
    return user


__all__ = [
    "APPOINTED",
    "Drawn",
    "Made",
    "committed",
    "company",
    "drawn_round",
    "evaluator",
    "evaluators",
    "field_of",
    "institution",
    "member",
    "opened_for",
    "owner_of",
    "person",
    "pledge_and_declare",
    "prepared",
    "published",
    "published_by_hand",
    "round_with",
    "staff",
    "submitted",
]
