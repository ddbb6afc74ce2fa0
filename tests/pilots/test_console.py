"""The budget desk by hand: each step of the console, from an opened line to the payment."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from innomarket.common.clock import today
from pilots.models import BudgetLine, Pilot

from . import factories
from .test_pages import rows_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_second_factor_used")]


@pytest.fixture
def _second_factor_used(monkeypatch):
    monkeypatch.setattr(
        "innomarket.accounts.middleware.SecondFactorMiddleware.lead", lambda self, request: None
    )


@pytest.fixture
def desk(client):
    client.force_login(factories.budget_officer())
    return client


def step(client, model, name, pk, data):
    return client.post(reverse(f"admin:pilots_{model}_{name}", args=[pk]), data)


def test_desk_leads_a_product_from_the_budget_to_the_payment(desk):
    product = factories.designated_product()
    owner = product.designation.submission.lot.owner
    year = today().year

    answer = desk.post(
        reverse("admin:pilots_budgetline_open"),
        {
            "year": year,
            "code": "demand",
            "name_ko": "수요",
            "name_en": "Demand",
            "amount": "1,000,000,000",
            "reason": "배정",
        },
    )
    line = BudgetLine.objects.get()
    assert answer.url == reverse("admin:pilots_budgetline_change", args=[line.pk])

    console = desk.get(answer.url)
    link = f"{reverse('admin:pilots_budgetline_match', args=[line.pk])}?product={product.number}"
    assert link in text(console)
    offered = desk.get(link).context["form"].initial
    assert (offered["product"], offered["institution"]) == (product.number, owner.institution_code)

    match = {
        "product": product.number,
        "institution": owner.institution_code,
        "quantity": "3",
        "amount_won": "99,000,000",
    }
    answer = step(desk, "budgetline", "match", line.pk, match)
    pilot = Pilot.objects.get()
    assert answer.url == reverse("admin:pilots_pilot_change", args=[pilot.pk])
    assert desk.get(answer.url).status_code == 200

    day = today().isoformat()
    for name, data, state in (
        ("commit", {"amount_won": "99,000,000원"}, "committed"),
        (
            "contract",
            {
                "supply_won": "80,000,000",
                "vat_won": "8,000,000",
                "quantity": "3",
                "signed_on": day,
                "due_on": day,
            },
            "contracted",
        ),
        ("release", {"reason": "계약 잔액"}, "contracted"),
        (
            "inspection",
            {"delivered_on": day, "inspected_on": day, "accepted": "3", "refused": "0"},
            "inspected",
        ),
        ("measures", rows_of(factories.MEASURES), "inspected"),
        ("conclude", {"verdict": "success", "summary": "잘 된다"}, "concluded"),
        ("pay", {"amount_won": "88,000,000"}, "concluded"),
    ):
        answer = step(desk, "pilot", name, pilot.pk, data)
        assert answer.status_code == 302, (name, text(answer))
        pilot.refresh_from_db()
        assert pilot.state == state
        assert desk.get(answer.url).status_code == 200
    line.refresh_from_db()
    assert (line.paid, line.committed, line.reserved, line.free) == (88_000_000, 0, 0, 912_000_000)


def test_desk_shows_the_refusal_at_the_amount_and_keeps_it(desk):
    pilot = factories.matched(amount=99_000_000)

    answer = step(desk, "pilot", "commit", pilot.pk, {"amount_won": "99,000,001"})

    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == ["amount_won"]
    assert "99,000,001" in text(answer) and "99,000,000원" in text(answer)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"product": "T00PD1"}, "product"),
        ({"institution": "0000000"}, "institution"),
        ({"amount_won": "천만"}, "amount_won"),
    ],
)
def test_desk_asks_again_for_a_number_that_does_not_exist(desk, change, field):
    product, line = factories.designated_product(), factories.line()
    owner = product.designation.submission.lot.owner
    data = {
        "product": product.number,
        "institution": owner.institution_code,
        "quantity": "1",
        "amount_won": "5",
    }

    answer = step(desk, "budgetline", "match", line.pk, {**data, **change})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_desk_cancels_with_a_reason(desk):
    pilot = factories.committed()

    assert step(desk, "pilot", "cancel", pilot.pk, {"reason": ""}).status_code == 422
    assert step(desk, "pilot", "cancel", pilot.pk, {"reason": "가" * 301}).status_code == 422
    assert step(desk, "pilot", "cancel", pilot.pk, {"reason": "가" * 300}).status_code == 302
    assert factories.fresh(pilot).state == "cancelled"


def test_desk_adds_to_a_line_and_takes_from_it(desk):
    line = factories.line(1_000)

    step(desk, "budgetline", "appropriate", line.pk, {"amount": "500", "reason": "추경"})
    step(desk, "budgetline", "withdraw", line.pk, {"amount": "200", "reason": "감액"})

    line.refresh_from_db()
    assert line.appropriated == 1_300


@pytest.mark.parametrize("make", ["matched", "committed", "contracted", "inspected", "concluded"])
def test_desk_page_of_each_state_lists_what_is_possible_and_what_is_not(desk, make):
    by = factories.budget_officer()
    pilot = getattr(factories, make)(by=by)

    page = desk.get(reverse("admin:pilots_pilot_change", args=[pilot.pk]))

    possible = [permit["label"] for permit in page.context["permits"]]
    assert len(possible) + len(page.context["locked"]) == 9
    assert possible


def test_desk_lists_cost_as_many_queries_for_three_as_for_one(desk):
    def cost(address):
        desk.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        return len(captured)

    by = factories.budget_officer()
    line = factories.line(by=by)
    pilot = factories.matched(by=by, line=line)
    factories.designated_product()
    addresses = [
        reverse("admin:pilots_budgetline_changelist"),
        reverse("admin:pilots_budgetline_change", args=[line.pk]),
        reverse("admin:pilots_pilot_changelist"),
        reverse("admin:pilots_pilot_change", args=[pilot.pk]),
    ]
    one = {address: cost(address) for address in addresses}

    for _ in range(2):
        factories.line(by=by)
        factories.matched(by=by, line=line)
        factories.designated_product()

    assert {address: cost(address) for address in addresses} == one
