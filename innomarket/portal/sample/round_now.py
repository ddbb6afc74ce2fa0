"""A round that is under way today, so that a visitor can take part in each of its steps."""

from datetime import datetime, timedelta

from challenges.models import Challenge
from challenges.services.solution_call import open_solution_call
from challenges.shipped import challenge_groups
from designation.models import Committee
from designation.services.meeting import plan_meeting
from innomarket.common.clock import KST, moved_to
from innomarket.evaluation.models import Assignment, Result, Round
from innomarket.evaluation.services.conflict import declare_conflict
from innomarket.submissions.models import Call, Lot, Submission
from innomarket.submissions.services.call import announce_call, create_call
from innomarket.submissions.services.submission import begin_submission, save_step, submit
from innomarket.submissions.services.supplement import PaperSpec, ask_for_papers
from innomarket.submissions.specs import StageSpec
from pilots.services.budget import open_budget_line

from . import committee, drawn, ideas, listed, listings, trusted, waiting
from .cast import Cast
from .needs import index_of
from .scenes import (
    announced_call,
    categorised,
    closed_and_opened,
    panel_drawn,
    panel_started,
    panel_to_be_drawn,
    papers_checked,
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
    _round_before(cast, hour)
    trusted.blind_round(cast, hour)
    drawn.pool_grown(cast, hour - timedelta(days=50))
    _task_call_being_scored(cast, hour)
    drawn.published_round(cast, hour)
    drawn.panel_waiting(cast, hour)
    _task_call_just_opened(cast, hour)
    _open_task_call(cast, hour)
    ideas.play(cast, hour)
    waiting.opening_prepared(cast, hour, first=FIRST_TASK + 24)
    waiting.reading_asked(cast, hour)
    waiting.outage_found(hour)
    trusted.evaluated_anew(cast, Round.objects.get(lot=challenges[0].submission.lot_id))


def _round_before(cast: Cast, hour: datetime) -> None:
    """The round before: a product of the demo company designated and to be bought, one proposal to be decided on."""
    tasks = _task_call(cast, hour - timedelta(days=170), year=hour.year, turn=2, received=5, most=2, first=26)
    staff = cast.staff["rounds"]
    with moved_to(hour - timedelta(days=110)):
        call = open_solution_call(
            by=staff,
            challenges=tasks,
            title_ko=f"{hour.year}년 제2차 수요자제안형 해결책 공모",
            title_en=f"Call for solutions {hour.year}, round 2",
            summary_ko="공공기관이 낸 과제를 풀 제품과 제안서를 받습니다.",
            summary_en="Products and proposals that solve the tasks of public institutions.",
            opens_at=hour - timedelta(days=105),
            closes_at=hour - timedelta(days=75),
            opening_at=hour - timedelta(days=74),
        )
        call = announce_call(call=call, by=staff)
    lots = list(call.lots.select_related("challenge").order_by("order"))
    for lot in lots:
        for turn in range(2):
            proposal_submitted(
                cast=cast,
                lot=lot,
                firm=cast.companies[(lot.order - 1 + 9 * turn) % len(cast.companies)],
                index=index_of(lot.challenge.title),
                at=hour - timedelta(days=80),
                price=44_000_000,
            )
    closed_and_opened(call, staff, cast.staff["rounds2"])
    rounds = [
        panel_started(lot=lot, by=staff, evaluators=cast.evaluators[:3], at=hour - timedelta(days=72))
        for lot in lots
    ]
    for round_ in rounds:
        scored(round_, at=hour - timedelta(days=65), salt=f"solutions-now-{round_.lot.order}")
    selected_and_published(
        rounds,
        by=staff,
        second=cast.staff["rounds2"],
        most=1,
        finish_at=hour - timedelta(days=62),
        publish_at=hour - timedelta(days=60),
    )
    _meetings(cast, call, hour)


def _meetings(cast: Cast, call: Call, hour: datetime) -> None:
    """One meeting has decided, the next is planned: its agenda is the secretary's to make."""
    selected = list(
        Submission.objects.filter(
            lot__call=call, pk__in=Result.objects.selected().values("entry__submission")
        ).order_by("number")
    )
    body = Committee.objects.get(code="public-demand")
    committee.decided(cast, body, selected[:1], hour - timedelta(days=40))
    categorised(cast, hour - timedelta(days=39))
    listings.written_out(cast, [listed.NEW], hour - timedelta(days=30))
    listings.change_waiting(cast, listed.OLDER[0].product, hour - timedelta(days=1))
    budget = cast.staff["budget"]
    with moved_to(hour - timedelta(days=20)):
        planned = (hour + timedelta(days=20)).replace(hour=14)
        plan_meeting(committee=body, by=cast.staff["committee"], held_at=planned, place="대회의실")
        open_budget_line(
            by=budget,
            year=hour.year,
            code="demand-driven",
            name_ko=f"{hour.year}년 수요자제안형 시범구매",
            name_en=f"Demand-driven pilot purchases {hour.year}",
            amount=4_000_000_000,
            reason=f"{hour.year}년 예산",
        )


def _finished_task_call(cast: Cast, hour: datetime) -> list[Challenge]:
    """Six tasks came in, four were selected: they are what companies can answer today."""
    return _task_call(cast, hour - timedelta(days=80), year=hour.year, turn=3, received=6, most=4, first=0)


def _task_call(
    cast: Cast, opens_at: datetime, *, year: int, turn: int, received: int, most: int, first: int
) -> list[Challenge]:
    """A call for tasks from its opening to its published results, fifty days later."""
    staff, days = cast.staff["rounds"], timedelta(days=1)
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{year}년 제{turn}차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {year}, round {turn}",
        summary_ko="기관이 풀지 못한 문제를 과제로 냅니다. 답을 몰라도 괜찮습니다.",
        summary_en="Institutions state problems that they could not solve. You need not know the answer.",
        opens_at=opens_at,
        closes_at=opens_at + 30 * days,
        opening_at=opens_at + 31 * days,
        groups=challenge_groups(),
        lots=[],
    )
    lot = call.lots.get()
    draw = panel_to_be_drawn(lot=lot, by=staff, at=opens_at + 5 * days)
    tasks = [
        task_submitted(
            cast=cast,
            lot=lot,
            body=cast.institutions[first + place],
            index=FIRST_TASK + first + place,
            at=opens_at + (20 + place) * days,
        )
        for place in range(received)
    ]
    closed_and_opened(call, staff, cast.staff["rounds2"])
    round_ = panel_drawn(draw, by=staff, at=opens_at + 35 * days)
    scored(round_, at=opens_at + 42 * days, salt=f"tasks-now-{turn}")
    selected_and_published(
        [round_],
        by=staff,
        second=cast.staff["rounds2"],
        most=most,
        finish_at=opens_at + 46 * days,
        publish_at=opens_at + 50 * days,
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
            index=index_of(lot.challenge.title),
            at=hour - timedelta(days=6 - turn),
            price=33_000_000,
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
        stages=[StageSpec(kind="document_check"), StageSpec(kind="scored")],
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
    closed_and_opened(call, staff, cast.staff["rounds2"])
    papers_checked(lot=lot, by=staff, second=cast.staff["rounds2"], at=hour - timedelta(days=7, hours=6))
    round_ = panel_started(lot=lot, by=staff, evaluators=cast.evaluators[:5], at=hour - timedelta(days=7))
    scored(
        round_, at=hour - timedelta(days=4), salt="tasks-scoring", limit=17, harsh={(1, 4), (2, 2), (3, 3)}
    )
    _conflict_seen_late(round_, at=hour - timedelta(days=3))


def _conflict_seen_late(round_: Round, *, at: datetime) -> None:
    """An evaluator has scored and finds only then whom they know: the sheet is set aside and kept."""
    assignment = Assignment.objects.select_related("panelist__user", "entry").get(
        entry__round=round_, entry__order=3, panelist__place=5
    )
    with moved_to(at):
        declare_conflict(
            assignment=assignment,
            by=assignment.panelist.user,
            reason="과제 담당자와 작년에 같은 연구를 했다는 것을 본문을 읽고 알았습니다.",
        )


def _task_call_just_opened(cast: Cast, hour: datetime) -> None:
    """The demo institution has submitted twice, and is asked for a paper: the next step is its own."""
    staff, year = cast.staff["rounds"], hour.year
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{year}년 제5차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {year}, round 5",
        summary_ko="재난과 안전 문제를 먼저 봅니다.",
        summary_en="Disasters and safety come first.",
        opens_at=hour - timedelta(days=25),
        closes_at=hour - timedelta(days=2),
        opening_at=hour - timedelta(days=1),
        stages=[StageSpec(kind="document_check"), StageSpec(kind="scored")],
        groups=challenge_groups(),
        lots=[],
    )
    lot, body = call.lots.get(), cast.institutions[0]
    owner, index = cast.owner(body), FIRST_TASK + 21
    at = hour - timedelta(days=6)
    task = task_submitted(cast=cast, lot=lot, body=body, index=index, at=at)
    with moved_to(at + timedelta(hours=5)):
        site = "우리 기관이 관리하는 시설 두 곳을 여덟 달 동안 내어 드립니다."
        save_step(submission=task, by=owner, step="need", data={"test_site": site})
        submit(submission=task, by=owner)
    for turn in range(2):
        other = cast.institutions[40 + turn]
        task_submitted(cast=cast, lot=lot, body=other, index=index + 1 + turn, at=at + timedelta(hours=turn))
    closed_and_opened(call, staff, cast.staff["rounds2"])
    paper = PaperSpec("시설 사용 승인서", "Approval to use the site", "시험 장소를 쓸 수 있는지 확인합니다.")
    with moved_to(hour - timedelta(hours=20)):
        ask_for_papers(
            submission=task,
            by=staff,
            papers=[paper],
            due_at=(hour + timedelta(days=3)).replace(hour=18),
            reason="시험 장소를 내어 준다는 공문이 빠졌습니다.",
        )


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
