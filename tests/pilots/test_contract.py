"""The contract: within the commitment, the VAT of the rule, days in order."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.timeline.models import Milestone
from pilots.models import Contract
from pilots.services.contract import vat_of

from . import factories

pytestmark = pytest.mark.django_db


def test_contract_gets_its_number_and_its_milestone():
    by = factories.budget_officer()
    pilot = factories.committed(by=by)

    signed = factories.sign(pilot, by)

    assert signed.number[3:5] == "CN"
    assert signed.amount_won == 99_000_000
    assert factories.fresh(pilot).state == "contracted"
    assert Milestone.objects.filter(story=pilot.story, kind="pilots.contracted").count() == 1


def test_contract_of_exactly_the_commitment_is_signed_and_one_won_more_is_refused():
    by = factories.budget_officer()
    exact = factories.committed(by=by, amount=99_000_000)
    assert factories.sign(exact, by, supply=90_000_000).amount_won == 99_000_000

    pilot = factories.committed(by=by, amount=99_000_000)
    with override("ko"), pytest.raises(Refused) as refused:
        factories.sign(pilot, by, supply=90_000_001, vat_won=9_000_000)

    assert (refused.value.code, refused.value.field) == ("over_commitment", "supply_won")
    assert "99,000,001원" in str(refused.value) and "99,000,000원 (9,900만 원)" in str(refused.value)
    assert not Contract.objects.filter(pilot=pilot).exists()


@pytest.mark.parametrize(("supply", "vat"), [(90_000_000, 9_000_000), (99, 9), (10, 1), (9, 0), (1, 0)])
def test_vat_is_ten_percent_without_fractions_of_a_won(supply, vat):
    assert vat_of(supply, 10) == vat


@pytest.mark.parametrize("vat", [0, 8_999_999, 9_000_001, -1])
def test_contract_with_another_vat_is_refused_and_says_what_it_would_be(vat):
    by = factories.budget_officer()
    pilot = factories.committed(by=by)

    with override("ko"), pytest.raises(Refused) as refused:
        factories.sign(pilot, by, vat_won=vat)

    assert (refused.value.code, refused.value.field) == ("vat", "vat_won")
    assert "9,000,000원" in str(refused.value) and "10" in str(refused.value)


@pytest.mark.parametrize("quantity", [0, 4])
def test_contract_for_another_quantity_than_was_matched_is_refused(quantity):
    by = factories.budget_officer()

    with pytest.raises(Refused) as refused:
        factories.sign(factories.committed(by=by), by, quantity=quantity)

    assert refused.value.field == "quantity"


@pytest.mark.parametrize(
    ("days", "field"),
    [({"signed_on": 1}, "signed_on"), ({"signed_on": -1}, "signed_on"), ({"due_on": -1}, "due_on")],
    ids=["signed tomorrow", "signed before the commitment", "due before signed"],
)
def test_contract_with_days_out_of_order_is_refused_at_the_day(days, field):
    by = factories.budget_officer()
    days = {name: today() + timedelta(days=offset) for name, offset in days.items()}

    with pytest.raises(Refused) as refused:
        factories.sign(factories.committed(by=by), by, **days)

    assert refused.value.field == field


def test_contract_before_the_commitment_or_twice_is_refused():
    by = factories.budget_officer()

    for pilot in (factories.matched(by=by), factories.contracted(by=by)):
        with pytest.raises(Refused) as refused:
            factories.sign(pilot, by)
        assert refused.value.code == "contract_not_now"
