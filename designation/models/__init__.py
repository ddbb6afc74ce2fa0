from .committee import Committee, Meeting, Seat
from .designation import Designation, DesignationRule, VotingRule
from .motion import Attendance, Ballot, Decision, Motion, MotionRecusal
from .proposal import Proposal
from .wanted import WantedMotion

__all__ = [
    "Attendance",
    "Ballot",
    "Committee",
    "Decision",
    "Designation",
    "DesignationRule",
    "Meeting",
    "Motion",
    "MotionRecusal",
    "Proposal",
    "Seat",
    "VotingRule",
    "WantedMotion",
]
