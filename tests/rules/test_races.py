"""Two members of staff who enter a rule for the same day."""

from datetime import timedelta

from innomarket.common.clock import today
from innomarket.common.refusals import Refused
from innomarket.evaluation import shipped
from innomarket.evaluation.models import EvaluationRule
from innomarket.rules.services import enter_rule
from tests.accounts.factories import staff
from tests.support.races import at_once


def test_two_rules_entered_at_once_for_one_day_leave_one(fresh_database):
    shipped.load()
    keeper = staff("run_rounds")
    values = {"pass_mark": 75, "least_sheets": 3, "trim_from": 5, "panel_size": 7, "source": "공고 2026-1"}
    begins = today() + timedelta(days=10)

    def enter() -> EvaluationRule:
        return enter_rule(rule=EvaluationRule(**values), by=keeper, begins=begins, reason="결정")

    first, second = at_once(enter, enter)
    assert sorted([first.error is None, second.error is None]) == [False, True]
    lost = first.error or second.error
    assert isinstance(lost, Refused) and lost.code == "begins_already"
    assert EvaluationRule.objects.count() == 2
