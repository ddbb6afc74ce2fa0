"""What a challenge task is called in the engine, and where its page is."""

from django.urls import reverse
from django.utils.translation import override

from innomarket.submissions.models import Submission

CODE = "challenge_task"


def url(submission: Submission) -> str:
    """The challenge task's page, without a language prefix, as messages and milestones store it."""
    with override("ko"):
        return reverse("challenges:detail", args=[submission.number])
