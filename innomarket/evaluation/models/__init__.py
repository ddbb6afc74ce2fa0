from .anew import Reevaluation
from .draw import Draw, DrawRule, DrawStep
from .evaluator import Absence, Evaluator, Expertise, ExpertKind, Tie
from .objection import Objection
from .objection_file import ObjectionFile
from .opinion import FitOpinion
from .panel import Panelist, Recusal
from .pledge import PanelReminderRule, Pledge, PledgeText
from .publication import Publication, PublishedRound
from .result import AssignmentsFile, Result, ResultFile
from .round import Entry, Round
from .rule import EvaluationRule, ObjectionRule
from .sheet import Assignment, Finding, Score, Sheet, SheetReturn, SheetVersion
from .visit import Visit, VisitFile

__all__ = [
    "Absence",
    "Assignment",
    "AssignmentsFile",
    "Draw",
    "DrawRule",
    "DrawStep",
    "Entry",
    "EvaluationRule",
    "Evaluator",
    "ExpertKind",
    "Expertise",
    "Finding",
    "FitOpinion",
    "Objection",
    "ObjectionFile",
    "ObjectionRule",
    "PanelReminderRule",
    "Panelist",
    "Pledge",
    "PledgeText",
    "Publication",
    "PublishedRound",
    "Recusal",
    "Reevaluation",
    "Result",
    "ResultFile",
    "Round",
    "Score",
    "Sheet",
    "SheetReturn",
    "SheetVersion",
    "Tie",
    "Visit",
    "VisitFile",
]
