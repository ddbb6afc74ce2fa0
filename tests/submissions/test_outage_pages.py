"""Outages in the console, the public calendar, and what a page says of moves and own closings."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import activate

from innomarket.common import clock, formats
from innomarket.common.clock import KST, now
from innomarket.submissions import shipped
from innomarket.submissions.models import Amendment, ClosingRule, DeadlineMove, Outage, OutageProposal
from innomarket.submissions.services import call as calls
from tests.accounts import factories as accounts
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    activate("en")


@pytest.fixture
def staff(client):
    user = accounts.staff("run_rounds")
    sign_in(client, user)
    return user


def local(instant) -> str:
    return instant.astimezone(KST).strftime("%Y-%m-%dT%H:%M:%S")


def test_staff_record_look_and_apply(client, staff):
    start = now().replace(microsecond=0) - timedelta(hours=1)
    call = factories.open_call(closes_at=now() + timedelta(minutes=30))
    factories.submission(call=call)
    data = {
        "starts_at": local(start),
        "ends_at": local(start + timedelta(minutes=59)),
        "noticed_at": local(start + timedelta(minutes=59)),
        "what": "The network",
    }
    made = client.post(reverse("admin:submissions_outage_record"), data)
    outage = Outage.objects.get()
    assert made["Location"] == reverse("admin:submissions_outage_change", args=[outage.pk])
    page = client.get(reverse("admin:submissions_outage_apply", args=[outage.pk]))
    text = " ".join(str(line) for line in page.context["effects"])
    assert (
        "our default" in text
        and "1 deadline moves" in text
        and "1 person is told" in text
        and call.number in text
    )
    assert not DeadlineMove.objects.exists()
    assert client.post(reverse("admin:submissions_outage_apply", args=[outage.pk])).status_code == 302
    move = DeadlineMove.objects.get()
    assert (move.call, move.outage) == (call, outage)
    page = client.get(reverse("submissions:call", args=[call.number])).content.decode()
    assert "Closing moved to" in page and "The network" in page


def test_extension_form_names_organisations_by_their_numbers(client, staff):
    call, company = factories.open_call(), accounts.company()
    later = call.opening_at + timedelta(hours=2)
    data = {
        "closes_at": local(later),
        "opening_at": local(later + timedelta(hours=1)),
        "organisations": "999-99",
        "reason": "Its network was down.",
    }
    url = reverse("admin:submissions_call_extend", args=[call.pk])
    assert "organisations" in client.post(url, data).context["form"].errors
    done = client.post(url, data | {"organisations": company.business_number}, follow=True)
    assert "For all others the call closes as before" in done.content.decode()
    move = DeadlineMove.objects.get()
    assert (move.for_all, move.own_closings.get().organisation) == (False, company)
    assert done.context["moves"] == [
        {"move": move, "named": company.name_en or company.name_ko, "why": "Its network was down."}
    ]


def test_extension_form_says_of_each_choice_who_is_told(client, staff):
    call = factories.submission().lot.call
    page = client.get(reverse("admin:submissions_call_extend", args=[call.pk]))
    for_all, told, for_some, _rest = page.context["effects"]
    assert "name nobody" in str(for_all) and "name organisations" in str(for_some)
    assert "with the reason: 1 person is told" in str(told)


def test_outage_pages_ask_as_much_for_one_row_as_for_three(client, staff):
    """The list with its proposals, and the page that shows the moves before they are made."""
    shipped.load()
    start = now().replace(microsecond=0) - timedelta(hours=1)
    end = start + timedelta(minutes=59)
    pages = {"list": [], "apply": []}
    for many in (1, 2):
        for place in range(many):
            factories.submission(call=factories.open_call(closes_at=now() + timedelta(minutes=30)))
            day = start - timedelta(days=many + place)
            Outage.objects.create(
                starts_at=day, ends_at=day + timedelta(minutes=1), noticed_at=end, what="x", recorded_by=staff,
                state="discarded",
            )  # fmt: skip
            OutageProposal.objects.create(starts_at=start + timedelta(seconds=many + place), ends_at=end)
        if many == 1:
            outage = Outage.objects.create(
                starts_at=start, ends_at=end, noticed_at=end, what="The network", recorded_by=staff
            )
        for name, url in (
            ("list", reverse("admin:submissions_outage_changelist")),
            ("apply", reverse("admin:submissions_outage_apply", args=[outage.pk])),
        ):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(url)
            pages[name].append(len(queries))
        assert len([line for line in page.context["effects"] if "1 take part" in line]) == (
            1 if many == 1 else 3
        )
    assert pages["list"][0] == pages["list"][1]
    assert pages["apply"][0] == pages["apply"][1]


def test_own_closing_is_what_the_applicants_pages_count_down_to(client):
    draft = factories.submission()
    call = draft.lot.call
    later = call.opening_at + timedelta(hours=2)
    calls.extend_call(
        call=call,
        by=accounts.staff("run_rounds"),
        closes_at=later,
        opening_at=later,
        reason="x",
        organisations=[draft.applicant_organisation],
    )
    client.force_login(draft.created_by)
    page = client.get(reverse("submissions:edit", args=[draft.number, "problem"])).content.decode()
    assert formats.iso(later) in page
    page = client.get(reverse("submissions:begin", args=[call.number]))
    assert page.context["closes_at"] == later


def test_amend_step_keeps_the_number(client, staff):
    call = factories.open_call()
    url = reverse("admin:submissions_call_amend", args=[call.pk])
    names = ("title_ko", "title_en", "summary_ko", "summary_en")
    data = {name: getattr(call, name) for name in names} | {
        "what_ko": "제목",
        "what_en": "The title, in part",
    }
    assert client.post(url, data).status_code == 302
    assert Amendment.objects.get(call=call, ordinal=1).made_by == staff
    page = client.get(reverse("submissions:call", args=[call.number])).content.decode()
    assert "Amendment 01: The title, in part" in page


def test_calendar_shows_the_calls_of_a_month_with_the_servers_countdown(client):
    call, draft = factories.open_call(), factories.call()
    month = call.closes_at.astimezone(KST)
    page = client.get(reverse("submissions:calendar"), {"month": f"{month:%Y-%m}"})
    text = page.content.decode()
    assert call.number in text and draft.number not in text
    assert formats.kst(call.closes_at, "en") in text
    assert formats.time_left(call.closes_at, page.context["now"], "en").text in text
    other = client.get(reverse("submissions:calendar"), {"month": "2019-02"})
    assert call.number not in other.content.decode() and "February 2019" in other.content.decode()


def test_calendar_without_a_month_shows_the_next_ones_too(client):
    call = factories.open_call()
    with clock.moved_to(call.opens_at):
        months = [key for key, _name, _rows in client.get("/calls/calendar/").context["months"]]
    first = call.opens_at.astimezone(KST)
    assert months == [
        f"{first.year + (first.month - 1 + by) // 12}-{(first.month - 1 + by) % 12 + 1:02d}"
        for by in range(3)
    ]


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-1", "x", "1999-12", "２０２６-01", "2200-01", "2026-11-01"]
)
def test_calendar_of_no_month_is_not_found(client, month):
    assert client.get(reverse("submissions:calendar"), {"month": month}).status_code == 404


def test_pages_name_the_rule_that_they_follow_and_whose_default_it_is(client, staff, settings):
    """The calendar, the moves of an outage and the announcement: each says the rule, in both languages."""
    settings.CLOSING_ON_THE_HOUR = True
    month = "/calls/calendar/"
    assert "정시에 마감" in (page := client.get(month).content.decode()) and "자체 기본값" in page
    assert (
        "close on the hour" in (page := client.get(f"/en{month}").content.decode()) and "our default" in page
    )
    ClosingRule.objects.update(on_the_hour=False, is_default=False, source="An order of the agency")
    page = client.get(f"/en{month}").content.decode()
    assert "on the hour" not in page and "our default" not in page and "An order of the agency" in page
    draft = factories.call(by=staff)
    page = client.get(reverse("admin:submissions_call_announce", args=[draft.pk])).content.decode()
    assert "An order of the agency" in page
