from .break_glass import BreakGlass, BreakGlassRule
from .call import Call, Criterion, CriterionGroup, Lot
from .case import OutageCase
from .deadline import Amendment, DeadlineMove, Outage, OwnClosing, OwnClosingEnd
from .edit import DraftEdit
from .identity import IdentitySearch
from .opening import Opening
from .reminder import ReminderRule
from .revision import Revision, RevisionFile
from .rule import ClosingRule, OutageRule, SubmissionRule
from .stage import CallStage, StageCheck
from .submission import Attachment, AttachmentUpload, Submission
from .supplement import SupplementPaper, SupplementRequest
from .watch import OutageProposal, WatchRule

__all__ = [
    "Amendment",
    "Attachment",
    "AttachmentUpload",
    "BreakGlass",
    "BreakGlassRule",
    "Call",
    "CallStage",
    "ClosingRule",
    "Criterion",
    "CriterionGroup",
    "DeadlineMove",
    "DraftEdit",
    "IdentitySearch",
    "Lot",
    "Opening",
    "Outage",
    "OutageCase",
    "OutageProposal",
    "OutageRule",
    "OwnClosing",
    "OwnClosingEnd",
    "ReminderRule",
    "Revision",
    "RevisionFile",
    "StageCheck",
    "Submission",
    "SubmissionRule",
    "SupplementPaper",
    "SupplementRequest",
    "WatchRule",
]
