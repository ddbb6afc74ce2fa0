"""A dated rule: entered from tomorrow on, never over the past, one for each day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innomarket.audit.models import Entry
from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.evaluation import shipped
from innomarket.evaluation.models import EvaluationRule
from innomarket.rules.services import enter_rule, first_day, take_back_rule
from tests.accounts.factories import staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def rounds():
    shipped.load()
    return staff("run_rounds")


def rule(**values) -> EvaluationRule:
    given_ = {"pass_mark": 75, "least_sheets": 3, "trim_from": 5, "panel_size": 7, "source": "공고 2026-1"}
    return EvaluationRule(**{**given_, **values})


def enter(by, in_days: int, **values) -> EvaluationRule:
    begins = today() + timedelta(days=in_days)
    return enter_rule(rule=rule(**values), by=by, begins=begins, reason="위원회 결정")


def test_rule_entered_ends_the_one_that_holds_and_is_no_default(rounds):
    entered = enter(rounds, 10)
    before = EvaluationRule.objects.at(today())
    assert before.is_default and before.valid.upper == entered.valid.lower
    assert not entered.is_default and entered.valid.upper is None
    assert EvaluationRule.objects.at(today() + timedelta(days=10)) == entered
    entry = Entry.objects.get(verb="rules.enter")
    assert entry.actor == rounds and entry.reason == "위원회 결정"
    assert entry.changes["pass_mark"] == 75


def test_rule_between_two_ends_where_the_later_one_begins(rounds):
    later = enter(rounds, 30)
    between = enter(rounds, 10)
    assert between.valid.upper == later.valid.lower


@pytest.mark.parametrize("in_days", [0, -1, -400])
def test_rule_for_a_day_that_has_begun_is_refused(rounds, in_days):
    with pytest.raises(Refused) as refused:
        enter(rounds, in_days)
    assert refused.value.field == "begins"
    assert EvaluationRule.objects.count() == 1


def test_rule_on_a_day_where_another_begins_is_refused(rounds):
    enter(rounds, 10)
    with pytest.raises(Refused) as refused:
        enter(rounds, 10)
    assert refused.value.code == "begins_already"


def test_rule_with_values_that_do_not_fit_is_refused_in_words_and_moves_nothing(rounds):
    with pytest.raises(Refused) as refused:
        enter(rounds, 10, panel_size=2)
    assert "panel" in str(refused.value.reason).lower() or "평가단" in str(refused.value.reason)
    assert EvaluationRule.objects.get().valid.upper is None


def test_rule_of_another_desk_is_refused(rounds):
    with pytest.raises(Refused) as refused:
        enter(staff("keep_budget"), 10)
    assert refused.value.status == 403
    taken = enter(rounds, 10)
    with pytest.raises(Refused):
        take_back_rule(rule=taken, by=staff("keep_budget"), reason="x")


def test_rule_taken_back_leaves_the_earlier_one_in_force(rounds):
    entered = enter(rounds, 10)
    take_back_rule(rule=entered, by=rounds, reason="Irrtum")
    assert EvaluationRule.objects.get().valid.upper is None
    assert Entry.objects.filter(verb="rules.take_back", subject_id=str(entered.pk)).exists()


def test_rule_that_holds_is_not_taken_back(rounds):
    with pytest.raises(Refused) as refused:
        take_back_rule(rule=EvaluationRule.objects.get(), by=rounds, reason="x")
    assert refused.value.code == "has_begun"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=8))
def test_rules_cover_every_day_exactly_once_whatever_is_entered_and_taken_back(rounds, steps):
    EvaluationRule.objects.all().delete()
    shipped.load()
    for put, in_days in steps:
        try:
            if put:
                enter(rounds, in_days)
            elif found := EvaluationRule.objects.filter(valid__startswith__gte=first_day()).first():
                take_back_rule(rule=found, by=rounds, reason="x")
        except Refused as refused:
            assert refused.code == "begins_already"
    ranges = sorted(
        (found.valid.lower or date.min, found.valid.upper or date.max)
        for found in EvaluationRule.objects.all()
    )
    assert ranges[0][0] == date(2019, 1, 1) and ranges[-1][1] == date.max
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
