"""What the database refuses is said in the constraint's own words, at the field that the service names."""

import pytest
from django.db import IntegrityError

from innomarket.accounts.models import Organisation, User
from innomarket.common.constraints import in_words
from innomarket.common.refusals import Refused
from tests.accounts.factories import company, person

pytestmark = pytest.mark.django_db


def test_broken_constraint_is_said_in_its_words_at_the_given_field():
    company(business_number="1234567891")
    fields = {"one_organisation_for_a_business_number": "business_number"}
    with pytest.raises(Refused) as refused, in_words(Organisation, **fields):
        company(business_number="1234567891")
    assert refused.value.code == "one_organisation_for_a_business_number"
    assert refused.value.field == "business_number"
    assert Organisation.objects.count() == 1  # the transaction is still usable


def test_unique_field_is_said_at_itself():
    person(email="a@example.com")
    with pytest.raises(Refused) as refused, in_words(User):
        person(email="a@example.com")
    assert refused.value.field == "email"


def test_constraint_without_words_is_no_refusal():
    with pytest.raises(IntegrityError), in_words(Organisation):
        company(state="pending", decided_at="2026-01-01T00:00Z")


def test_constraint_of_another_model_is_no_refusal():
    person(email="a@example.com")
    with pytest.raises(IntegrityError), in_words(Organisation):
        person(email="a@example.com")
