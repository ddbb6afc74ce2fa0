"""The rows behind a pilot purchase: from a lot to a designated product, as the services leave them.

``designated_product()`` makes the chain down to the product; ``pilot(state)`` goes through our services.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from catalog.models import Product
from designation.models import Designation
from innomarket.accounts.models import Organisation, User
from innomarket.common.clock import now, today
from innomarket.submissions.models import Call, Lot, Revision, Submission
from innomarket.timeline.models import Story
from pilots import shipped
from pilots.models import BudgetLine, Pilot
from pilots.services import budget, contract, inspection, trial
from pilots.services import pilot as pilots
from tests.accounts.factories import company, institution, member, person, staff
from tests.designation.factories import adopted_decision
from tests.submissions.factories import opened_by_hand

_serial = count(1)

SUPPLY, VAT = 90_000_000, 9_000_000
AMOUNT = SUPPLY + VAT
MEASURES = [
    {
        "name": "누수 탐지율",
        "target": "95% 이상",
        "method": "모의 누수 100곳",
        "found": "97%",
        "reached": True,
    },
    {"name": "오경보", "target": "하루 1건 이하", "method": "30일 기록", "found": "2건", "reached": False},
]


def rules() -> None:
    shipped.load()


def budget_officer(**fields: Any) -> User:
    return staff("keep_budget", **fields)


def line(
    amount: int = 3_300_000_000, *, by: User | None = None, year: int | None = None, **fields: Any
) -> BudgetLine:
    """A line of this year with its first appropriation, opened by the service."""
    serial = next(_serial)
    values = {
        "code": f"line-{serial}",
        "name_ko": f"수요자제안형 {serial}",
        "name_en": f"Demand-driven {serial}",
    }
    return budget.open_budget_line(
        by=by or budget_officer(),
        year=year or today().year,
        amount=amount,
        reason="첫 배정",
        **{**values, **fields},
    )


def designated_product(
    *,
    owner: Organisation | None = None,
    supplier: Organisation | None = None,
    valid: tuple[date, date] | None = None,
    story: bool = True,
    without_owner: bool = False,
    submission: Submission | None = None,
) -> Product:
    """A listed product whose proposal (``submission``) answered the need of ``owner`` (made where not given)."""
    thread = Story.objects.create() if story else None
    if submission is None:
        owner = None if without_owner else owner or institution()
        submission = _submission(owner, supplier or company(), thread)
    proposer = submission.applicant_organisation
    assert proposer is not None
    supplier = proposer
    designation = _designation(submission, supplier, thread, valid)
    serial = next(_serial)
    return Product.objects.create(
        number=f"TEST-PD-{serial}",
        designation=designation,
        supplier=supplier,
        name_ko=designation.product_name_ko,
        name_en=designation.product_name_en,
        summary="묻힌 관의 누수를 소리로 찾는다.",
        price_won=AMOUNT,
        unit="대",
        story=thread,
    )


def matched(
    *,
    product: Product | None = None,
    by: User | None = None,
    amount: int = AMOUNT,
    quantity: int = 3,
    **fields: Any,
) -> Pilot:
    """A pilot of the institution that proposed the task."""
    by = by or budget_officer()
    product = product or designated_product()
    return pilots.match(
        product=product,
        institution=fields.pop("institution", None) or product.designation.submission.lot.owner,
        line=fields.pop("line", None) or line(by=by),
        quantity=quantity,
        amount_won=amount,
        by=by,
    )


def committed(*, by: User | None = None, commit: int | None = None, **fields: Any) -> Pilot:
    by = by or budget_officer()
    pilot = matched(by=by, **fields)
    return pilots.commit_purchase(pilot=pilot, by=by, amount_won=commit or pilot.reserved_won)


def contracted(*, by: User | None = None, supply: int = SUPPLY, quantity: int = 3, **fields: Any) -> Pilot:
    by = by or budget_officer()
    pilot = committed(by=by, quantity=quantity, **fields)
    sign(pilot, by, supply=supply, quantity=quantity)
    return fresh(pilot)


def inspected(*, by: User | None = None, accepted: int = 3, refused: int = 0, **fields: Any) -> Pilot:
    by = by or budget_officer()
    pilot = contracted(by=by, **fields)
    inspect(pilot, by, accepted=accepted, refused=refused)
    return fresh(pilot)


def concluded(*, by: User | None = None, verdict: str = "success", **fields: Any) -> Pilot:
    by = by or budget_officer()
    pilot = inspected(by=by, **fields)
    trial.record_measures(pilot=pilot, by=by, measures=MEASURES)
    trial.conclude(pilot=pilot, by=by, verdict=verdict, summary="목표를 대체로 이루었다.")
    return fresh(pilot)


def sign(pilot: Pilot, by: User, *, supply: int = SUPPLY, quantity: int = 3, **fields: Any):
    values = {
        "supply_won": supply,
        "vat_won": supply // 10,
        "quantity": quantity,
        "signed_on": today(),
        "due_on": today() + timedelta(days=60),
    }
    return contract.sign_contract(pilot=pilot, by=by, **{**values, **fields})


def inspect(pilot: Pilot, by: User, *, accepted: int = 3, refused: int = 0, **fields: Any):
    values = {
        "delivered_on": today(),
        "inspected_on": today(),
        "reason": "두 대가 켜지지 않는다." if refused else "",
    }
    return inspection.record_inspection(
        pilot=pilot, by=by, accepted=accepted, refused=refused, **{**values, **fields}
    )


def editor_of(organisation: Organisation, **fields: Any) -> User:
    user = person(**fields)
    member(user, organisation, role="editor")
    return user


def viewer_of(organisation: Organisation, **fields: Any) -> User:
    user = person(**fields)
    member(user, organisation, role="viewer")
    return user


def fresh(pilot: Pilot) -> Pilot:
    """The pilot as a page reads it, with nothing remembered."""
    return Pilot.objects.select_related(
        "product__supplier", "product__designation", "institution", "line"
    ).get(pk=pilot.pk)


def _submission(owner: Organisation | None, supplier: Organisation, thread: Story | None) -> Submission:
    by, at, serial = person(), now(), next(_serial)
    call = Call.objects.create(
        number=f"TEST-CL-{serial}",
        kind="proposal",
        title_ko="해결안 공모",
        title_en="Call for solutions",
        opens_at=at - timedelta(days=30),
        closes_at=at - timedelta(days=2),
        opening_at=at - timedelta(days=1),
        announced_at=at - timedelta(days=31),
        closed_at=at - timedelta(days=2),
        state="closed",
    )
    call = opened_by_hand(call, at - timedelta(days=1), by)
    lot = Lot.objects.create(
        call=call, order=1, title_ko="상수도 누수", title_en="Leaks", owner=owner, story=thread
    )
    submission = Submission.objects.create(
        number=f"TEST-PR-{serial}",
        lot=lot,
        applicant_organisation=supplier,
        title="소리로 찾는 누수 탐지기",
        story=thread,
        created_by=by,
        saved_by=by,
    )
    submission.current = Revision.objects.create(
        submission=submission,
        ordinal=0,
        title=submission.title,
        sections=[],
        sha256=sha256(submission.number.encode()).hexdigest(),
        submitted_by=by,
    )
    submission.state, submission.submitted_at = "submitted", at
    submission.save()
    return submission


def _designation(
    submission: Submission, supplier: Organisation, thread: Story | None, valid: tuple[date, date] | None
) -> Designation:
    serial, day = next(_serial), today()
    decision = adopted_decision(submission)
    return Designation.objects.create(
        number=f"TEST-DS-{serial}",
        decision=decision,
        submission=submission,
        organisation=supplier,
        product_name_ko=f"누수 탐지기 {serial}",
        product_name_en=f"Leak detector {serial}",
        designated_on=day,
        valid=valid or (day, day.replace(year=day.year + 3, day=min(day.day, 28))),
        story=thread,
    )
