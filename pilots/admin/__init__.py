"""The budget desk: lines with their ledger, and each pilot purchase from match to payment."""

from .line import BudgetLineAdmin, PilotRuleAdmin
from .pilot import PilotAdmin

__all__ = ["BudgetLineAdmin", "PilotAdmin", "PilotRuleAdmin"]
