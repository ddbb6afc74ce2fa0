"""Rounds that can be trusted, to be looked at: a blind one for the demo evaluator, and a task evaluated anew."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from challenges.shipped import challenge_groups
from innomarket.common import paper
from innomarket.common.clock import moved_to
from innomarket.evaluation.models import Expertise, Result, Round
from innomarket.evaluation.services.anew import open_reevaluation
from innomarket.evaluation.services.draw import carry_out_draw, commit_draw, enter_value
from innomarket.evaluation.services.evaluator import apply_to_pool, verify_evaluator
from innomarket.evaluation.services.objection import answer_objection, file_objection
from innomarket.evaluation.services.publication import confirm_publication, prepare_publication
from innomarket.evaluation.services.result import finish_round
from innomarket.submissions.kinds import ANONYMOUS_COPY
from innomarket.submissions.models import Submission
from innomarket.submissions.services.attachment import attach_file
from innomarket.submissions.services.identity import key_of, search_due, searches_of
from innomarket.submissions.services.submission import submit
from innomarket.submissions.specs import StageSpec

from .cast import Cast
from .needs import need_of
from .scenes import (
    announced_call,
    begun,
    closed_and_opened,
    panel_started,
    scored,
    task_drafted,
)

FIRST_TASK = 150
SEATS = {"technical": 1, "policy": 1, "market": 1}
OBJECTION = (
    "긴급성 기준의 점수가 의견과 맞지 않습니다. "
    "의견에는 근거가 분명하다고 적혀 있으나 점수는 다른 과제보다 낮습니다."
)
ANSWER = "의견과 점수가 서로 맞지 않는 채점표가 있었습니다. 새 위원회가 같은 제출물을 다시 평가합니다."


def blind_round(cast: Cast, hour: datetime) -> Round:
    """Tasks whose evaluators read an anonymous copy and do not learn whose it is; the demo evaluator is one of them."""
    staff, year, day = cast.staff["rounds"], hour.year, timedelta(days=1)
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{year}년 블라인드 도전적 과제 공모",
        title_en=f"Blind call for challenge tasks {year}",
        summary_ko="누가 냈는지 모르고 내용만 평가합니다. 익명 제출본을 함께 올립니다.",
        summary_en="Judged without knowing who applied: an anonymous copy is handed in too.",
        opens_at=hour - 28 * day,
        closes_at=hour - 12 * day,
        opening_at=hour - 11 * day,
        stages=[StageSpec(kind="scored", blind=True)],
        groups=challenge_groups(),
        lots=[],
    )
    lot = call.lots.get()
    for turn in range(4):
        body, index = cast.institutions[24 + turn], FIRST_TASK + turn
        draft = task_drafted(cast=cast, lot=lot, body=body, index=index, at=hour - (17 - turn) * day)
        _with_copy(cast, draft, index, hour - (17 - turn) * day)
    closed_and_opened(call, staff, cast.staff["rounds2"])
    round_ = panel_started(lot=lot, by=staff, evaluators=cast.evaluators[:3], at=hour - 9 * day)
    scored(round_, at=hour - 5 * day, salt="blind", limit=5)
    return round_


def _with_copy(cast: Cast, draft: Submission, index: int, at: datetime) -> None:
    need, by = need_of(index), draft.created_by
    texts = (
        ("지금 하는 방법", need.today),
        ("필요한 성능", f"{need.needed}."),
        ("누가 겪는가", f"{need.who}."),
    )
    content = paper.pdf(
        "notice.typ",
        {
            "language": "ko",
            "mark": None,
            "words": {"service": "익명 제출본", "no_files": "", "files": ""},
            "title": need.title.format(place="우리 지역"),
            "number": "익명 제출본",
            "status": "",
            "foot": "",
            "facts": [],
            "sections": [{"label": label, "lines": [text]} for label, text in texts],
            "tables": [],
            "files": [],
            "with_files": False,
        },
        at=at,
    )
    upload = SimpleUploadedFile("익명 제출본.pdf", content, content_type="application/pdf")
    with moved_to(at):
        attach_file(submission=draft, by=by, slot=ANONYMOUS_COPY.code, upload=upload)
        search_due()  # here, so that no worker writes of it when the sample is loaded
        submit(submission=draft, by=by, looked=key_of(searches_of(draft)))


def evaluated_anew(cast: Cast, round_: Round) -> Round:
    """After an upheld objection to a published round: a drawn panel of others, and a further revision of the result."""
    published, day = round_.published_at, timedelta(days=1)
    assert published is not None, "only what was published is objected to"
    staff, second = cast.staff["rounds3"], cast.staff["rounds2"]
    left_out = (
        Result.objects.filter(entry__round=round_).exclude(outcome="selected").order_by("-total").first()
    )
    assert left_out is not None, "somebody was left out"
    with moved_to(published + 3 * day):
        by = left_out.entry.submission.created_by
        objection = file_objection(result=left_out, by=by, text=OBJECTION)
    with moved_to(published + 7 * day):
        objection = answer_objection(objection=objection, by=staff, outcome="anew", answer=ANSWER)
        _further_evaluators(cast)
        again = open_reevaluation(objections=[objection], by=staff)
        draw = commit_draw(
            round=again,
            by=staff,
            seats=SEATS,
            source_text="동행복권이 발표하는 다음 회차 로또 당첨번호, 작은 수부터 쉼표로 (dhlottery.co.kr)",
            source_from=published + 8 * day,
        )
    with moved_to(published + 9 * day):
        enter_value(draw=draw, by=staff, value="7,12,23,31,38,44")
        again = begun(carry_out_draw(draw=draw, by=second).round, staff)
    scored(again, at=published + 14 * day, salt="anew")
    with moved_to(published + 15 * day):
        again = finish_round(round=again, by=staff)
        confirm_publication(publication=prepare_publication(rounds=[again], by=staff), by=second)
    return again


def _further_evaluators(cast: Cast) -> None:
    """People who join the pool later: nobody of the former panel judges again."""
    fields = list(Expertise.objects.order_by("order")[:3])
    for user, kind in zip(cast.later_evaluators, SEATS, strict=True):
        applied = apply_to_pool(by=user, kind=kind, fields=fields)
        verify_evaluator(evaluator=applied, by=cast.staff["rounds"])
