"""Sealed numbers, days and lists: values to the code, sealed in the table, and no nonsense by plain SQL."""

from datetime import date

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import translation

from challenges.models import Challenge
from designation.models import Proposal
from innomarket.audit.models import Entry
from innomarket.audit.services import changed
from innomarket.common.clock import now
from innomarket.common.sealed_fields import MARK, is_sealed
from innomarket.documents.sealed_rows import seal_rows
from innomarket.submissions import kinds
from tests.accounts.factories import institution
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


@pytest.fixture
def task():
    return Challenge.objects.get(
        pk=factories.submission(call=factories.open_call("challenge_task"), organisation=institution()).pk
    )


def row_of(request, column):
    return request.getfixturevalue("proposal" if hasattr(Proposal, column) else "task")


VALUES = [
    ("unit_price_won", 10_000_007),
    ("unit_price_won", 9_000_000_000_000_000_000),
    ("trl", 9),
    ("trial_months", 12),
    ("delivery_days", 31_741),
    ("budget_won", 80_000_000),
    ("wanted_from", date(2031, 7, 19)),
    ("wanted_until", date(2031, 7, 19)),
    ("sdgs", [13, 17]),
    ("sdgs", []),
]
NUMBERS = ("unit_price_won", "trl", "trial_months", "delivery_days")
PLAN = ("budget_won", "wanted_from", "wanted_until", "sdgs")


@pytest.mark.parametrize("kind", ["proposal", "challenge_task"])
def test_every_answer_of_a_kind_lies_sealed(kind):
    """Whatever a step of the form asks for: a new question cannot be forgotten."""
    model = {"proposal": Proposal, "challenge_task": Challenge}[kind]
    asked = {name for step in kinds.get(kind).steps for name in step.form._meta.fields}
    asked |= {field.name for field in model._meta.concrete_fields if field.editable} - {"submission"}
    assert asked and [name for name in asked if not is_sealed(model._meta.get_field(name))] == []


@pytest.mark.parametrize(("column", "value"), VALUES)
def test_value_is_sealed_in_the_table_and_itself_to_the_code(request, column, value):
    row = row_of(request, column)
    if column == "wanted_until":
        row.wanted_from = None
    setattr(row, column, value)
    row.save()
    model = type(row)
    assert getattr(model.objects.get(pk=row.pk), column) == value
    assert model.objects.values_list(column, flat=True).get(pk=row.pk) == value
    kept = stored(model, row.pk, column)
    assert kept.removeprefix('"').startswith(MARK)


@pytest.mark.parametrize("column", [*NUMBERS, "budget_won", "wanted_from", "wanted_until"])
def test_value_that_was_not_given_is_nothing(request, column):
    row = row_of(request, column)
    setattr(row, column, None)
    row.save(update_fields=[column])
    assert getattr(type(row).objects.get(pk=row.pk), column) is None
    assert stored(type(row), row.pk, column) is None


@pytest.mark.parametrize(
    ("column", "short", "long"), [("trial_months", 6, 12), ("unit_price_won", 1, 10**12)]
)
def test_length_of_what_is_sealed_does_not_tell_a_number(proposal, column, short, long):
    lengths = set()
    for number in (short, long):
        setattr(proposal, column, number)
        proposal.save(update_fields=[column])
        lengths.add(len(stored(Proposal, proposal.pk, column)))
    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("column", "constraint", "texts"),
    [
        ("unit_price_won", "proposal_price_is_positive", ["0", "-1", "1.5", "", "about five", " 7"]),
        ("trl", "proposal_trl_1_to_9", ["0", "-1", "10", "", "seven", " 7"]),
        ("trial_months", "proposal_trial_up_to_a_year", ["0", "13", "1.5", "", "120", "6 "]),
        ("delivery_days", "proposal_delivery_in_days", ["0", "-60", "100000", "", "soon"]),
        ("budget_won", "challenge_budget_is_positive", ["0", "-1", ""]),
        ("wanted_from", "challenge_dates_in_order", ["", "spring", "2027-13-01", "2027-1-1", "2027-10-01"]),
        ("wanted_until", "challenge_dates_in_order", ["", "2027-04-32", "20270930", "2027-03-31"]),
        ("sdgs", "challenge_goals_1_to_17", ["0", "[0]", "[18]", '[1, "2"]', "{}", '"sealed"', "null"]),
    ],
)
def test_plain_sql_writes_nothing_that_cannot_be(request, column, constraint, texts):
    row = row_of(request, column)
    # The day beside it is plain too: of a sealed one the database knows no order.
    spell(type(row), row.pk, column, getattr(row, column) if column != "sdgs" else "[6]")
    if column.startswith("wanted_"):
        other = "wanted_until" if column == "wanted_from" else "wanted_from"
        spell(type(row), row.pk, other, getattr(row, other).isoformat())
    for text in texts:
        with pytest.raises(IntegrityError, match=constraint):
            spell(type(row), row.pk, column, text)


@pytest.mark.parametrize("column", [*NUMBERS, *PLAN])
def test_value_is_not_computed_by_the_database(request, column):
    row = row_of(request, column)
    setattr(row, column, F(column))
    with pytest.raises(FieldError):
        row.save(update_fields=[column])


BEFORE = [
    ("unit_price_won", "44000000", 44_000_000),
    ("trl", "7", 7),
    ("trial_months", "11", 11),
    ("delivery_days", "31741", 31_741),
    ("wanted_from", "2026-12-31", date(2026, 12, 31)),
    ("sdgs", "[13, 17]", [13, 17]),
]


@pytest.mark.parametrize(("column", "text", "value"), BEFORE)
def test_value_from_before_the_sealing_is_read_and_then_sealed(request, column, text, value):
    row = row_of(request, column)
    model = type(row)
    spell(model, row.pk, column, text)
    assert getattr(model.objects.get(pk=row.pk), column) == value
    assert seal_rows(model) == 1 and seal_rows(model) == 0
    assert stored(model, row.pk, column).removeprefix('"').startswith(MARK)
    assert getattr(model.objects.get(pk=row.pk), column) == value


def test_plan_of_a_public_task_is_written_plain_and_stays_so(task):
    for column in PLAN:
        assert stored(Challenge, task.pk, column).removeprefix('"').startswith(MARK)
    task.published_at = now()
    task.save()
    shown = [str(task.budget_won), "2027-04-01", "2027-09-30", "[6, 11]"]
    assert [stored(Challenge, task.pk, column) for column in PLAN] == shown
    assert seal_rows(Challenge) == 0
    assert Challenge.objects.filter(sdgs__contains=[11]).get().wanted_until == date(2027, 9, 30)


REFUSED = [
    *[("unit_price_won", 0), ("unit_price_won", -5)],
    *[("trl", 0), ("trl", 10), ("trial_months", 13), ("delivery_days", 0), ("delivery_days", 40_000)],
    *[("budget_won", 0), ("sdgs", [18]), ("sdgs", ["six"]), ("sdgs", {"6": 1}), ("sdgs", [True])],
]


@pytest.mark.parametrize(("column", "given"), REFUSED)
def test_value_out_of_range_is_refused_at_its_field_and_never_sealed(request, column, given):
    row = row_of(request, column)
    setattr(row, column, given)
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    assert column in refused.value.message_dict
    with pytest.raises(ValidationError):
        row.save()


def test_days_out_of_order_are_refused_by_the_row(task):
    task.wanted_from, task.wanted_until = date(2027, 9, 1), date(2027, 4, 1)
    with pytest.raises(ValidationError) as refused, translation.override("en"):
        task.full_clean()
    assert "must not lie before its beginning" in str(refused.value.message_dict)


@pytest.mark.parametrize(("column", "value"), [("trl", 9), ("wanted_from", date(2027, 1, 1)), ("sdgs", [13])])
def test_history_says_of_a_sealed_value_only_that_it_changed(request, column, value):
    row = row_of(request, column)
    changed(row, actor=None, verb="challenges.publish", **{column: value})
    assert Entry.objects.latest("pk").changes == {column: ["…", "…"]}
