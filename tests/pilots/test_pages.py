"""The pages as people see them: what stands on them, how many queries they cost, what a bad form says."""

import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from innomarket.common.clock import today
from pilots.forms import MeasuresForm, WonField
from pilots.services import trial
from tests.accounts.factories import institution
from tests.support.staff import sign_in

from . import factories

pytestmark = pytest.mark.django_db

LIST = "/pilots/"


def queries(client, address):
    client.get(address)  # what is read once (content types, session) does not count
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def rows_of(measures):
    data = {"places": str(MeasuresForm.FEWEST)}
    for place, measure in enumerate(measures, start=1):
        data.update({f"{name}_{place}": measure[name] for name in ("name", "target", "method", "found")})
        data[f"reached_{place}"] = "yes" if measure["reached"] else "no"
    return data


# ── the list ──


def test_list_without_a_budget_says_so(client):
    response = client.get("/en/pilots/")

    assert response.status_code == 200
    assert "No budget line is open for this year yet." in text(response)


def test_list_shows_the_year_with_its_totals_in_won_and_eok(client):
    by = factories.budget_officer()
    line = factories.line(3_300_000_000, by=by)
    factories.matched(by=by, line=line, amount=300_000_000)
    factories.inspected(by=by, line=line)

    page = text(client.get(LIST))

    assert "3,300,000,000원" in page and "33억 원" in page
    assert "29.01억 원" in page  # free: 3,300 − 300 − 99 million
    assert "2,901,000,000원" in page
    assert "style=" not in page and "<script>" not in page


def test_list_has_a_year_to_choose(client):
    factories.line(1_000_000_000, year=2020, name_ko="옛 예산")
    factories.line(2_000_000_000, year=2021, name_ko="다음 예산")

    assert "다음 예산" in text(client.get(LIST))
    page = text(client.get(f"{LIST}?year=2020"))
    assert "옛 예산" in page and "다음 예산" not in page
    for nonsense in ("1999", "abc", "²", "9" * 30):
        assert client.get(LIST, {"year": nonsense}).status_code == 200


def test_list_filters_by_state_and_keeps_the_year(client):
    by, line = factories.budget_officer(), factories.line()
    waiting = factories.matched(by=by, line=line)
    bought = factories.committed(by=by, line=line)

    page = text(client.get(f"{LIST}?year={line.year}&state=committed"))

    assert bought.number in page and waiting.number not in page
    assert f"year={line.year}" in page


def test_list_pages_by_key(client, monkeypatch):
    monkeypatch.setattr("pilots.views.overview.Overview.page_size", 2)
    by, line = factories.budget_officer(), factories.line()
    made = [factories.matched(by=by, line=line, amount=1_000) for _ in range(3)]

    first = client.get(LIST)
    second = client.get(first.context["page"].next_url)

    assert [pilot.number for pilot in first.context["rows"]] == [made[2].number, made[1].number]
    assert [pilot.number for pilot in second.context["rows"]] == [made[0].number]


def test_list_costs_as_many_queries_for_three_as_for_one(client):
    by = factories.budget_officer()
    factories.concluded(by=by, line=factories.line(by=by))
    one = queries(client, LIST)

    for _ in range(2):
        factories.concluded(by=by, line=factories.line(by=by))

    assert queries(client, LIST) == one


# ── the pilot ──


def test_pilot_page_says_whose_turn_it_is_at_each_step(client):
    by = factories.budget_officer()
    for make, words in (
        (factories.matched, "the agency, to commit the purchase"),
        (factories.committed, "to sign the contract"),
        (factories.contracted, "to deliver by"),
        (factories.inspected, "to record the measures and the verdict"),
        (factories.concluded, "the agency, to pay what was accepted"),
    ):
        pilot = make(by=by)
        page = text(client.get(f"/en/pilots/{pilot.number}/"))
        assert words in page, make
        assert pilot.number in page


def test_pilot_page_shows_what_the_trial_measured_as_it_is(client):
    pilot = factories.concluded(verdict="failure", accepted=2, refused=1)

    page = text(client.get(f"/en/pilots/{pilot.number}/"))

    assert "not successful" in page
    assert "하루 1건 이하" in page and "not reached" in page
    assert '<span lang="ko">두 대가 켜지지 않는다</span>.' in page  # the institution's own words
    assert "99,000,000" in page


def test_pilot_page_escapes_what_people_wrote(client):
    by = factories.budget_officer()
    pilot = factories.inspected(by=by, accepted=1, refused=2)
    evil = "<img src=x onerror=alert(1)>"
    trial.record_measures(pilot=pilot, by=by, measures=[{**factories.MEASURES[0], "found": evil}])
    trial.conclude(pilot=pilot, by=by, verdict="success", summary=f"{evil} {{{{ 7|add:7 }}}}")

    page = text(client.get(pilot.get_absolute_url()))

    assert "<img src=x" not in page and "&lt;img src=x" in page


def test_pilot_page_costs_as_many_queries_for_three_rows_as_for_one(client):
    by = factories.budget_officer()
    pilot = factories.inspected(by=by)
    sign_in(client, factories.editor_of(pilot.institution))
    trial.record_measures(pilot=pilot, by=by, measures=factories.MEASURES[:1])
    one = queries(client, pilot.get_absolute_url())

    trial.record_measures(pilot=pilot, by=by, measures=[*factories.MEASURES, factories.MEASURES[0]])

    assert queries(client, pilot.get_absolute_url()) == one


def test_pilot_that_does_not_exist_is_not_found(client):
    assert client.get("/pilots/T26PL99999999/").status_code == 404


def test_pilot_page_offers_the_next_step_to_the_institution_and_to_nobody_else(client):
    pilot = factories.contracted()
    address = reverse("pilots:inspection", args=[pilot.number])

    assert address not in text(client.get(pilot.get_absolute_url()))
    for user, offered in (
        (factories.editor_of(pilot.institution), True),
        (factories.viewer_of(pilot.institution), False),
        (factories.editor_of(institution()), False),
        (factories.editor_of(pilot.product.supplier), False),
    ):
        sign_in(client, user)
        assert (address in text(client.get(pilot.get_absolute_url()))) is offered


def test_pilot_page_leads_budget_staff_to_their_console(client):
    pilot = factories.contracted()
    sign_in(client, factories.budget_officer())

    assert reverse("admin:pilots_pilot_change", args=[pilot.pk]) in text(client.get(pilot.get_absolute_url()))
    answer = client.get(reverse("pilots:inspection", args=[pilot.number]))
    assert answer.status_code == 302
    assert answer.url == reverse("admin:pilots_pilot_inspection", args=[pilot.pk])


# ── what the institution records, by hand ──


def test_institution_records_inspection_measures_and_verdict_in_the_browser(client):
    pilot = factories.contracted()
    sign_in(client, factories.editor_of(pilot.institution))
    number = [pilot.number]

    form = client.get(reverse("pilots:inspection", args=number))
    assert form.status_code == 200
    assert form["Cache-Control"] == "private, no-store"
    day = today().isoformat()
    inspection = {"delivered_on": day, "inspected_on": day, "accepted": "2", "refused": "1", "reason": "고장"}
    answer = client.post(reverse("pilots:inspection", args=number), inspection)
    assert (answer.status_code, answer.url) == (302, pilot.get_absolute_url())

    answer = client.post(reverse("pilots:measures", args=number), rows_of(factories.MEASURES))
    assert answer.status_code == 302
    again = client.get(reverse("pilots:measures", args=number))
    assert "모의 누수 100곳" in text(again)

    assert "97%" in text(client.get(reverse("pilots:verdict", args=number)))
    answer = client.post(reverse("pilots:verdict", args=number), {"verdict": "success", "summary": "잘 된다"})
    assert answer.status_code == 302
    assert factories.fresh(pilot).state == "concluded"


def test_inspection_form_shows_the_refusal_at_its_field_and_keeps_what_was_typed(client):
    pilot = factories.contracted()
    sign_in(client, factories.editor_of(pilot.institution))
    day = today()
    typed = {
        "delivered_on": day.isoformat(),
        "inspected_on": (day + timedelta(days=1)).isoformat(),
        "accepted": "2",
        "refused": "1",
        "reason": "한 대가 켜지지 않는다",
    }

    answer = client.post(reverse("pilots:inspection", args=[pilot.number]), typed)

    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == ["inspected_on"]
    assert "한 대가 켜지지 않는다" in text(answer)
    assert factories.fresh(pilot).state == "contracted"


def test_measures_form_asks_for_what_is_missing_in_a_row_that_was_begun(client):
    pilot = factories.inspected()
    sign_in(client, factories.editor_of(pilot.institution))
    data = rows_of(factories.MEASURES)
    del data["reached_2"]
    data["found_1"] = ""

    answer = client.post(reverse("pilots:measures", args=[pilot.number]), data)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"found_1", "reached_2"}
    assert "하루 1건 이하" in text(answer)


def test_measures_form_gives_one_more_place_and_keeps_what_was_typed(client):
    pilot = factories.inspected()
    sign_in(client, factories.editor_of(pilot.institution))

    answer = client.post(
        reverse("pilots:measures", args=[pilot.number]), {**rows_of(factories.MEASURES), "more": "1"}
    )

    assert answer.status_code == 200
    assert 'name="name_4"' in text(answer) and "하루 1건 이하" in text(answer)
    assert not pilot.measures.exists()


@pytest.mark.parametrize("places", ["", "²", "-1", "9" * 5000, "x"])
def test_measures_form_with_a_forged_number_of_places_has_its_usual_ones(client, places):
    pilot = factories.inspected()
    sign_in(client, factories.editor_of(pilot.institution))

    answer = client.post(reverse("pilots:measures", args=[pilot.number]), {"places": places, "more": "1"})

    assert answer.status_code == 200
    assert MeasuresForm.FEWEST <= answer.context["form"].places <= MeasuresForm.MOST


def test_step_that_is_not_due_is_explained_on_a_page(client):
    pilot = factories.matched()
    sign_in(client, factories.editor_of(pilot.institution))

    answer = client.get(f"/en/pilots/{pilot.number}/verdict/")

    assert answer.status_code == 409
    assert "matched" in text(answer)


# ── money as people type it ──


@pytest.mark.parametrize(
    ("typed", "won"),
    [
        ("99,000,000", 99_000_000),
        ("99000000원", 99_000_000),
        (" KRW 1,234 ", 1_234),
        ("₩5", 5),
        ("1 000", 1_000),
        ("1_000 won", 1_000),
    ],
)
def test_won_field_reads_money_as_people_write_it(typed, won):
    assert WonField().clean(typed) == won


@pytest.mark.parametrize("typed", ["", "0", "-5", "1.5", "만원", "1e9", "9" * 20, "٣,٠٠٠원x"])
def test_won_field_refuses_what_is_no_whole_won(typed):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        WonField().clean(typed)


def test_won_field_shows_its_initial_value_with_commas():
    assert WonField().prepare_value(99_000_000) == "99,000,000"
    assert WonField().prepare_value("구천만") == "구천만"


# ── the numbers behind the bar ──


@pytest.mark.parametrize("parts", [(0, 0, 0), (1, 1, 1), (333, 333, 333), (1_000, 0, 0), (0, 0, 1_000)])
def test_shares_of_the_bar_fill_it_without_gap_or_overlap(parts):
    from pilots.models import BudgetLine
    from pilots.reads import YearBudget

    paid, committed, reserved = parts
    line = BudgetLine(year=2026, appropriated=1_000, paid=paid, committed=committed, reserved=reserved)
    shares = YearBudget(2026, [line]).shares()

    assert sum(share.width for share in shares) == 1_000
    assert all(after.x == before.x + before.width for before, after in pairwise(shares))
    assert sum(share.amount for share in shares) == 1_000
    assert sum(share.percent for share in shares) == 100


def test_used_percent_is_not_hundred_while_a_won_is_free():
    from pilots.models import BudgetLine
    from pilots.reads import used_percent

    assert used_percent(BudgetLine(appropriated=1_000, paid=999)) == 99
    assert used_percent(BudgetLine(appropriated=1_000, paid=1_000)) == 100
    assert used_percent(BudgetLine(appropriated=0)) == 0
