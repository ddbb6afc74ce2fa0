"""A published round whose panel was drawn, with all that can happen on the way; and a drawn panel that still waits."""

from datetime import date, datetime, timedelta

from challenges.shipped import challenge_groups
from innomarket.accounts.models import User
from innomarket.common.clock import KST, moved_to
from innomarket.evaluation.models import Assignment, Draw, Expertise, Panelist, Result, Round, Sheet
from innomarket.evaluation.services.conflict import declare_conflict, declare_conflicts
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw
from innomarket.evaluation.services.evaluator import add_absence, add_tie, apply_to_pool, verify_evaluator
from innomarket.evaluation.services.moderation import return_sheet
from innomarket.evaluation.services.objection import answer_objection, file_objection
from innomarket.evaluation.services.pledge import decline_seat, sign_pledge
from innomarket.evaluation.services.round import create_round
from innomarket.evaluation.services.sheet import save_sheet, submit_sheet
from innomarket.submissions.models import Call, Lot, Submission
from innomarket.submissions.services.submission import withdraw

from .cast import Cast
from .scenes import (
    announced_call,
    begun,
    closed_and_opened,
    scored,
    selected_and_published,
    task_submitted,
)

FIRST_TASK, WAITING_TASK = 134, 157
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Five seats: so many sheets that the highest and the lowest are left out.
SEATS = {"technical": 2, "policy": 1, "market": 1, "user": 1}
# Who hands in a task, by the place among the institutions: the demo institution is the third.
BODIES = (34, 35, 0, 36, 37, 38)
WITHDRAWN_BODY, EMPLOYER, WAITING_BODY = 39, 35, 42
# The entry that one sheet puts far below the others, and the one whose applicant an evaluator turns out to know.
FAR_OFF, KNOWN = 4, 2
# With it the task of the demo institution passes and is not selected.
SALT = "special-2671"
DECLINED = "그 주에 해외 학회에 가 있어 기한 안에 평가할 수 없습니다."
KNOWN_AFTERWARDS = "본문의 시험 장소를 읽고서, 그 시설의 자문위원이었던 것을 알았습니다."
RETURNED = "‘문제의 크기와 급함’ 점수가 다른 위원과 크게 다릅니다. 의견과 점수가 맞는지 다시 보아 주십시오."
LOOKED_AGAIN = "다시 읽어 보니 시급함의 근거가 첫 쪽에 있었습니다. 점수를 고치고 의견을 보탰습니다."
TAKEN_BACK = "같은 문제를 이웃 시와 함께 내기로 하여 거두어들입니다."
OBJECTIONS = (
    "‘시험 여건과 확산 가능성’에서 같은 문제를 겪는 기관의 수를 보지 않은 것 같습니다. 제출한 표를 다시 보아 주십시오.",
    "‘새로운 해결책의 필요’ 점수의 까닭이 의견에 적혀 있지 않습니다. 설명을 청합니다.",
)
ANSWER = (
    "위원 모두가 그 표를 보고 채점했고, 의견에도 적혀 있습니다. "
    "점수와 의견 사이에 어긋난 곳이 없어 결과를 그대로 둡니다."
)


def pool_grown(cast: Cast, at: datetime) -> None:
    """Four more join: two of one employer, one tied to who will apply, one who is away."""
    kinds, fields = ("policy", "market", "user", "technical"), list(Expertise.objects.order_by("order"))
    since = date(at.year - 3, 3, 2)
    with moved_to(at):
        joined = []
        for n, user in enumerate(cast.grown_evaluators):
            applied = apply_to_pool(by=user, kind=kinds[n], fields=fields[n : n + 3])
            joined.append(verify_evaluator(evaluator=applied, by=cast.staff["rounds"]))
        for evaluator in joined[:2]:
            add_tie(
                evaluator=evaluator, by=evaluator.user, kind="employed", name="가람정책연구원", from_on=since
            )
        tied, away = joined[2:]
        add_tie(
            evaluator=tied,
            by=tied.user,
            kind="employed",
            organisation=cast.institutions[EMPLOYER],
            from_on=since,
        )
        add_absence(
            evaluator=away, by=away.user, from_on=at.astimezone(KST).date(), to_on=(at + 90 * DAY).date()
        )


def published_round(cast: Cast, hour: datetime) -> Round:
    """From the frozen pool to the result and what was objected to it; published four days before ``hour``."""
    staff, second = cast.staff["rounds"], cast.staff["rounds2"]
    call = _call(
        staff,
        f"{hour.year}년 생활안전 도전적 과제 특별공모",
        f"Special call for challenge tasks {hour.year}: everyday safety",
        opens_at=hour - 45 * DAY,
        closes_at=hour - 18 * DAY,
    )
    lot = call.lots.get()
    draw = _committed(lot, staff, at=hour - 41 * DAY, due_at=hour - 8 * DAY)
    for turn, place in enumerate(BODIES):
        _task(cast, lot, place, FIRST_TASK + turn, at=hour - (30 - turn) * DAY)
    _taken_back(cast, lot, hour)
    closed_and_opened(call, staff, second)
    with moved_to(hour - 16 * DAY):
        draw = carry_out_draw(draw=draw, by=staff)
    _declined(draw.round, "technical", at=hour - 15 * DAY)
    with moved_to(hour - 14 * DAY):
        round_ = begun(draw.round, staff)
    harsh = {(FAR_OFF, _seat(round_, "market").place)}
    scored(round_, at=hour - 10 * DAY, salt=SALT, harsh=harsh)
    _conflict_afterwards(round_, "policy", at=hour - 9 * DAY)
    _looked_at_again(_seat(round_, "market"), at=hour - 8 * DAY)
    selected_and_published(
        [round_], by=staff, second=second, most=2, finish_at=hour - 6 * DAY, publish_at=hour - 4 * DAY
    )
    _objected(cast, round_, hour)
    return round_


def panel_waiting(cast: Cast, hour: datetime) -> None:
    """Drawn and told this morning: who is on it may sign the pledge or decline, the demo evaluator among them."""
    staff = cast.staff["rounds"]
    call = _call(
        staff,
        f"{hour.year}년 기후 대응 도전적 과제 특별공모",
        f"Special call for challenge tasks {hour.year}: climate",
        opens_at=hour - 33 * DAY,
        closes_at=hour - 4 * DAY,
    )
    lot = call.lots.get()
    # All seats of the rule: they take every technical expert of the pool who is not away.
    draw = _committed(lot, staff, at=hour - 31 * DAY, due_at=hour + 12 * DAY, seats=None)
    for turn in range(3):
        _task(cast, lot, WAITING_BODY + turn, WAITING_TASK + turn, at=hour - (8 - turn) * DAY)
    closed_and_opened(call, staff, cast.staff["rounds2"])
    with moved_to(hour - 5 * HOUR):
        carry_out_draw(draw=draw, by=staff)


def _call(staff: User, title_ko: str, title_en: str, *, opens_at: datetime, closes_at: datetime) -> Call:
    return announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=title_ko,
        title_en=title_en,
        summary_ko="평가위원은 추첨으로 정하고, 추첨과 결과를 누구나 다시 계산해 볼 수 있습니다.",
        summary_en="The panel is drawn by lot, and everybody can compute the draw and the result again.",
        opens_at=opens_at,
        closes_at=closes_at,
        opening_at=closes_at + DAY,
        groups=challenge_groups(),
        lots=[],
    )


def _committed(
    lot: Lot, by: User, *, at: datetime, due_at: datetime, seats: dict[str, int] | None = SEATS
) -> Draw:
    with moved_to(at):
        return commit_draw(round=create_round(lot=lot, by=by, due_at=due_at), by=by, seats=seats)


def _task(cast: Cast, lot: Lot, place: int, index: int, *, at: datetime) -> Submission:
    return task_submitted(cast=cast, lot=lot, body=cast.institutions[place], index=index, at=at)


def _taken_back(cast: Cast, lot: Lot, hour: datetime) -> None:
    """Submitted, and withdrawn with a note before the closing."""
    task = _task(cast, lot, WITHDRAWN_BODY, FIRST_TASK + len(BODIES), at=hour - 22 * DAY)
    with moved_to(hour - 20 * DAY):
        withdraw(submission=task, by=task.created_by, reason=TAKEN_BACK)


def _seat(round_: Round, kind: str) -> Panelist:
    seats = (
        round_.panelists.filter(kind=kind, left_at=None)
        .select_related("user", "round__chief")
        .order_by("place")
    )
    return seats[0]


def _declined(round_: Round, kind: str, *, at: datetime) -> None:
    """Before anything opened: the next in the draw's order is called at once."""
    seat = _seat(round_, kind)
    with moved_to(at):
        decline_seat(panelist=seat, by=seat.user, reason=DECLINED)


def _conflict_afterwards(round_: Round, kind: str, *, at: datetime) -> None:
    """Found after scoring: the sheet is set aside and kept, and who is called for it scores the one entry."""
    seat = _seat(round_, kind)
    assignment = Assignment.objects.select_related("panelist__user", "entry").get(
        panelist=seat, entry__order=KNOWN
    )
    with moved_to(at):
        declare_conflict(assignment=assignment, by=seat.user, reason=KNOWN_AFTERWARDS)
        called = seat.substitutes.select_related("user").get()
        sign_pledge(panelist=called, by=called.user)
        declare_conflicts(round=round_, by=called.user, conflicts={})
    scored(round_, at=at + 5 * HOUR, salt=SALT, of=called.user)


def _looked_at_again(seat: Panelist, *, at: datetime) -> None:
    """The chief gives back the sheet that lies far below the others; its evaluator looks again and hands it in."""
    sheet = Sheet.objects.select_related("assignment__entry").get(
        assignment__panelist=seat, assignment__entry__order=FAR_OFF
    )
    with moved_to(at):
        return_sheet(sheet=sheet, by=seat.round.chief, reason=RETURNED)
    given = {score.criterion_id: score for score in sheet.scores.select_related("criterion")}
    points = {pk: min((score.points or 0) + 2, score.max_points * 8 // 10) for pk, score in given.items()}
    with moved_to(at + 20 * HOUR):
        sheet = save_sheet(assignment=sheet.assignment, by=seat.user, points=points, comment=LOOKED_AGAIN)
        submit_sheet(sheet=sheet, by=seat.user)


def _objected(cast: Cast, round_: Round, hour: datetime) -> None:
    """Two who were left out object: one is answered, one waits. The demo institution still may."""
    left_out = Result.objects.filter(entry__round=round_).exclude(outcome="selected")
    others = left_out.exclude(entry__submission__created_by=cast.owner(cast.institutions[0]))
    results = others.select_related("entry__submission__created_by").order_by("entry__order")[:2]
    filed = []
    for turn, (result, text) in enumerate(zip(results, OBJECTIONS, strict=True)):
        with moved_to(hour - 3 * DAY + turn * 5 * HOUR):
            filed.append(file_objection(result=result, by=result.entry.submission.created_by, text=text))
    with moved_to(hour - DAY):
        answer_objection(objection=filed[0], by=cast.staff["rounds3"], outcome="rejected", answer=ANSWER)
