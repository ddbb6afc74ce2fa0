"""Announced calls: when they may close, and what is amended in them."""

import pytest

from innomarket.common.clock import kst, moved_to
from innomarket.notifications.models import Message
from innomarket.submissions.models import ClosingRule
from innomarket.submissions.services import call as calls
from tests.accounts import factories as accounts

from . import factories
from .moves import DAY, a_call, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_week_before")]


def test_announced_calls_close_on_the_hour_where_the_setting_asks_for_it(settings):
    settings.CLOSING_ON_THE_HOUR = True
    by = accounts.staff("run_rounds")
    call = factories.call(closes_at=kst(*DAY, 10, 1))
    assert refused(calls.announce_call, call=call, by=by).code == "not_on_the_hour"
    assert a_call(kst(*DAY, 10)).state == "announced"
    settings.CLOSING_ON_THE_HOUR = False
    assert calls.announce_call(call=call, by=by).state == "announced"


def test_no_more_calls_close_in_an_hour_than_the_rule_allows():
    ClosingRule.objects.update(most_in_an_hour=1)
    a_call(kst(*DAY, 10, 59))
    by = accounts.staff("run_rounds")
    assert (
        refused(calls.announce_call, call=factories.call(closes_at=kst(*DAY, 10)), by=by).code == "hour_full"
    )
    assert a_call(kst(*DAY, 11)).state == "announced"


def test_amendments_are_numbered_from_00_and_told_to_everyone_with_a_draft():
    draft = factories.submission()
    call, by = draft.lot.call, accounts.staff("run_rounds")
    made = calls.amend_call(
        call=call,
        by=by,
        what_ko="제목을 고침",
        what_en="A better title",
        title_en="Better",
        title_ko="나은 제목",
    )
    assert (made.ordinal, list(call.amendments.values_list("ordinal", flat=True))) == (1, [0, 1])
    call.refresh_from_db()
    assert call.title_en == "Better"
    assert Message.objects.get(kind="submissions.amended").recipient == draft.created_by
    good = {"call": call, "by": by, "what_ko": "가", "what_en": "A"}
    assert refused(calls.amend_call, **good | {"what_en": " "}).field == "what_en"
    assert refused(calls.amend_call, **good | {"title_en": ""}).field == "title_en"
    assert refused(calls.amend_call, **good | {"by": accounts.person()}).status == 403
    assert refused(calls.amend_call, **good | {"closes_at": call.closes_at}).code == "frozen"
    with moved_to(call.closes_at):
        assert refused(calls.amend_call, **good).code == "call_closed"
