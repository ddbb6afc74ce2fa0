from .call import Call, Criterion, CriterionGroup, Lot
from .reminder import ReminderRule
from .revision import Revision, RevisionFile
from .rule import SubmissionRule
from .submission import Attachment, Submission

__all__ = [
    "Attachment",
    "Call",
    "Criterion",
    "CriterionGroup",
    "Lot",
    "ReminderRule",
    "Revision",
    "RevisionFile",
    "Submission",
    "SubmissionRule",
]
