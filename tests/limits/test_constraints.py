"""What stands, stands for plain SQL too, across all apps; what each app promises alone is tested in the app."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from designation.services.motion import close_vote
from innomarket.audit.models import Entry
from pilots.models import LedgerEntry
from tests.designation import factories as designation
from tests.pilots import factories as pilots


@pytest.fixture(autouse=True)
def _undone(world):
    with translation.override("ko"), transaction.atomic():
        yield
        transaction.set_rollback(True)


def refused(query: str, *values: object) -> str:
    with pytest.raises(DatabaseError) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query, values)
    return str(stopped.value)


# Tables whose rows are never changed and never deleted, each with a column to try. (ballots, ledger, revision: the
# promises of the record; the others are what a published result stands on.)
STANDING = {
    "audit_entry": "reason",
    "submissions_revision": "title",
    "submissions_revisionfile": "name",
    "pilots_ledgerentry": "reason",
    "designation_attendance": "seat_id",
    "designation_ballot": "choice",
    "designation_decision": "adopted",
    "designation_designation": "number",
}


@pytest.fixture
def decided(world):
    """The motion of the world voted on and closed, so that there are ballots and a decision."""
    motion = world.things["motion"]
    designation.cast(motion, "for", "for", "for", "against", "abstain")
    close_vote(motion=motion, by=world.people["committee"])


@pytest.mark.parametrize("table", STANDING)
def test_row_that_stands_is_neither_changed_nor_deleted(decided, table):
    column = STANDING[table]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0, "nothing to try it on"
    assert re.search("annot|stands", refused(f"UPDATE {table} SET {column} = {column}"))
    assert re.search("annot|stands", refused(f"DELETE FROM {table}"))


def test_published_result_is_neither_changed_nor_deleted(world):
    published = "published_at IS NOT NULL"
    assert "stands" in refused(f"UPDATE evaluation_result SET total = 100 WHERE {published}")
    assert "stands" in refused(f"DELETE FROM evaluation_result WHERE {published}")


def test_second_active_round_of_a_lot_is_refused(world):
    text = refused(
        "INSERT INTO evaluation_round (number, lot_id, state, chief_id, pass_mark, least_sheets, trim_from, stage_id)"
        " SELECT 'X-1', lot_id, 'preparing', chief_id, pass_mark, least_sheets, trim_from, stage_id"
        " FROM evaluation_round WHERE id = %s",
        world.things["round"].pk,
    )
    assert "one_active_round_of_a_lot" in text


def test_vote_of_who_holds_no_seat_is_refused(world):
    elsewhere = designation.seats_of(designation.committee())[0]
    text = refused(
        "INSERT INTO designation_ballot (motion_id, seat_id, choice, cast_by_id) VALUES (%s, %s, 'for', %s)",
        world.things["motion"].pk,
        elsewhere.pk,
        elsewhere.holder_id,
    )
    assert "member" in text or "entitled" in text


def test_designation_of_what_was_not_decided_is_refused(world):
    things = world.things
    text = refused(
        "INSERT INTO designation_designation (number, decision_id, submission_id, organisation_id,"
        " product_name_ko, product_name_en, designated_on, valid, type, story_id)"
        " SELECT 'X-2', decision_id, %s, organisation_id, product_name_ko, product_name_en, designated_on,"
        " valid, type, story_id FROM designation_designation WHERE id = %s",
        things["motion"].submission_id,
        things["designation"].pk,
    )
    assert "decision" in text


def test_payment_before_the_inspection_is_refused(world):
    text = refused("UPDATE pilots_pilot SET paid_won = 1 WHERE id = %s", world.things["pilot"].pk)
    assert "pays" in text or "accepted" in text


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE pilots_pilot SET reserved_won = -1", "pilot_"),
        ("UPDATE pilots_pilot SET committed_won = -1", "pilot_"),
        ("UPDATE pilots_budgetline SET paid = -1", "budget_"),
        ("UPDATE pilots_contract SET vat_won = -1", "contract_"),
        ("UPDATE pilots_contract SET supply_won = supply_won * 2", "contract_within_the_commitment"),
        ("UPDATE pilots_contract SET quantity = 0", "contract_"),
        ("UPDATE catalog_product SET price_won = -1", "product_"),
        ("UPDATE designation_proposal SET unit_price_won = -1", "proposal_price"),
        ("UPDATE designation_proposal SET trl = 10", "proposal_trl"),
        ("UPDATE designation_proposal SET trial_months = 13", "proposal_trial"),
        ("UPDATE designation_proposal SET delivery_days = 0", "proposal_delivery"),
        ("UPDATE challenges_challenge SET budget_won = -1", "challenge_"),
        ("UPDATE challenges_challenge SET wanted_from = 'soon'", "challenge_dates"),
        ("UPDATE challenges_challenge SET sdgs = '[18]'", "challenge_goals"),
    ],
)
def test_amount_that_cannot_be_is_refused(world, statement, name):
    assert name in refused(statement)


def test_ledger_entry_without_an_amount_is_refused(world):
    text = refused(
        "INSERT INTO pilots_ledgerentry (line_id, kind, amount, reason, by_id, from_committed)"
        " SELECT line_id, 'appropriate', 0, 'x', by_id, false FROM pilots_ledgerentry LIMIT 1"
    )
    assert "ledger_" in text


def test_every_ledger_total_is_the_sum_of_its_entries(world):
    line = pilots.concluded().line
    line.refresh_from_db()
    sums = {}
    for entry in LedgerEntry.objects.filter(line=line):
        sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount
    assert line.appropriated == sums["appropriate"]
    assert line.reserved + line.committed + line.paid == sums["reserve"] - sums.get("release", 0)


def test_entries_of_the_audit_are_kept_when_what_they_name_goes(world):
    """No foreign key leads from the audit to an object: erasing a draft's file breaks no entry."""
    fields = {field.name for field in Entry._meta.get_fields() if field.is_relation}
    assert fields == {"actor"}
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is Entry
    ]
    assert pointing == []
