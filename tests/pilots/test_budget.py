"""The budget line and its ledger: what is booked, what is refused, and in which words."""

import pytest
from django.utils.translation import override

from innomarket.audit.models import Entry
from innomarket.common.clock import kst, moved_to
from innomarket.common.refusals import Refused
from pilots.models import BudgetLine, LedgerEntry
from pilots.services import budget
from pilots.services import pilot as pilots
from tests.accounts.factories import institution, person, staff

from . import factories

pytestmark = pytest.mark.django_db


def test_open_budget_line_appropriates_its_amount_and_says_why():
    by = factories.budget_officer()
    line = factories.line(3_300_000_000, by=by)

    assert (line.appropriated, line.reserved, line.committed, line.paid) == (3_300_000_000, 0, 0, 0)
    assert line.free == 3_300_000_000
    entry = LedgerEntry.objects.get()
    assert (entry.kind, entry.amount, entry.by, entry.reason) == ("appropriate", 3_300_000_000, by, "첫 배정")
    assert Entry.objects.get(verb="pilots.open_line").actor == by


def test_open_budget_line_with_a_code_of_the_same_year_is_refused_at_the_code():
    factories.line(1_000, code="demand", year=2026)

    with pytest.raises(Refused) as refused:
        factories.line(1_000, code="demand", year=2026)

    assert refused.value.field == "code"
    assert BudgetLine.objects.count() == 1
    factories.line(1_000, code="demand", year=2027)
    assert BudgetLine.objects.count() == 2


@pytest.mark.parametrize(("change", "field"), [({"amount": 0}, "amount"), ({"name_en": " "}, "name_en")])
def test_open_budget_line_with_bad_input_is_refused_at_its_field(change, field):
    with pytest.raises(Refused) as refused:
        factories.line(**change)

    assert refused.value.field == field
    assert not BudgetLine.objects.exists()


def test_appropriate_adds_to_what_is_free():
    by = factories.budget_officer()
    line = budget.appropriate(line=factories.line(1_000), by=by, amount=500, reason="추가경정")

    assert line.free == 1_500
    assert list(LedgerEntry.objects.values_list("kind", "amount")) == [
        ("appropriate", 1_000),
        ("appropriate", 500),
    ]


def test_withdraw_takes_free_money_to_the_last_won():
    by = factories.budget_officer()
    pilot = factories.matched(amount=300, line=factories.line(1_000))

    line = budget.withdraw(line=pilot.line, by=by, amount=700, reason="감액")

    assert (line.appropriated, line.free, line.reserved) == (300, 0, 300)


def test_withdraw_below_what_is_free_is_refused_with_the_limit_in_won():
    pilot = factories.matched(amount=300_000_000, line=factories.line(1_000_000_000))

    with override("ko"), pytest.raises(Refused) as refused:
        budget.withdraw(line=pilot.line, by=factories.budget_officer(), amount=700_000_001, reason="감액")

    assert refused.value.field == "amount"
    assert "700,000,000원 (7억 원)" in str(refused.value)
    pilot.line.refresh_from_db()
    assert pilot.line.appropriated == 1_000_000_000


@pytest.mark.parametrize("verb", [budget.appropriate, budget.withdraw])
def test_budget_without_a_reason_is_refused_at_the_reason(verb):
    with pytest.raises(Refused) as refused:
        verb(line=factories.line(), by=factories.budget_officer(), amount=1, reason="  ")

    assert refused.value.field == "reason"


@pytest.mark.parametrize("desk", [None, "run_rounds", "keep_catalogue"])
def test_budget_is_kept_only_by_budget_staff(desk):
    line = factories.line()
    somebody = staff(desk) if desk else person()

    for verb in (budget.appropriate, budget.withdraw):
        with pytest.raises(Refused) as refused:
            verb(line=line, by=somebody, amount=1, reason="왜")
        assert refused.value.status == 403
    with pytest.raises(Refused):
        factories.line(by=somebody)
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("free", "asked", "named"),
    [
        (300_000_000, 400_000_000, "300,000,000원 (3억 원)"),  # what is free is the tightest
        (3_300_000_000, 500_000_001, "500,000,000원 (5억 원)"),  # the limit for one pilot is
        (600_000_000, 700_000_000, "500,000,000원 (5억 원)"),  # both are passed: the tighter one
        (123_456_789, 123_456_790, "123,456,789원"),  # no 억 where it would be no shorter
    ],
)
def test_match_over_several_limits_names_the_tightest(free, asked, named):
    line = factories.line(free)

    with override("ko"), pytest.raises(Refused) as refused:
        factories.matched(amount=asked, line=line)

    assert refused.value.field == "amount_won"
    assert named in str(refused.value)
    line.refresh_from_db()
    assert (line.reserved, LedgerEntry.objects.filter(line=line).count()) == (0, 1)


def test_match_over_the_budget_is_explained_in_english_too():
    with override("en"), pytest.raises(Refused) as refused:
        factories.matched(amount=400_000_000, line=factories.line(300_000_000, name_en="Demand-driven"))

    assert "KRW 300,000,000 (KRW 300 million)" in str(refused.value)
    assert "Demand-driven" in str(refused.value)


def test_match_in_2019_holds_to_the_limit_of_that_year():
    with moved_to(kst(2019, 6, 3, 10)):
        line = factories.line(2_400_000_000, year=2019)
        product = factories.designated_product(supplier=None)
        with pytest.raises(Refused) as refused:
            factories.matched(product=product, amount=300_000_001, line=line)
        assert refused.value.code == "over_pilot_limit"
        assert factories.matched(product=product, amount=300_000_000, line=line).reserved_won == 300_000_000


def test_match_over_the_number_of_institutions_is_refused_whatever_the_amount():
    by, product, line = factories.budget_officer(), factories.designated_product(), factories.line()
    factories.matched(product=product, line=line, by=by, amount=1_000)
    for _ in range(4):
        pilots.match(
            product=product, institution=institution(), line=line, quantity=1, amount_won=1_000, by=by
        )

    with pytest.raises(Refused) as refused:
        pilots.match(product=product, institution=institution(), line=line, quantity=1, amount_won=1, by=by)

    assert (refused.value.code, refused.value.field) == ("institutions_full", "institution")
    assert "5" in str(refused.value)


@pytest.mark.parametrize("amount", [0, -1, 10**16, 10**30])
def test_match_with_an_impossible_amount_is_refused_at_the_amount(amount):
    with pytest.raises(Refused) as refused:
        factories.matched(amount=amount)

    assert refused.value.field == "amount_won"
