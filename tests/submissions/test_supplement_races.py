"""Supplements with real connections at once: two senders, sending × extending, judging × taking back."""

from datetime import timedelta

import pytest

from innomarket.notifications.models import Message
from innomarket.submissions.services import supplement as services
from innomarket.submissions.services import supplement_check as checks
from tests.support.races import at_once

from .test_supplement import asked, give, owner, sent, today

pytestmark = pytest.mark.usefixtures("fresh_database")


def racing(function, **arguments):
    return lambda: function(**arguments)


def test_two_people_sending_leave_one_receipt():
    request = asked(1)
    give(request)
    send = racing(services.send_supplement, request=request, by=owner(request))
    errors = [outcome.error for outcome in at_once(send, send)]
    assert sorted(error is None for error in errors) == [False, True]
    assert next(error for error in errors if error).code == "send_not_now"
    assert Message.objects.filter(kind="submissions.supplement_sent").count() == 1


def test_sending_while_staff_extend_leaves_one_truth():
    request = asked(1)
    give(request)
    late = request.due_at + timedelta(days=1)
    extended, taken = at_once(
        racing(services.extend_supplement, request=request, by=request.asked_by, due_at=late, reason="x"),
        racing(services.send_supplement, request=request, by=owner(request)),
    )
    assert taken.error is None
    request.refresh_from_db()
    assert (request.state, request.due_at == late) == ("sent", extended.error is None)


def test_judging_while_the_applicant_takes_back_keeps_the_paper():
    request = sent()
    paper = request.papers.get()
    judged, back = at_once(
        racing(
            checks.judge_paper, paper=paper, by=request.asked_by, verdict="accepted", confirmed_on=today()
        ),
        racing(services.take_back_paper, paper=paper, by=owner(request)),
    )
    assert judged.error is None
    assert back.error.code == "give_not_now"
    paper.refresh_from_db()
    assert (paper.verdict, paper.document is not None) == ("accepted", True)
