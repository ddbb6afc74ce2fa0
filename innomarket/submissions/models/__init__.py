from .call import Call, Criterion, CriterionGroup, Lot
from .deadline import Amendment, DeadlineMove, Outage, OwnClosing
from .opening import Opening
from .reminder import ReminderRule
from .revision import Revision, RevisionFile
from .rule import ClosingRule, OutageRule, SubmissionRule
from .submission import Attachment, AttachmentUpload, Submission
from .supplement import SupplementPaper, SupplementRequest
from .watch import OutageProposal, WatchRule

__all__ = [
    "Amendment",
    "Attachment",
    "AttachmentUpload",
    "Call",
    "ClosingRule",
    "Criterion",
    "CriterionGroup",
    "DeadlineMove",
    "Lot",
    "Opening",
    "Outage",
    "OutageProposal",
    "OutageRule",
    "OwnClosing",
    "ReminderRule",
    "Revision",
    "RevisionFile",
    "Submission",
    "SubmissionRule",
    "SupplementPaper",
    "SupplementRequest",
    "WatchRule",
]
