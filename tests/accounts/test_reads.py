"""Whom a number names: never who was refused under it."""

import pytest

from innomarket.accounts import reads
from innomarket.accounts.models import Organisation
from innomarket.common.clock import now

from . import factories

pytestmark = pytest.mark.django_db


def refused_twin(of: Organisation) -> Organisation:
    """Somebody who claimed the same numbers before, and was refused."""
    code, number = of.institution_code, of.business_number
    make = factories.institution if code else factories.company
    return make(
        name_ko="가가가",
        state="refused",
        refused_reason="not theirs",
        decided_at=now(),
        **({"institution_code": code} if code else {"business_number": number}),
    )


@pytest.mark.parametrize("make", ["institution", "company"])
def test_number_never_names_who_was_refused_under_it(make):
    rightful = getattr(factories, make)()
    twin = refused_twin(rightful)
    number = rightful.institution_code or rightful.business_number
    assert twin.name_ko < rightful.name_ko, "it would come first by name"
    assert reads.organisation_with_number(f" {number[:3]}-{number[3:]} ") == rightful


@pytest.mark.parametrize("odd", ["", " ", "abc", "\x00", "１２３", "9" * 400])
def test_odd_number_names_nobody(odd):
    assert reads.organisation_with_number(odd) is None


def test_pending_institution_owns_no_lot_yet():
    pending = factories.institution(state="pending", decided_at=None)
    assert reads.organisation_with_number(pending.institution_code) == pending
    assert reads.verified_institution(pending.institution_code) is None


def test_company_is_no_institution():
    firm = factories.company()
    assert reads.verified_institution(firm.business_number) is None
