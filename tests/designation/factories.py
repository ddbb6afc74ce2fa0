"""Committees, selected proposals and votes for tests.

``selected_proposal()`` makes the rows as the engine leaves them after a published round;
``committee(5)``, ``session()``, ``motion()`` and ``voting()`` go through our services;
``adopted_decision(submission)`` is what other apps' factories hang a designation on.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange

from designation.models import Committee, Decision, Meeting, Motion, Seat
from designation.services import committee as committees
from designation.services import meeting as meetings
from designation.services import motion as motions
from innomarket.accounts.models import Organisation, User
from innomarket.common.clock import now
from innomarket.evaluation.models import Entry, Result, Round
from innomarket.submissions.models import Call, Lot, Revision, Submission
from innomarket.timeline.models import Story
from tests.accounts.factories import company, institution, member, person, staff
from tests.evaluation.factories import published_by_hand
from tests.submissions.factories import opened_by_hand, scored_stage

_serial = count(1)

SECTIONS = (
    ("product_name_ko", "한글 제품명", "Product name in Korean", "물길 점검 로봇"),
    ("product_name_en", "영문 제품명", "Product name in English", "Waterway inspection robot"),
    ("summary", "한 문장 소개", "The product in one sentence", "물이 흐르는 관로를 지나며 균열을 찾는다."),
    ("unit_price_won", "단가", "Price of one unit", 80_000_000),
)


def secretary(**fields: Any) -> User:
    return staff("keep_committee", **fields)


def proposal_lot(
    *, owner: Organisation | None = None, story: bool = True, opened: bool = True, **fields: Any
) -> Lot:
    """A lot of a call for proposals that has closed, and been opened unless said otherwise."""
    at, serial = now(), next(_serial)
    call = Call.objects.create(
        number=f"TEST-CS-{serial}",
        kind="proposal",
        title_ko="해결책 공모",
        title_en="Call for solutions",
        opens_at=at - timedelta(days=30),
        closes_at=at - timedelta(days=2),
        opening_at=at - timedelta(days=1),
        announced_at=at - timedelta(days=31),
        closed_at=at - timedelta(days=2),
        state="closed",
    )
    scored_stage(call)
    if opened:
        call = opened_by_hand(call, at - timedelta(days=1), person())
    values = {
        "order": 1,
        "title_ko": "하수관 안쪽 점검",
        "owner": owner or institution(),
        "story": Story.objects.create() if story else None,
    }
    return Lot.objects.create(call=call, **(values | fields))


def submitted_proposal(
    lot: Lot | None = None, *, supplier: Organisation | None = None, by: User | None = None
) -> Submission:
    """A submitted proposal with its frozen revision."""
    lot = lot or proposal_lot()
    supplier = supplier or company()
    if by is None:
        by = person()
        member(by, supplier)
    number = f"TEST-PS-{next(_serial)}"
    submission = Submission.objects.create(
        number=number,
        lot=lot,
        applicant_organisation=supplier,
        title="물길 점검 로봇",
        story=lot.story,
        created_by=by,
        saved_by=by,
    )
    submission.current = Revision.objects.create(
        submission=submission,
        ordinal=0,
        title=submission.title,
        sections=[
            {"key": key, "label_ko": ko, "label_en": en, "value": value} for key, ko, en, value in SECTIONS
        ],
        sha256=sha256(number.encode()).hexdigest(),
        submitted_by=by,
    )
    submission.state, submission.submitted_at = "submitted", lot.call.closes_at - timedelta(days=1)
    submission.save()
    return submission


def result(submission: Submission, *, outcome: str = "selected", published: bool = True) -> Result:
    """What the evaluation found of it; one round for each lot."""
    at = now()
    round_ = Round.objects.filter(lot=submission.lot).first() or Round.objects.create(
        number=f"TEST-RD-{next(_serial)}",
        lot=submission.lot,
        stage=submission.lot.call.stages.get(),
        state="finished",
        chief=person(),
        pass_mark=70,
        least_sheets=3,
        trim_from=5,
        started_at=at,
        finished_at=at,
    )
    if published and round_.state != "published":
        round_ = published_by_hand(round_)
    entry = Entry.objects.create(
        round=round_, submission=submission, revision=submission.current, order=round_.entries.count() + 1
    )
    passed = outcome in ("selected", "not_selected")
    return Result.objects.create(
        entry=entry,
        sheets=3,
        total=91 if passed else 50,
        passed=passed,
        rank=1 if passed else None,
        outcome=outcome,
        inputs_sha256="0" * 64,
        published_at=at if published else None,
    )


def selected_proposal(**fields: Any) -> Submission:
    """A proposal whose selection is published."""
    submission = submitted_proposal(**fields)
    result(submission)
    return submission


def committee(
    seats: int = 5, *, by: User | None = None, least_present: int = 3, since: date = date(2020, 1, 1)
) -> Committee:
    """A committee with so many members; the first is its chair."""
    by, serial = by or secretary(), next(_serial)
    made = committees.create_committee(
        by=by,
        code=f"committee-{serial}",
        name_ko="공공수요발굴위원회",
        name_en="Public Demand Identification Committee",
        least_present=least_present,
    )
    for place in range(1, seats + 1):
        committees.seat_member(
            committee=made,
            by=by,
            place=place,
            holder=person(),
            is_chair=place == 1,
            valid=DateRange(since, None),
        )
    return made


def seats_of(committee: Committee) -> list[Seat]:
    return list(committee.seats.select_related("holder").order_by("place"))


def planned(body: Committee | None = None, *, by: User | None = None) -> Meeting:
    by = by or secretary()
    return meetings.plan_meeting(committee=body or committee(by=by), by=by, held_at=now(), place="대회의실")


def session(body: Committee | None = None, *, by: User | None = None, present: int | None = None) -> Meeting:
    """A meeting in session at which so many members (all unless given) are present."""
    by = by or secretary()
    meeting = meetings.open_meeting(meeting=planned(body, by=by), by=by)
    for seat in seats_of(meeting.committee)[:present]:
        meetings.record_attendance(meeting=meeting, by=by, seat=seat)
    return meeting


def motion(
    meeting: Meeting | None = None, *, by: User | None = None, submission: Submission | None = None
) -> Motion:
    """On the agenda of a meeting in session."""
    by = by or secretary()
    return motions.table_motion(
        meeting=meeting or session(by=by), by=by, submission=submission or selected_proposal()
    )


def voting(meeting: Meeting | None = None, *, by: User | None = None, **fields: Any) -> Motion:
    """A motion that is being voted on."""
    by = by or secretary()
    return motions.open_vote(motion=motion(meeting, by=by, **fields), by=by)


def cast(motion: Motion, *choices: str) -> None:
    """The first seats vote so, in the order of their places."""
    for seat, choice in zip(seats_of(motion.meeting.committee), choices, strict=False):
        motions.cast_ballot(motion=motion, by=seat.holder, choice=choice)


def adopted_decision(submission: Submission) -> Decision:
    """A committee's adopted decision on a proposal, as rows: for the factories of the apps above."""
    by, serial = person(), next(_serial)
    body = Committee.objects.create(code=f"adopting-{serial}", name_ko="위원회", name_en="Committee")
    meeting = Meeting.objects.create(number=f"TEST-MA-{serial}", committee=body, held_at=now(), state="held")
    motion_ = Motion.objects.create(
        meeting=meeting, order=1, submission=submission, state="voting", voting_opened_at=now()
    )
    for place in (1, 2, 3):
        seat = Seat.objects.create(committee=body, place=place, holder=person(), valid=DateRange(None, None))
        meeting.attendances.create(seat=seat)
        motion_.ballots.create(seat=seat, choice="for", cast_by=seat.holder)
    motion_.state = "adopted"
    motion_.save(update_fields=["state"])
    return Decision.objects.create(
        motion=motion_,
        base=3,
        present=3,
        votes_for=3,
        votes_against=0,
        votes_abstain=0,
        adopted=True,
        decided_by=by,
    )
