"""What a challenge task is called in the engine, and where its page is."""

from innomarket.submissions.models import Revision, Submission

CODE = "challenge_task"


def url(submission: Submission) -> str:
    """The task's page, without a language prefix, as messages and milestones store it."""
    return f"/challenges/{submission.number}/"


def frozen(submission: Submission) -> Revision:
    """What was submitted. Only for a submission that has been: its revision is there by constraint."""
    assert submission.current is not None
    return submission.current
