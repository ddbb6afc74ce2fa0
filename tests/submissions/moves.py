"""Calls around one outage on one day, and the steps that move their closings, for tests."""

import pytest

from innomarket.common.clock import kst, moved_to
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions.models import Outage
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import outage as outages
from innomarket.submissions.services import outage_plan
from tests.accounts import factories as accounts

from . import factories

# A Tuesday: failed 09:30, recovered 10:20, announced 10:25.
DAY = (2026, 12, 8)
FROM, UNTIL, NOTICE = kst(*DAY, 9, 30), kst(*DAY, 10, 20), kst(*DAY, 10, 25)
DECIDED = kst(*DAY, 11)


def refused(function, **arguments) -> Refused:
    with pytest.raises(Refused) as found:
        function(**arguments)
    assert str(found.value)
    return found.value


def record(by=None, **fields) -> Outage:
    values = {"starts_at": FROM, "ends_at": UNTIL, "noticed_at": NOTICE, "what": "The servers"} | fields
    with moved_to(values["noticed_at"]):
        return outages.record_outage(by=by or accounts.staff("run_rounds"), **values)


def apply(outage, at=DECIDED) -> Outage:
    with moved_to(at):
        return outages.apply_outage(outage=outage, by=outage.recorded_by)


def plan(outage, at=DECIDED):
    with moved_to(at):
        return outage_plan.plan_of(outage)


def a_call(closes_at=None, **fields):
    return factories.open_call(closes_at=closes_at or kst(*DAY, 10), **fields)


def extend(call, *named, organisations=(), closes_at=None, opening_at=None, by=None):
    return calls.extend_call(
        call=call,
        by=by or accounts.staff("run_rounds"),
        closes_at=closes_at or kst(*DAY, 15),
        opening_at=opening_at or kst(*DAY, 16),
        reason="Its network was down.",
        organisations=[*named, *organisations],
    )


def extend_for_people(call, *named, people=(), **fields):
    values = {"closes_at": kst(*DAY, 15), "opening_at": kst(*DAY, 16), "reason": "A cut line."} | fields
    return calls.extend_call(call=call, by=accounts.staff("run_rounds"), people=[*named, *people], **values)


def told_of_the_end(kind="without"):
    rows = Message.objects.filter(kind=f"submissions.closed_{kind}_yours")
    return sorted(rows.values_list("recipient", flat=True))
