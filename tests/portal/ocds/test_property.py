"""Whatever happens in whatever order: the releases, merged, say what stands, and none changes by what comes later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as some

from catalog.models import Product
from challenges.models import Challenge
from designation.models import Decision, Designation
from innomarket.accounts.models import Organisation
from innomarket.evaluation.models import Entry, Result, Round
from innomarket.portal.ocds import package, records, releases
from innomarket.portal.ocds.facts import Answer, Process, Purchase
from innomarket.submissions.models import Amendment, Call, CallStage, DeadlineMove, Lot, Revision, Submission
from pilots.models import Contract, Inspection, LedgerEntry, Pilot, TestMeasure, TestResult, UseNote
from tests.portal.ocds.standard import problems
from tests.portal.ocds.test_releases import settled

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
FOREVER = BEGIN + timedelta(days=10_000)
WON = 11_000_000


class Clock:
    """Instants that only go on, sometimes not at all: two facts of one transaction."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.at = draw, BEGIN

    def next(self) -> datetime:
        self.at += timedelta(seconds=self.draw(some.sampled_from([0, 1, 86_400])))
        return self.at


def maybe(draw: Any, chance: int = 2) -> bool:
    return draw(some.integers(1, chance)) > 1


@some.composite
def processes(draw: Any) -> Process:
    clock = Clock(draw)
    owner = Organisation(pk=1, name_ko="어떤 시", institution_code="1234567", region="대전광역시")
    call = Call(
        number="CL1",
        opens_at=BEGIN,
        closes_at=BEGIN + timedelta(days=9),
        opening_at=BEGIN + timedelta(days=10),
    )
    process = Process("CT1", base="CT1", last_stage=draw(some.sampled_from([1, 2])))
    if maybe(draw):
        revision = Revision(title="누수", sections=[{"key": "problem", "value": "샌다"}])
        need = Submission(number="CT1", applicant_organisation=owner, submitted_at=BEGIN, current=revision)
        process.task = Challenge(submission=need, published_at=clock.next())
    if process.task is None or maybe(draw, 4):
        call.announced_at = clock.next()
        process.lot = Lot(call=call, order=1, title_ko="누수", owner=owner if maybe(draw) else None)
        _called(draw, clock, process, call)
    return process


def _called(draw: Any, clock: Clock, process: Process, call: Call) -> None:
    for place in range(draw(some.integers(0, 2))):
        before = call.closes_at
        call.closes_at = before + timedelta(days=1)
        at = clock.next()
        process.moves.append(
            DeadlineMove(
                ordinal=place + 1,
                reason="연장",
                decided_at=at,
                old_closes_at=before,
                closes_at=call.closes_at,
            )
        )
    if maybe(draw):
        process.amendments.append(Amendment(ordinal=1, what_ko="고침", made_at=clock.next()))
    if not maybe(draw, 8):
        process.cancelled_at = clock.next()
        return
    process.received = 3
    for place in range(draw(some.sampled_from([0, 1, 1, 2]))):
        _answered(draw, clock, process, place)


def _answered(draw: Any, clock: Clock, process: Process, place: int) -> None:
    company = Organisation(pk=10 + place, name_ko=f"회사 {place}")
    submission = Submission(pk=place + 1, number=f"PR{place}", applicant_organisation=company)
    answer = Answer(submission)
    stage = CallStage(order=process.last_stage)
    round_ = Round(number=f"RD{place}", stage=stage, published_at=clock.next())
    round_.has_file = maybe(draw)
    result = Result(
        entry=Entry(round=round_, submission=submission), outcome="selected", published_at=round_.published_at
    )
    process.rounds.append(round_)
    process.outcomes.append(result)
    answer.results.append(result)
    process.answers.append(answer)
    if maybe(draw):
        answer.rejected.append(Decision(decided_at=clock.next()))
    if maybe(draw, 6):
        _designated(draw, clock, answer, company)
    if maybe(draw):
        result.superseded_at = clock.next()
        if answer.designation is not None and maybe(draw):
            answer.ended_at = clock.next()
            answer.issued_last = date(2029, 1, 1)


def _designated(draw: Any, clock: Clock, answer: Answer, company: Organisation) -> None:
    answer.designation = Designation(
        number="DS1",
        organisation=company,
        product_name_ko="탐지기",
        designated_on=date(2026, 1, 2),
        valid=DateRange(date(2026, 1, 2), date(2028, 1, 2)),
        designated_at=clock.next(),
    )
    for place in range(draw(some.sampled_from([0, 1, 1, 2]))):
        answer.purchases.append(_purchased(draw, clock, answer, place))


def _purchased(draw: Any, clock: Clock, answer: Answer, place: int) -> Purchase:
    product = Product(number="PD1", designation=answer.designation)
    institution = Organisation(pk=20 + place, name_ko=f"기관 {place}")
    pilot = Pilot(
        number=f"{answer.submission.number}-PL{place}", product=product, institution=institution, quantity=3,
        reserved_won=WON, matched_at=clock.next(),
    )  # fmt: skip
    found = Purchase(pilot, item_class=draw(some.sampled_from(["", "4617162401"])))
    if maybe(draw):
        pilot.committed_won, pilot.committed_at = WON - 1, clock.next()
    if not maybe(draw, 8):
        found.cancelled_at = clock.next()
        return found
    if maybe(draw, 8):
        _tried(draw, clock, found)
    return found


def _tried(draw: Any, clock: Clock, found: Purchase) -> None:
    found.contract = Contract(
        supply_won=9_000_000, vat_won=900_000, quantity=3, signed_on=date(2026, 2, 1), due_on=date(2026, 3, 1),
        recorded_at=clock.next(),
    )  # fmt: skip
    if not maybe(draw, 8):
        return
    accepted = draw(some.integers(0, 3))
    found.inspection = Inspection(delivered_on=date(2026, 2, 20), accepted=accepted, refused=3 - accepted)
    found.inspected_at = clock.next()
    due = found.contract.amount_won * accepted // 3
    if due and maybe(draw):
        found.payments.append(LedgerEntry(amount=due // 2, at=clock.next()))
    if maybe(draw, 4):
        verdict = draw(some.sampled_from(["success", "failure"]))
        found.measures.append(
            TestMeasure(order=1, name="탐지율", target="95", method="모의", found="97", reached=True)
        )
        found.result = TestResult(verdict=verdict, summary="그러하다.", given_at=clock.next())
        found.uses.append(UseNote(use="used", words="쓴다.", said_at=clock.next()))
    if due and maybe(draw):
        found.payments.append(LedgerEntry(amount=due - due // 2, at=clock.next()))


@settings(max_examples=150)
@given(processes())
def test_merged_releases_say_what_stands(process):
    told = releases.releases_of(process)
    merged = settled(records.compiled(told))
    beside = ("ocid", "id", "date", "tag", "language", "initiationType")
    stands = settled(releases.state_at(process, FOREVER))
    assert {name: value for name, value in merged.items() if name not in beside} == stands


@settings(max_examples=60)
@given(processes())
def test_releases_are_valid_in_order_and_tagged(process):
    told = releases.releases_of(process)
    assert problems({**package.head("/x"), "releases": told, "publishedDate": told[-1]["date"]}) == []
    dates = [release["date"] for release in told]
    assert dates == sorted(set(dates)) and all(release["tag"] for release in told)
    record = records.record_of(told, versioned=True)
    assert problems({**package.head("/x"), "records": [record], "publishedDate": dates[-1]}) == []


@settings(max_examples=200)
@given(processes())
def test_what_was_told_does_not_depend_on_what_came_later(process):
    """Seen from the middle, with every later fact taken away, the earlier releases are the same."""
    whole = releases.releases_of(process)
    for at in sorted({instant for unit in releases.units_of(process) for instant in unit.instants}):
        earlier = [release for release in whole if datetime.fromisoformat(release["date"]) <= at]
        assert releases.releases_of(_until(process, at)) == earlier


def _until(process: Process, at: datetime) -> Process:
    """The process as the rows were then: what has an instant behind ``at`` had not happened."""

    def was(rows: list[Any], name: str) -> list[Any]:
        return [row for row in rows if getattr(row, name) <= at]

    seen = Process(process.local, base=process.base, last_stage=process.last_stage, received=process.received)
    if process.task is not None and process.task.published_at <= at:
        seen.task = process.task
    lot = process.lot
    if lot is None or lot.call.announced_at > at:
        return seen
    moves = was(process.moves, "decided_at")
    first = process.moves[0].old_closes_at if process.moves else lot.call.closes_at
    closes = moves[-1].closes_at if moves else first
    call = Call(
        number=lot.call.number,
        opens_at=lot.call.opens_at,
        closes_at=closes,
        announced_at=lot.call.announced_at,
    )
    seen.lot = Lot(call=call, order=lot.order, title_ko=lot.title_ko, owner=lot.owner)
    seen.moves, seen.amendments = moves, was(process.amendments, "made_at")
    seen.cancelled_at = process.cancelled_at if process.cancelled_at and process.cancelled_at <= at else None
    seen.rounds = was(process.rounds, "published_at")
    seen.outcomes = [_result_until(one, at) for one in was(process.outcomes, "published_at")]
    seen.answers = [_answer_until(one, at) for one in process.answers if one.results[0].published_at <= at]
    return seen


def _result_until(result: Result, at: datetime) -> Result:
    superseded_at = result.superseded_at if result.superseded_at and result.superseded_at <= at else None
    return Result(
        entry=result.entry,
        outcome=result.outcome,
        published_at=result.published_at,
        superseded_at=superseded_at,
    )


def _answer_until(answer: Answer, at: datetime) -> Answer:
    seen = Answer(answer.submission, results=[_result_until(one, at) for one in answer.results])
    seen.rejected = [one for one in answer.rejected if one.decided_at <= at]
    issued = answer.designation
    if issued is None or issued.designated_at > at:
        return seen
    ended = answer.ended_at is not None and answer.ended_at <= at
    last = issued.last_day if ended or answer.ended_at is None else answer.issued_last
    seen.designation = Designation(
        number=issued.number, organisation=issued.organisation, product_name_ko=issued.product_name_ko,
        designated_on=issued.designated_on, designated_at=issued.designated_at,
        valid=DateRange(issued.designated_on, last + timedelta(days=1)),
    )  # fmt: skip
    if ended:
        seen.ended_at, seen.issued_last = answer.ended_at, answer.issued_last
    seen.purchases = [_purchase_until(one, at) for one in answer.purchases if one.pilot.matched_at <= at]
    return seen


def _purchase_until(whole: Purchase, at: datetime) -> Purchase:
    pilot = whole.pilot
    committed = pilot.committed_at is not None and pilot.committed_at <= at
    seen = Purchase(
        Pilot(
            number=pilot.number, product=pilot.product, institution=pilot.institution, quantity=pilot.quantity,
            reserved_won=pilot.reserved_won, matched_at=pilot.matched_at,
            committed_at=pilot.committed_at if committed else None,
            committed_won=pilot.committed_won if committed else None,
        ),
        item_class=whole.item_class,
    )  # fmt: skip
    if whole.cancelled_at and whole.cancelled_at <= at:
        seen.cancelled_at = whole.cancelled_at
    if whole.contract and whole.contract.recorded_at <= at:
        seen.contract = whole.contract
    if whole.inspected_at and whole.inspected_at <= at:
        seen.inspection, seen.inspected_at = whole.inspection, whole.inspected_at
    seen.payments = [entry for entry in whole.payments if entry.at <= at]
    if whole.result and whole.result.given_at <= at:
        seen.result, seen.measures = whole.result, whole.measures
    seen.uses = [note for note in whole.uses if note.said_at <= at]
    return seen
