"""What waits for staff today: a prepared opening, a reading in need that is asked for, an outage that was found."""

from datetime import datetime, timedelta

from challenges.shipped import challenge_groups
from innomarket.common.clock import moved_to, now
from innomarket.common.models import Readiness
from innomarket.submissions.models import BreakGlass, Submission
from innomarket.submissions.services.break_glass import ask_to_read
from innomarket.submissions.services.call import close_call, prepare_opening
from innomarket.submissions.services.watch import propose_outages
from innomarket.submissions.states import SubmissionState

from .cast import Cast
from .scenes import announced_call, task_submitted


def opening_prepared(cast: Cast, hour: datetime, *, first: int) -> None:
    """A call closed three hours ago: one member of staff has prepared its opening, a second one may confirm it.

    Its two tasks are those of the list of needs from ``first`` on.
    """
    staff = cast.staff["rounds"]
    call = announced_call(
        by=staff,
        kind="challenge_task",
        title_ko=f"{hour.year}년 제6차 도전적 과제 공모",
        title_en=f"Call for challenge tasks {hour.year}, round 6",
        summary_ko="돌봄과 건강 문제를 먼저 봅니다.",
        summary_en="Care and health come first.",
        opens_at=hour - timedelta(days=22),
        closes_at=hour - timedelta(hours=3),
        opening_at=hour - timedelta(hours=2),
        groups=challenge_groups(),
        lots=[],
    )
    for turn in range(2):
        task_submitted(
            cast=cast,
            lot=call.lots.get(),
            body=cast.institutions[50 + turn],
            index=first + turn,
            at=hour - timedelta(days=2 - turn),
        )
    with moved_to(call.closes_at):
        call = close_call(call=call)
    with moved_to(hour - timedelta(hours=1)):
        prepare_opening(call=call, by=staff)


def reading_asked(cast: Cast, hour: datetime) -> None:
    """One member of staff asks to read a sealed proposal: nobody reads it before a second one grants that."""
    sealed = Submission.objects.filter(
        lot__call__kind="proposal", lot__call__opened_at=None, state=SubmissionState.SUBMITTED
    )
    with moved_to(hour - timedelta(hours=1)):
        ask_to_read(
            submission=sealed.order_by("pk")[0],
            by=cast.staff["rounds"],
            ground=BreakGlass.Ground.DAMAGED,
            reason="신청자가 올린 파일이 열리지 않는다고 알려 왔습니다.",
        )


def outage_found(hour: datetime) -> None:
    """The history of readiness up to now, with 17 minutes in which the database did not answer.

    Until now, since the silence after its last row would be found as another outage.
    """
    first, failed_from = hour - timedelta(hours=4), hour - timedelta(hours=3, minutes=50)
    minutes = int((now() - first) / timedelta(minutes=1))
    Readiness.objects.bulk_create(
        Readiness(
            at=at,
            failed="database" if failed_from <= at < failed_from + timedelta(minutes=17) else "",
            source="beat",
        )
        for at in (first + timedelta(minutes=minute) for minute in range(minutes + 1))
    )
    propose_outages()
