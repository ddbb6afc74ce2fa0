"""The columns that became sealed ones, and the way back: what stood there is kept, what is sealed is never lost."""

from datetime import date

import pytest
from django.db import DataError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import JSONField

from challenges.models import Challenge
from designation.models import Proposal
from innomarket.common import sealed_fields
from innomarket.common.sealed_fields import MARK
from tests.accounts.factories import institution
from tests.submissions import factories

BEFORE = [("designation", "0005_sealed_price"), ("challenges", "0003_sealed_budget")]


def migrate(targets):
    MigrationExecutor(connection).migrate(targets)


def latest():
    return [key for key in MigrationExecutor(connection).loader.graph.leaf_nodes() if key[0] in dict(BEFORE)]


def cells(table, *columns):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")
        return cursor.fetchone()


@pytest.fixture
def rows(fresh_database):
    proposal = factories.submission(call=factories.open_call("proposal"))
    task = factories.submission(call=factories.open_call("challenge_task"), organisation=institution())
    return Proposal.objects.get(pk=proposal.pk), Challenge.objects.get(pk=task.pk)


FIGURES = ("designation_proposal", "trl", "trial_months", "delivery_days")
PLAN = ("challenges_challenge", "wanted_from", "wanted_until", "sdgs")


def test_way_there_and_back_keeps_what_was_not_sealed(rows, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(sealed_fields._Sealed, "seal", lambda field, text: text)
        before.setattr(sealed_fields.SealedJSONField, "get_db_prep_save", JSONField.get_db_prep_save)
        for row in rows:
            row.save()
    after = latest()
    migrate(BEFORE)
    assert cells(*FIGURES) == (8, 6, 60)
    assert cells(*PLAN) == (date(2027, 4, 1), date(2027, 9, 30), [6, 11])
    migrate(after)
    assert cells(*FIGURES) == ("8", "6", "60")
    assert cells(*PLAN)[:2] == ("2027-04-01", "2027-09-30")
    proposal, task = (type(row).objects.get(pk=row.pk) for row in rows)
    assert (proposal.trl, proposal.trial_months, proposal.delivery_days) == (8, 6, 60)
    assert (task.wanted_from, task.wanted_until, task.sdgs) == (
        date(2027, 4, 1),
        date(2027, 9, 30),
        [6, 11],
    )


@pytest.mark.parametrize("target", BEFORE, ids=[name for name, _migration in BEFORE])
def test_way_back_stops_at_what_is_sealed_and_changes_nothing(rows, target):
    table, *columns = {"designation": FIGURES, "challenges": PLAN}[target[0]]
    kept = cells(table, *columns)
    assert all(str(cell).startswith((MARK, f'"{MARK}')) for cell in kept)
    with pytest.raises(DataError):
        migrate([target])
    assert cells(table, *columns) == kept
