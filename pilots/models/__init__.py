from .budget import BudgetLine, LedgerEntry
from .pilot import Contract, Inspection, Pilot, TestMeasure, TestResult, UseNote
from .rule import PilotRule

__all__ = [
    "BudgetLine",
    "Contract",
    "Inspection",
    "LedgerEntry",
    "Pilot",
    "PilotRule",
    "TestMeasure",
    "TestResult",
    "UseNote",
]
