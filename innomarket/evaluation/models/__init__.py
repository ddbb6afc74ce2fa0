from .opinion import FitOpinion
from .panel import Panelist, Recusal
from .result import Result
from .round import Entry, Round
from .rule import EvaluationRule
from .sheet import Assignment, Score, Sheet

__all__ = [
    "Assignment",
    "Entry",
    "EvaluationRule",
    "FitOpinion",
    "Panelist",
    "Recusal",
    "Result",
    "Round",
    "Score",
    "Sheet",
]
