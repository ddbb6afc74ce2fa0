"""What a challenge task is called in the engine, and where its page is."""

from innomarket.submissions.models import Submission

CODE = "challenge_task"


def url(submission: Submission) -> str:
    """The task's page, without a language prefix, as messages and milestones store it."""
    return f"/challenges/{submission.number}/"
