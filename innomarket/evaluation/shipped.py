"""The rules that every installation starts with."""

from datetime import date
from decimal import Decimal

from .models import EvaluationRule, ObjectionRule

VALUES = {
    "pass_mark": Decimal("70"),
    "least_sheets": 3,
    "trim_from": 5,
    "panel_size": 7,
    "group_minimum": "mean",
    "low_percent": 20,
    "high_percent": 90,
    "outlier_points": 20,
}
SOURCE = "No published rule found; our default."


def load() -> int:
    """The default rules, where staff have not entered others; returns how many evaluation rules are in place."""
    EvaluationRule.ensure(
        valid=(date(2019, 1, 1), None), values={**VALUES, "source": SOURCE, "is_default": True}
    )
    ObjectionRule.ensure(
        valid=(date(2019, 1, 1), None), values={"working_days": 10, "source": SOURCE, "is_default": True}
    )
    return EvaluationRule.objects.count()
