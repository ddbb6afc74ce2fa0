"""People's Ideas: a month whose best ones are picked and public, and a call that is open now.

Some are like those that were picked in May 2020 (domain.md §3.3); the texts are invented.
"""

from datetime import datetime, timedelta

from challenges.shipped import idea_groups
from innomarket.accounts.models import User
from innomarket.common.clock import moved_to
from innomarket.submissions.models import Call
from innomarket.submissions.services.submission import begin_submission, save_step, submit

from .cast import Cast, address
from .scenes import announced_call, closed_and_opened, panel_started, scored, selected_and_published

# Title, what troubles people, what should be better, where.
IDEAS = (
    (
        "기다리는 사람이 있으면 켜지는 정류장 불",
        "밤에 외진 정류장은 어두워서 버스 기사가 기다리는 사람을 못 보고 지나갑니다.",
        "사람이 있으면 불이 켜져 멀리서도 보이면 좋겠습니다.",
        "외진 버스 정류장",
    ),
    (
        "장애인 주차구역을 비워 두는 장치",
        "장애인 주차구역에 다른 차가 서 있어 휠체어를 내릴 곳이 없습니다.",
        "표지가 없는 차가 들어오면 그 자리에서 알려 주면 좋겠습니다.",
        "공영 주차장",
    ),
    (
        "안이 보이는 맨홀 뚜껑",
        "맨홀에서 냄새가 올라오고, 비가 많이 오면 뚜껑이 열려 위험합니다.",
        "가스와 물 높이를 밖에서 알 수 있고 뚜껑이 열리면 알려 주면 좋겠습니다.",
        "주택가 골목",
    ),
    (
        "동네 화폐를 충전하는 무인 단말",
        "어르신은 휴대전화로 지역 화폐를 충전하기 어려워 은행까지 가야 합니다.",
        "주민센터에서 현금으로 충전할 수 있으면 좋겠습니다.",
        "주민센터",
    ),
    (
        "잘 보이는 배달 오토바이 번호판",
        "배달 오토바이가 신호를 어겨도 번호판이 작아 알아볼 수 없습니다.",
        "밤에도 읽을 수 있는 번호판이면 좋겠습니다.",
        "학교 앞 길",
    ),
    (
        "길을 잃은 어르신을 찾는 단추",
        "치매가 있는 어르신이 집을 나가면 연락처를 모르는 사람은 돕지 못합니다.",
        "옷에 다는 단추에 휴대전화를 대면 가족에게 연락이 가면 좋겠습니다.",
        "동네 어디서나",
    ),
    (
        "교실 공기를 알려 주는 신호등",
        "겨울에는 창문을 닫고 지내 교실 공기가 나쁜지 알 수 없습니다.",
        "언제 창문을 열어야 하는지 색으로 보이면 좋겠습니다.",
        "초등학교 교실",
    ),
    (
        "빙판이 되기 전에 알려 주는 언덕길",
        "응달진 언덕길은 아침마다 살얼음이 끼어 사람이 넘어집니다.",
        "얼기 전에 알려 주고 저절로 제설제가 뿌려지면 좋겠습니다.",
        "응달진 언덕길",
    ),
)
PICKED = 5


def play(cast: Cast, hour: datetime) -> None:
    """The month before is decided; one idea of this month lies sealed."""
    day, staff, second = timedelta(days=1), cast.staff["rounds"], cast.staff["rounds2"]
    people = [
        User.objects.get(email=address("citizen")),
        *(cast.owner(body) for body in cast.institutions[40 : 40 + len(IDEAS)]),
    ]
    call = _call(cast, hour - 60 * day, hour - 31 * day, month="지난", month_en="last month")
    for turn, person in enumerate(people[: len(IDEAS)]):
        _submitted(call, person, turn, hour - (55 - turn) * day)
    closed_and_opened(call, staff, second)
    round_ = panel_started(lot=call.lots.get(), by=staff, evaluators=cast.evaluators[3:6], at=hour - 27 * day)
    scored(round_, at=hour - 22 * day, salt="ideas")
    selected_and_published(
        [round_],
        by=staff,
        second=second,
        most=PICKED,
        finish_at=hour - 19 * day,
        publish_at=hour - 17 * day,
    )
    now_open = _call(cast, hour - 10 * day, hour + 20 * day, month="이달의", month_en="this month")
    _submitted(now_open, people[-1], 0, hour - 4 * day)


def _call(cast: Cast, opens_at: datetime, closes_at: datetime, *, month: str, month_en: str) -> Call:
    return announced_call(
        by=cast.staff["rounds"],
        kind="idea",
        title_ko=f"{month} 국민제안",
        title_en=f"People's Ideas, {month_en}",
        summary_ko="일상에서 나아졌으면 하는 것을 적어 주세요. 해결 방법은 몰라도 됩니다.",
        summary_en="Say what should be better in daily life. You need not know how.",
        opens_at=opens_at,
        closes_at=closes_at.replace(hour=18),
        opening_at=(closes_at + timedelta(days=1)).replace(hour=10),
        groups=idea_groups(),
        lots=[],
    )


def _submitted(call: Call, person: User, turn: int, at: datetime) -> None:
    answers = dict(zip(("title", "problem", "wish", "place"), IDEAS[turn], strict=True))
    with moved_to(at):
        draft = begin_submission(by=person, lot=call.lots.get(), organisation=None)
        submit(submission=save_step(submission=draft, by=person, step="idea", data=answers), by=person)
