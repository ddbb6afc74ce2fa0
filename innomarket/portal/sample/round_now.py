"""A round that is under way today, so that a visitor can take part in each of its steps."""

from datetime import datetime, timedelta

from challenges.models import Challenge
from challenges.services.solution_call import open_solution_call
from challenges.shipped import challenge_groups
from designation.services.meeting import plan_meeting
from innomarket.common.clock import KST, moved_to
from innomarket.submissions.models import Lot, Submission
from innomarket.submissions.services.call import announce_call, create_call
from innomarket.submissions.services.submission import begin_submission, save_step
from pilots.services.budget import open_budget_line

from .cast import Cast
from .round_2020 import committee
from .scenes import (
    announced_call,
    closed_and_opened,
    panel_started,
    proposal_submitted,
    scored,
    selected_and_published,
    task_submitted,
)

FIRST_TASK = 120  # where in the list of needs the tasks of this round begin


def play(cast: Cast, now: datetime) -> None:
    """Times are counted from ``now``, rounded down to the hour."""
    hour = now.astimezone(KST).replace(minute=0, second=0, microsecond=0)
    challenges = _finished_task_call(cast, hour)
    _open_solution_call(cast, challenges, hour)
    _task_call_being_scored(cast, hour)
    _open_task_call(cast, hour)
    with moved_to(hour - timedelta(days=20)):
        committee(cast)
        plan_meeting(
            committee=committee(cast),
            by=cast.staff["committee"],
            held_at=(hour + timedelta(days=40)).replace(hour=14),
            place="대회의실",
        )
        open_budget_line(
            by=cast.staff["budget"],
            year=hour.year,
            code="demand-driven",
            name_ko=f"{hour.year}년 수요자제안형 시범구매",
            name_en=f"Demand-driven pilot purchases {hour.year}",
            amount=4_000_000_000,
            reason=f"{hour.year}년 예산",
        )


def _finished_task_call(cast: Cast, hour: datetime) -> list[Challenge]:
    """Six tasks came in, four were selected: they are what companies can answer today."""
    staff, year = cast.staff["rounds"], hour.year
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{year}년 제3차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {year}, round 3",
        summary_ko="기관이 풀지 못한 문제를 과제로 냅니다. 답을 몰라도 괜찮습니다.",
        summary_en="Institutions state problems that they could not solve. You need not know the answer.",
        opens_at=hour - timedelta(days=80),
        closes_at=hour - timedelta(days=50),
        opening_at=hour - timedelta(days=49),
        groups=challenge_groups(),
        lots=[],
    )
    lot = call.lots.get()
    tasks = [
        task_submitted(
            cast=cast,
            lot=lot,
            body=cast.institutions[turn],
            index=FIRST_TASK + turn,
            at=hour - timedelta(days=60 - turn),
        )
        for turn in range(6)
    ]
    closed_and_opened(call, staff)
    round_ = panel_started(lot=lot, by=staff, evaluators=cast.evaluators[:5], at=hour - timedelta(days=45))
    scored(round_, at=hour - timedelta(days=38), salt="tasks-now")
    selected_and_published(
        [round_],
        by=staff,
        most=4,
        finish_at=hour - timedelta(days=34),
        publish_at=hour - timedelta(days=30),
    )
    return list(
        Challenge.objects.filter(submission__in=tasks, published_at__isnull=False)
        .select_related("submission")
        .order_by("pk")
    )


def _open_solution_call(cast: Cast, challenges: list[Challenge], hour: datetime) -> None:
    staff, year = cast.staff["rounds"], hour.year
    with moved_to(hour - timedelta(days=25)):
        call = open_solution_call(
            by=staff,
            challenges=challenges,
            title_ko=f"{year}년 제3차 수요자제안형 해결책 공모",
            title_en=f"Call for solutions {year}, round 3",
            summary_ko="공공기관이 낸 과제를 풀 제품과 제안서를 받습니다.",
            summary_en="Products and proposals that solve the tasks of public institutions.",
            opens_at=hour - timedelta(days=20),
            closes_at=(hour + timedelta(days=18)).replace(hour=18),
            opening_at=(hour + timedelta(days=19)).replace(hour=10),
        )
        call = announce_call(call=call, by=staff)
    lots = list(call.lots.select_related("challenge__submission").order_by("order"))
    for turn, lot in enumerate(lots[:2]):
        proposal_submitted(
            cast=cast,
            lot=lot,
            firm=cast.companies[3 + turn],
            index=FIRST_TASK + turn,
            at=hour - timedelta(days=6 - turn),
            price=30_000_000,
        )
    _draft(cast, lots[0], hour)


def _draft(cast: Cast, lot: Lot, hour: datetime) -> Submission:
    """The demo company has begun an answer and not submitted it: its to-do says so."""
    firm = cast.companies[0]
    owner = cast.owner(firm)
    with moved_to(hour - timedelta(days=2)):
        draft = begin_submission(by=owner, lot=lot, organisation=firm)
        return save_step(
            submission=draft,
            by=owner,
            step="product",
            data={
                "product_name_ko": "누리솔 시험 제품",
                "product_name_en": "Nurisol Trial Product",
                "trl": 8,
            },
        )


def _task_call_being_scored(cast: Cast, hour: datetime) -> None:
    """The demo evaluator finds sheets to write."""
    staff, year = cast.staff["rounds"], hour.year
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{year}년 제4차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {year}, round 4",
        summary_ko="생활 속 안전과 환경 문제를 먼저 봅니다.",
        summary_en="Everyday safety and the environment come first.",
        opens_at=hour - timedelta(days=30),
        closes_at=hour - timedelta(days=9),
        opening_at=hour - timedelta(days=8),
        groups=challenge_groups(),
        lots=[],
    )
    lot = call.lots.get()
    for turn in range(8):
        task_submitted(
            cast=cast,
            lot=lot,
            body=cast.institutions[10 + turn],
            index=FIRST_TASK + 6 + turn,
            at=hour - timedelta(days=18 - turn),
        )
    closed_and_opened(call, staff)
    round_ = panel_started(lot=lot, by=staff, evaluators=cast.evaluators[:5], at=hour - timedelta(days=7))
    scored(round_, at=hour - timedelta(days=4), salt="tasks-scoring", limit=17)


def _open_task_call(cast: Cast, hour: datetime) -> None:
    staff, year = cast.staff["rounds"], hour.year + 1
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{year}년 제1차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {year}, round 1",
        summary_ko="기관이 풀지 못한 문제를 과제로 냅니다. 답을 몰라도 괜찮습니다.",
        summary_en="Institutions state problems that they could not solve. You need not know the answer.",
        opens_at=hour - timedelta(days=5),
        closes_at=(hour + timedelta(days=25)).replace(hour=18),
        opening_at=(hour + timedelta(days=26)).replace(hour=10),
        groups=challenge_groups(),
        lots=[],
    )
    task_submitted(
        cast=cast,
        lot=call.lots.get(),
        body=cast.institutions[20],
        index=FIRST_TASK + 20,
        at=hour - timedelta(days=1),
    )
    body = cast.institutions[0]
    with moved_to(hour - timedelta(days=1)):
        draft = begin_submission(by=cast.owner(body), lot=call.lots.get(), organisation=body)
        save_step(
            submission=draft,
            by=cast.owner(body),
            step="problem",
            data={
                "title": "비 오는 날 배수구가 막히는 것을 미리 알기",
                "problem": "낙엽이 쌓이면 도로가 잠깁니다.",
            },
        )
    _being_prepared(cast, hour)


def _being_prepared(cast: Cast, hour: datetime) -> None:
    """One call that staff have not announced yet: the admin shows the step that comes next."""
    create_call(
        by=cast.staff["rounds"],
        kind="challenge_task",
        title_ko=f"{hour.year + 1}년 제2차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {hour.year + 1}, round 2",
        opens_at=hour + timedelta(days=60),
        closes_at=(hour + timedelta(days=90)).replace(hour=18),
        opening_at=(hour + timedelta(days=91)).replace(hour=10),
        groups=challenge_groups(),
        lots=[],
    )
