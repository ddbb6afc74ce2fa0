"""What the database itself refuses, whoever writes: plain SQL against the constraints and triggers."""

import pytest
from django.db import DatabaseError, connection, transaction

from pilots.models import LedgerEntry
from pilots.services import trial

from . import factories

pytestmark = pytest.mark.django_db


def refused(query, *values):
    """Run it in a savepoint; the name or words of what stopped it."""
    with pytest.raises(DatabaseError) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, values)
    return str(stopped.value)


def run(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)


@pytest.mark.parametrize("column", ["appropriated", "reserved", "committed", "paid"])
def test_line_with_a_negative_total_is_refused(column):
    line = factories.line(1_000)

    assert "budget_is_never" in refused(f"UPDATE pilots_budgetline SET {column} = -1 WHERE id = %s", line.pk)


@pytest.mark.parametrize("column", ["reserved", "committed", "paid"])
def test_line_that_is_spent_over_is_refused(column):
    line = factories.line(1_000)

    text = refused(f"UPDATE pilots_budgetline SET {column} = 1001 WHERE id = %s", line.pk)
    assert "budget_is_never_overspent" in text
    run(f"UPDATE pilots_budgetline SET {column} = 1000 WHERE id = %s", line.pk)


def test_appropriation_below_what_is_bound_is_refused():
    pilot = factories.matched(amount=600, line=factories.line(1_000))

    text = refused("UPDATE pilots_budgetline SET appropriated = 599 WHERE id = %s", pilot.line_id)
    assert "budget_is_never_overspent" in text


def test_ledger_entry_that_is_changed_or_deleted_is_refused():
    entry = LedgerEntry.objects.filter(line=factories.line(1_000)).get()

    refused("UPDATE pilots_ledgerentry SET amount = 1 WHERE id = %s", entry.pk)
    refused("DELETE FROM pilots_ledgerentry WHERE id = %s", entry.pk)
    assert LedgerEntry.objects.get(pk=entry.pk).amount == 1_000


@pytest.mark.parametrize(
    ("kind", "amount", "from_committed", "with_pilot", "name"),
    [
        ("appropriate", 0, False, False, "ledger_amount_is_positive"),
        ("appropriate", -5, False, False, "ledger_amount_is_positive"),
        ("reserve", 5, False, False, "ledger_money_has_its_pilot"),
        ("gift", 5, False, True, "ledger_kind_is_known"),
        ("commit", 5, True, True, "ledger_only_a_release_is_out_of_committed"),
        ("pay", 5, False, True, "nothing was accepted"),
    ],
)
def test_ledger_entry_that_cannot_be_is_refused(kind, amount, from_committed, with_pilot, name):
    by = factories.budget_officer()
    pilot = factories.contracted(by=by)

    text = refused(
        "INSERT INTO pilots_ledgerentry (line_id, kind, amount, from_committed, pilot_id, reason, by_id)"
        " VALUES (%s, %s, %s, %s, %s, '', %s)",
        pilot.line_id,
        kind,
        amount,
        from_committed,
        pilot.pk if with_pilot else None,
        by.pk,
    )
    assert name in text


def test_ledger_entry_of_a_pilot_of_another_line_is_refused():
    by = factories.budget_officer()
    pilot, other = factories.matched(by=by), factories.line(by=by)

    text = refused(
        "INSERT INTO pilots_ledgerentry (line_id, kind, amount, from_committed, pilot_id, reason, by_id)"
        " VALUES (%s, 'reserve', 1, false, %s, '', %s)",
        other.pk,
        pilot.pk,
        by.pk,
    )
    assert "another line" in text


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("committed_won = reserved_won + 1", "pilot_commits_what_is_reserved"),
        ("paid_won = -1", "pilot_pays_what_is_committed"),
        ("committed_released_won = committed_won + 1", "pilot_pays_what_is_committed"),
        ("reserved_released_won = 1", "pilot_releases_what_is_reserved"),
        ("reserved_won = 0", "pilot_"),
        ("quantity = 0", "pilot_quantity_is_positive"),
        ("committed_won = NULL", "pilot_committed_has_its_amount"),
        ("state = 'cancelled'", "pilot_cancelled_holds_no_money"),
        ("state = 'lost'", "pilot_state_is_known"),
        ("paid_won = 1", "accepted share"),
    ],
)
def test_pilot_whose_amounts_cannot_be_is_refused(change, name):
    pilot = factories.contracted()

    assert name in refused(f"UPDATE pilots_pilot SET {change} WHERE id = %s", pilot.pk)


def test_pilot_that_pays_before_anything_is_committed_is_refused():
    pilot = factories.matched()

    for column in ("paid_won", "committed_released_won"):
        refused(f"UPDATE pilots_pilot SET {column} = 1 WHERE id = %s", pilot.pk)


def test_payment_above_the_accepted_share_is_refused_by_the_database():
    pilot = factories.inspected(accepted=1, refused=2)

    assert "accepted share" in refused("UPDATE pilots_pilot SET paid_won = 33000001 WHERE id = %s", pilot.pk)
    run("UPDATE pilots_pilot SET paid_won = 33000000 WHERE id = %s", pilot.pk)


def test_pilot_of_the_same_product_and_institution_twice_is_refused():
    pilot = factories.matched()

    text = refused(
        "INSERT INTO pilots_pilot (number, product_id, institution_id, line_id, is_proposer, quantity, reserved_won,"
        " paid_won, reserved_released_won, committed_released_won, state)"
        " SELECT 'X', product_id, institution_id, line_id, false, 1, 1, 0, 0, 0, 'matched'"
        " FROM pilots_pilot WHERE id = %s",
        pilot.pk,
    )
    assert "one_pilot_of_a_product_and_institution" in text


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("supply_won = supply_won + 1000000", "contract_within_the_commitment"),
        ("committed_won = committed_won + 1000000", "not what was committed"),
        ("vat_won = -1", "contract_amount_is_positive"),
        ("due_on = signed_on - 1", "contract_dates_in_order"),
        ("quantity = 0", "contract_quantity_is_positive"),
    ],
)
def test_contract_that_cannot_be_is_refused(change, name):
    pilot = factories.contracted()

    assert name in refused(f"UPDATE pilots_contract SET {change} WHERE pilot_id = %s", pilot.pk)


def test_inspection_above_the_contract_is_refused():
    pilot = factories.contracted()
    query = (
        "INSERT INTO pilots_inspection (contract_id, delivered_on, inspected_on, accepted, refused, contracted,"
        " reason, inspected_by_id) SELECT id, signed_on, signed_on, %s, %s, %s, 'why', %s FROM pilots_contract"
        " WHERE pilot_id = %s"
    )
    by = factories.budget_officer().pk

    assert "inspected_within_the_contract" in refused(query, 3, 1, 3, by, pilot.pk)
    assert "not what was contracted" in refused(query, 4, 0, 4, by, pilot.pk)
    assert "inspection_finds_something" in refused(query, 0, 0, 3, by, pilot.pk)


def test_what_was_found_stands_after_the_verdict():
    pilot = factories.concluded()

    for table in ("pilots_testmeasure", "pilots_testresult"):
        refused(f"DELETE FROM {table} WHERE pilot_id = %s", pilot.pk)
    refused("UPDATE pilots_testmeasure SET reached = true WHERE pilot_id = %s", pilot.pk)
    refused("UPDATE pilots_testresult SET verdict = 'failure' WHERE pilot_id = %s", pilot.pk)
    refused("UPDATE pilots_inspection SET accepted = 1")
    refused("DELETE FROM pilots_contract WHERE pilot_id = %s", pilot.pk)
    refused("DELETE FROM pilots_pilot WHERE id = %s", pilot.pk)


def test_measures_before_the_verdict_may_be_replaced():
    by = factories.budget_officer()
    pilot = factories.inspected(by=by)
    trial.record_measures(pilot=pilot, by=by, measures=factories.MEASURES)

    run("DELETE FROM pilots_testmeasure WHERE pilot_id = %s", pilot.pk)
