"""What a proposal is called in the engine, and the pages of proposals, meetings and designations."""

from typing import Any

from django.urls import reverse
from django.utils.translation import override

from innomarket.submissions.models import Submission

CODE = "proposal"


def url(submission: Submission) -> str:
    """The proposal's page, without a language prefix, as messages and milestones store it."""
    with override("ko"):
        return reverse("designation:proposal", args=[submission.number])


def meeting_url(meeting: Any) -> str:
    with override("ko"):
        return reverse("designation:meeting", args=[meeting.number])


def designation_url(designation: Any) -> str:
    with override("ko"):
        return reverse("designation:detail", args=[designation.number])
