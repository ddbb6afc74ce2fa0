from .call import Call, Criterion, CriterionGroup, Lot
from .revision import Revision, RevisionFile
from .rule import SubmissionRule
from .submission import Attachment, Submission

__all__ = [
    "Attachment",
    "Call",
    "Criterion",
    "CriterionGroup",
    "Lot",
    "Revision",
    "RevisionFile",
    "Submission",
    "SubmissionRule",
]
