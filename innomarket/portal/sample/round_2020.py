"""The demand-driven round of 2020 at its true size (domain figures: 157, 21, 31 May, July, 3.3 bn won)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from catalog.models import Product
from challenges.models import Challenge
from challenges.services.solution_call import open_solution_call
from challenges.shipped import challenge_groups
from innomarket.common.clock import kst, moved_to
from innomarket.evaluation.models import Result
from innomarket.submissions.models import Call, Submission
from innomarket.submissions.services.call import announce_call
from pilots.models import BudgetLine, Pilot
from pilots.services.budget import open_budget_line
from pilots.services.contract import sign_contract
from pilots.services.inspection import record_inspection
from pilots.services.payment import pay
from pilots.services.pilot import commit_purchase, match
from pilots.services.trial import conclude, record_measures

from . import committee, listed, listings
from .cast import Cast
from .needs import index_of
from .scenes import (
    announced_call,
    categorised,
    chance,
    closed_and_opened,
    panel_started,
    proposal_submitted,
    scored,
    selected_and_published,
    task_submitted,
)

RECEIVED, SELECTED = 157, 21
BUDGET_WON = 3_300_000_000
EVALUATORS_OF_A_ROUND = 3


def play(cast: Cast, say: Callable[[str], object]) -> None:
    """The whole round, in the order in which it happened; ``say`` tells how far it is."""
    say("2020: 157 challenge tasks are submitted, judged and 21 selected")
    tasks = _tasks(cast)
    challenges = list(
        Challenge.objects.filter(submission__in=tasks, published_at__isnull=False).order_by("pk")
    )
    say("2020: companies answer the 21 tasks, evaluators score")
    call = _solutions(cast, challenges)
    say("2020: the committee decides, the agency buys")
    _designations(cast, call)
    _pilots(cast)


def _tasks(cast: Cast) -> list[Submission]:
    staff = cast.staff["rounds"]
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko="2020년 수요자제안형 혁신시제품 도전적 과제 공모",
        title_en="2020 demand-driven innovative prototypes: call for challenge tasks",
        summary_ko="공공기관이 풀지 못한 문제를 과제로 받습니다. 뽑힌 과제를 낸 기관이 첫 사용자가 됩니다.",
        summary_en="Public bodies state problems they could not solve. Who proposed a selected task is its first user.",
        opens_at=kst(2020, 2, 24, 9),
        closes_at=kst(2020, 3, 20, 18),
        opening_at=kst(2020, 3, 23, 10),
        groups=challenge_groups(),
        lots=[],
    )
    lot = call.lots.get()
    tasks = [
        task_submitted(
            cast=cast,
            lot=lot,
            body=cast.institutions[index % len(cast.institutions)],
            index=index,
            at=_spread(kst(2020, 2, 24, 9, 30), kst(2020, 3, 20, 17, 50), index, RECEIVED),
        )
        for index in range(RECEIVED)
    ]
    closed_and_opened(call, staff, cast.staff["rounds2"])
    round_ = panel_started(
        lot=lot, by=staff, evaluators=cast.evaluators[:EVALUATORS_OF_A_ROUND], at=kst(2020, 3, 24, 9)
    )
    scored(round_, at=kst(2020, 4, 6, 15), salt="tasks-2020")
    selected_and_published(
        [round_],
        by=staff,
        second=cast.staff["rounds2"],
        most=SELECTED,
        finish_at=kst(2020, 4, 9, 14),
        publish_at=kst(2020, 4, 14, 10),
    )
    return tasks


def _spread(start: datetime, end: datetime, index: int, count: int) -> datetime:
    """Evenly between two instants; the last ones come close to the end, as they do."""
    return start + (end - start) * (index / max(1, count - 1)) ** 0.5


def _solutions(cast: Cast, challenges: list[Challenge]) -> Call:
    staff = cast.staff["rounds"]
    with moved_to(kst(2020, 4, 17, 10)):
        call = open_solution_call(
            by=staff,
            challenges=challenges,
            title_ko="2020년 수요자제안형 혁신시제품 해결책 공모",
            title_en="2020 demand-driven innovative prototypes: call for solutions",
            summary_ko="뽑힌 도전적 과제 21건을 풀 제품과 제안서를 받습니다.",
            summary_en="Products and proposals that solve the 21 selected challenge tasks.",
            opens_at=kst(2020, 4, 20, 9),
            closes_at=kst(2020, 5, 31, 18),
            opening_at=kst(2020, 6, 1, 10),
        )
        call = announce_call(call=call, by=staff)
    lots = list(call.lots.select_related("challenge").order_by("order"))
    count = 0
    for lot in lots:
        index = index_of(lot.challenge.title)
        # About three a task: two, three or four.
        for turn in range(2 + chance("proposals", lot.order, of=3)):
            firm = cast.companies[(lot.order * 5 + turn * 7) % len(cast.companies)]
            at = _spread(kst(2020, 4, 22, 9), kst(2020, 5, 31, 17, 58), count % 60, 60)
            price = 22_000_000 + 5_500_000 * chance("price", lot.order, turn, of=3)
            proposal_submitted(cast=cast, lot=lot, firm=firm, index=index, at=at, price=price)
            count += 1
    closed_and_opened(call, staff, cast.staff["rounds2"])
    rounds = [
        panel_started(
            lot=lot,
            by=staff,
            evaluators=[cast.evaluators[(lot.order + turn) % len(cast.evaluators)] for turn in range(3)],
            at=kst(2020, 6, 2, 9),
        )
        for lot in lots
    ]
    for round_ in rounds:
        scored(round_, at=kst(2020, 6, 17, 15), salt=f"solutions-2020-{round_.lot.order}")
    selected_and_published(
        rounds,
        by=staff,
        second=cast.staff["rounds2"],
        most=1,
        finish_at=kst(2020, 6, 22, 14),
        publish_at=kst(2020, 6, 26, 10),
    )
    return call


def _designations(cast: Cast, call: Call) -> None:
    selected = Submission.objects.filter(
        lot__call=call, pk__in=Result.objects.selected().values("entry__submission")
    ).order_by("number")
    with moved_to(kst(2020, 6, 1, 9)):
        body = committee.seated(cast)
    committee.decided(cast, body, selected, kst(2020, 7, 15, 14))
    categorised(cast, kst(2020, 7, 20, 9))
    listings.classification_imported(cast, kst(2020, 7, 21, 9))
    listings.written_out(cast, listed.OLDER, kst(2020, 7, 22, 10))
    listings.corrected(cast, listed.OLDER[0].product, kst(2020, 8, 24, 15))


def _pilots(cast: Cast) -> None:
    budget = cast.staff["budget"]
    with moved_to(kst(2020, 1, 2, 9)):
        line = open_budget_line(
            by=budget,
            year=2020,
            code="demand-driven",
            name_ko="2020년 수요자제안형 시범구매",
            name_en="Demand-driven pilot purchases 2020",
            amount=BUDGET_WON,
            reason="2020년 예산",
        )
    products = Product.objects.select_related("designation__submission__lot__owner").order_by("number")
    for turn, product in enumerate(products):
        _pilot(cast, line, product, turn)


def _pilot(cast: Cast, line: BudgetLine, product: Product, turn: int) -> None:
    """One purchase: most reach their verdict, the latest are still under way."""
    budget, body, price = cast.staff["budget"], product.designation.submission.lot.owner, product.price_won
    line.refresh_from_db()
    if body is None or price is None or line.free < price:
        return
    quantity = min(4 + chance("quantity", turn, of=3), line.free // price)
    amount = price * quantity
    day = kst(2020, 7, 27, 10) + timedelta(days=turn)
    with moved_to(day):
        pilot = match(
            product=product, institution=body, line=line, quantity=quantity, amount_won=amount, by=budget
        )
        if turn % 9 == 8:
            return
        pilot = commit_purchase(pilot=pilot, by=budget, amount_won=amount)
    with moved_to(day + timedelta(days=14)):
        supply = amount * 10 // 11  # prices are whole multiples of 11: the VAT is exact
        sign_contract(
            pilot=pilot,
            by=budget,
            supply_won=supply,
            vat_won=supply // 10,
            quantity=quantity,
            signed_on=(day + timedelta(days=14)).date(),
            due_on=(day + timedelta(days=90)).date(),
        )
    _trial(cast, pilot, turn, day, quantity, price)


def _trial(cast: Cast, pilot: Pilot, turn: int, day: datetime, quantity: int, price: int) -> None:
    if turn % 9 == 7:
        return
    owner = cast.owner(pilot.institution)
    refused = 1 if turn % 7 == 3 else 0
    accepted = quantity - refused
    delivered = day + timedelta(days=80)
    with moved_to(delivered + timedelta(days=7)):
        record_inspection(
            pilot=pilot,
            by=owner,
            delivered_on=delivered.date(),
            inspected_on=(delivered + timedelta(days=7)).date(),
            accepted=accepted,
            refused=refused,
            reason="한 대의 겉면이 깨져 있었습니다." if refused else "",
        )
    with moved_to(delivered + timedelta(days=21)):
        pay(pilot=pilot, by=cast.staff["budget"], amount_won=accepted * price)
    success = turn % 5 != 4
    with moved_to(delivered + timedelta(days=190)):
        record_measures(
            pilot=pilot,
            by=owner,
            measures=[
                {
                    "name": "성능",
                    "target": "요구 성능의 100 %",
                    "method": "시험 장소에서 30일 동안 잰 값의 평균",
                    "found": "103 %" if success else "81 %",
                    "reached": success,
                },
                {
                    "name": "고장 없이 쓴 날",
                    "target": "180일 가운데 170일",
                    "method": "운영 일지",
                    "found": f"{171 + turn % 9}일",
                    "reached": True,
                },
            ],
        )
        conclude(
            pilot=pilot,
            by=owner,
            verdict="success" if success else "failure",
            summary=(
                "요구한 성능을 넘었고 현장에서 계속 쓰고 있습니다."
                if success
                else "비가 오는 날 성능이 떨어졌습니다. 기업이 고쳐서 다시 시험하기로 했습니다."
            ),
        )
