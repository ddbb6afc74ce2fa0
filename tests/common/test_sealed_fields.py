"""A sealed amount: a number to the code, sealed digits in the table, and no nonsense by plain SQL."""

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from challenges.models import Challenge
from designation.models import Proposal
from innomarket.common.clock import now
from innomarket.common.sealed_fields import MARK
from innomarket.documents.sealed_rows import seal_rows
from tests.submissions import factories

pytestmark = pytest.mark.django_db


def stored(model, pk, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {model._meta.db_table} WHERE submission_id = %s", [pk])
        return cursor.fetchone()[0]


def spell(model, pk, column, text):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET {column} = %s WHERE submission_id = %s", [text, pk]
        )


@pytest.fixture
def proposal():
    return Proposal.objects.get(pk=factories.submission(call=factories.open_call("proposal")).pk)


@pytest.mark.parametrize("amount", [10_000_007, 80_000_000, 9_000_000_000_000_000_000])
def test_amount_is_sealed_in_the_table_and_a_number_to_the_code(proposal, amount):
    proposal.unit_price_won = amount
    proposal.save(update_fields=["unit_price_won"])
    assert Proposal.objects.get(pk=proposal.pk).unit_price_won == amount
    assert Proposal.objects.values_list("unit_price_won", flat=True).get(pk=proposal.pk) == amount
    kept = stored(Proposal, proposal.pk, "unit_price_won")
    assert kept.startswith(MARK) and str(amount) not in kept


def test_amount_that_was_not_given_is_nothing(proposal):
    proposal.unit_price_won = None
    proposal.save(update_fields=["unit_price_won"])
    assert Proposal.objects.get(pk=proposal.pk).unit_price_won is None
    assert stored(Proposal, proposal.pk, "unit_price_won") is None


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "", "about five", " 7"])
def test_plain_sql_writes_no_amount_that_cannot_be(proposal, text):
    with pytest.raises(IntegrityError, match="proposal_price_is_positive"):
        spell(Proposal, proposal.pk, "unit_price_won", text)


def test_amount_is_not_computed_by_the_database(proposal):
    proposal.unit_price_won = F("unit_price_won") + 1
    with pytest.raises(FieldError):
        proposal.save(update_fields=["unit_price_won"])


def test_amount_from_before_the_sealing_is_read_and_then_sealed(proposal):
    spell(Proposal, proposal.pk, "unit_price_won", "44000000")
    assert Proposal.objects.get(pk=proposal.pk).unit_price_won == 44_000_000
    assert seal_rows(Proposal) == 1 and seal_rows(Proposal) == 0
    assert stored(Proposal, proposal.pk, "unit_price_won").startswith(MARK)
    assert Proposal.objects.get(pk=proposal.pk).unit_price_won == 44_000_000


def test_budget_of_a_public_task_is_written_plain():
    task = Challenge.objects.get(pk=factories.submission().pk)
    assert stored(Challenge, task.pk, "budget_won").startswith(MARK)
    task.published_at = now()
    task.save()
    assert stored(Challenge, task.pk, "budget_won") == str(task.budget_won)


@pytest.mark.parametrize("given", [0, -5])
def test_amount_that_is_not_above_nothing_is_refused_at_its_field(proposal, given):
    proposal.unit_price_won = given
    with pytest.raises(ValidationError) as refused:
        proposal.full_clean()
    assert "unit_price_won" in refused.value.message_dict
