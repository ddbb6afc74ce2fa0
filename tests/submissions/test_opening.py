"""The recorded opening: two members of staff, a frozen list of who submitted, void where the deadline moves."""

from datetime import timedelta

import pgtrigger
import pytest
from django.db import Error, IntegrityError, transaction

from innomarket.audit.models import Entry
from innomarket.common.clock import moved_to
from innomarket.common.refusals import Refused
from innomarket.notifications.models import Message
from innomarket.submissions import freezing
from innomarket.submissions.models import Call, Opening
from innomarket.submissions.services import call as calls
from innomarket.submissions.services import outage as outages
from innomarket.submissions.services import roster
from innomarket.submissions.services import submission as submissions
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db


def refused(function, *given, **arguments) -> Refused:
    with pytest.raises(Refused) as found:
        function(*given, **arguments)
    return found.value


@pytest.fixture
def staff():
    return accounts.staff("run_rounds")


@pytest.fixture
def second():
    return accounts.staff("run_rounds")


@pytest.fixture
def call():
    return factories.close(factories.open_call())


def prepare(call, by, later=timedelta()):
    with moved_to(call.opening_at + later):
        return calls.prepare_opening(call=call, by=by)


def confirm(call, by, later=timedelta()):
    with moved_to(call.opening_at + later):
        return calls.confirm_opening(call=call, by=by)


@pytest.mark.parametrize(("seconds", "may"), [(-1, False), (0, True), (1, True)])
def test_prepare_from_the_announced_instant_on(call, staff, seconds, may):
    later = timedelta(seconds=seconds)
    if may:
        assert prepare(call, staff, later).state == "prepared"
    else:
        assert refused(prepare, call, staff, later).code == "opening_too_early"


def test_prepare_of_a_call_that_is_not_closed_is_refused(staff):
    assert refused(prepare, factories.open_call(), staff).code == "opening_before_closing"


def test_prepared_opens_nothing_and_tells_the_others(call, staff, second):
    done = prepare(call, staff)
    call.refresh_from_db()
    assert (call.opened_at, done.roster) == (None, None)
    told = Message.objects.filter(kind="submissions.opening_prepared").values_list("recipient", flat=True)
    assert staff.pk not in told
    assert second.pk in told
    assert refused(prepare, call, second).code == "prepared_already"


def test_confirm_takes_another_person(call, staff, second):
    assert refused(confirm, call, second).code == "not_prepared"
    prepare(call, staff)
    found = refused(confirm, call, staff)
    assert (found.code, found.status) == ("same_person", 403)
    assert refused(confirm, call, accounts.staff("keep_budget")).status == 403
    opened = confirm(call, second)
    assert (opened.opened_by, opened.opened_at is not None) == (second, True)
    assert refused(confirm, call, second).code == "opened_already"
    assert set(Entry.objects.filter(verb__endswith="_opening").values_list("actor", flat=True)) == {
        staff.pk,
        second.pk,
    }


def test_withdrawn_preparation_opens_nothing_and_another_may_be_made(call, staff, second):
    assert refused(calls.withdraw_preparation, call=call, by=staff, reason="x").code == "not_prepared"
    prepare(call, staff)
    assert refused(calls.withdraw_preparation, call=call, by=staff, reason=" ").field == "reason"
    done = calls.withdraw_preparation(call=call, by=second, reason="Too early.")
    assert (done.state, done.reason) == ("withdrawn", "Too early.")
    assert refused(confirm, call, second).code == "not_prepared"
    prepare(call, second)
    assert confirm(call, staff).opened_by == staff


def outage_over(call, by):
    end = call.closes_at + timedelta(minutes=1)
    with moved_to(call.opening_at):
        return outages.record_outage(
            by=by, starts_at=end - timedelta(hours=1), ends_at=end, noticed_at=end, what="Power"
        )


def test_outage_recorded_between_the_two_steps_takes_the_preparation_away(call, staff, second):
    prepare(call, staff)
    outage = outage_over(call, second)
    assert call.openings.get().state == "void"
    assert refused(confirm, call, second).code == "outage_waits"
    assert refused(prepare, call, second).code == "outage_waits"
    outages.discard_outage(outage=outage, by=staff, reason="A drill.")
    assert refused(confirm, call, second).code == "not_prepared"
    prepare(call, second)
    assert confirm(call, staff).opened_at


def test_outage_elsewhere_leaves_the_preparation(call, staff, second):
    prepare(call, staff)
    end = call.closes_at - timedelta(days=3)
    with moved_to(call.opening_at):
        outages.record_outage(
            by=staff, starts_at=end - timedelta(hours=1), ends_at=end, noticed_at=end, what="Power"
        )
    assert confirm(call, second).opened_at


def test_list_is_frozen_with_numbers_times_hashes_and_withdrawn_ones(staff):
    call = factories.open_call()
    first, back = factories.submitted(call=call), factories.submitted(call=call)
    pending = factories.submitted(call=call, organisation=accounts.company(state="pending"))
    draft = factories.submission(call=call)
    submissions.withdraw(submission=back, by=back.created_by, reason="")
    opened = factories.open_up(call, by=staff)
    opening = Opening.objects.get(call=opened, state="confirmed")
    rows = {row["number"]: row for row in opening.roster["submissions"]}
    assert set(rows) == {first.number, back.number, pending.number}
    assert draft.number not in rows
    assert rows[first.number]["sha256"] == first.current.sha256
    assert rows[first.number]["submitted_at"] == first.current.submitted_at.isoformat()
    assert (rows[first.number]["verified"], rows[pending.number]["verified"]) == (True, False)
    assert rows[back.number]["state"] == "withdrawn"
    assert opening.roster_sha256 == freezing.digest(opening.roster)
    assert first.title not in str(opening.roster)


def test_list_has_what_was_withdrawn_and_then_written_on_as_withdrawn(staff):
    call = factories.open_call()
    back, taken_up = factories.submitted(call=call), factories.submitted(call=call)
    for one in (back, taken_up):
        submissions.withdraw(submission=one, by=one.created_by, reason="")
    submissions.save_step(
        submission=taken_up, by=taken_up.created_by, step="problem", data={"title": "다시 쓴 제목"}
    )
    taken_up.refresh_from_db()
    assert taken_up.state == "draft"
    opening = factories.open_up(call, by=staff).openings.get(state="confirmed")
    rows = {row["number"]: (row["state"], row["sha256"]) for row in opening.roster["submissions"]}
    assert rows == {one.number: ("withdrawn", one.current.sha256) for one in (back, taken_up)}


@pytest.mark.parametrize("name", ["=1+1", "+82", "-x", "@SUM(A1)", "\tx", "\rx"])
def test_list_as_a_file_calculates_nothing(staff, name):
    call = factories.open_call()
    factories.submitted(call=call, organisation=accounts.company(name_ko=name))
    opened = factories.open_up(call, by=staff)
    text = roster.as_csv(opened.openings.get())
    assert f"'{name}" in text
    assert f",{name}" not in text
    assert f',"{name}' not in text


def test_database_opens_for_two_alone(call, staff, second):
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(opened_at=call.opening_at, opened_by=staff)
    opening = prepare(call, staff)
    values = {"state": "confirmed", "confirmed_at": call.opening_at, "roster": {}, "roster_sha256": "0" * 64}
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.filter(pk=opening.pk).update(**values, confirmed_by=staff)
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(call=call, prepared_by=second)
    opened = confirm(call, second)
    with pytest.raises(Error), transaction.atomic():
        opened.openings.update(roster={})
    with pytest.raises(Error), transaction.atomic():
        opened.openings.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(pk=call.pk).update(opened_by=staff)


def test_call_that_was_opened_before_this_promise_can_still_be_changed(call, staff):
    """A row from before has no preparation: writing its other columns is not an opening."""
    with pgtrigger.ignore("submissions.Call:opened_by_two"):
        Call.objects.filter(pk=call.pk).update(opened_at=call.opening_at, opened_by=staff)
    old = Call.objects.get(pk=call.pk)
    old.summary_en = "Changed."
    old.save()
    assert Call.objects.get(pk=call.pk).summary_en == "Changed."


@pytest.mark.parametrize("language", ["", "/en"])
def test_console_of_a_call_shows_each_state_of_its_opening(client, staff, second, language):
    call = factories.close(factories.submitted().lot.call)
    page = f"{language}/admin/submissions/call/{call.pk}/change/"
    sign_in(client, staff)
    assert client.get(page).status_code == 200
    prepare(call, staff)
    assert staff.name in client.get(page).content.decode()
    confirm(call, second)
    assert client.get(page).status_code == 200
