from .opinion import FitOpinion
from .panel import Panelist, Recusal
from .result import Result
from .round import Entry, Round
from .rule import EvaluationRule
from .sheet import Assignment, Finding, Score, Sheet, SheetReturn, SheetVersion
from .visit import Visit, VisitFile

__all__ = [
    "Assignment",
    "Entry",
    "EvaluationRule",
    "Finding",
    "FitOpinion",
    "Panelist",
    "Recusal",
    "Result",
    "Round",
    "Score",
    "Sheet",
    "SheetReturn",
    "SheetVersion",
    "Visit",
    "VisitFile",
]
