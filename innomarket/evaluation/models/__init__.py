from .objection import Objection
from .opinion import FitOpinion
from .panel import Panelist, Recusal
from .publication import Publication, PublishedRound
from .result import Result, ResultFile
from .round import Entry, Round
from .rule import EvaluationRule, ObjectionRule
from .sheet import Assignment, Finding, Score, Sheet, SheetReturn, SheetVersion
from .visit import Visit, VisitFile

__all__ = [
    "Assignment",
    "Entry",
    "EvaluationRule",
    "Finding",
    "FitOpinion",
    "Objection",
    "ObjectionRule",
    "Panelist",
    "Publication",
    "PublishedRound",
    "Recusal",
    "Result",
    "ResultFile",
    "Round",
    "Score",
    "Sheet",
    "SheetReturn",
    "SheetVersion",
    "Visit",
    "VisitFile",
]
