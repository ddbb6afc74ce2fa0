"""What a proposal is called in the engine, and the pages of proposals, meetings and designations.

Addresses are without a language prefix, as messages and milestones store them.
"""

from typing import Any

from innomarket.submissions.models import Submission

CODE = "proposal"
WANTED_PATH = "/admin/designation/wantedmotion/"


def url(submission: Submission) -> str:
    return f"/proposals/{submission.number}/"


def meeting_url(meeting: Any) -> str:
    return f"/meetings/{meeting.number}/"


def designation_url(designation: Any) -> str:
    return f"/designations/{designation.number}/"
